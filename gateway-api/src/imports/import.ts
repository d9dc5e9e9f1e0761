/** Imports a FHIR bundle into a patient's chart: records in batches, directory entries, demographics. */
import { createHash } from 'node:crypto';
import type { Caller } from '../auth/caller.ts';
import { Problem } from '../http/problem.ts';
import type { Derivation } from '../idempotency/derivation.ts';
import type { Progress } from '../operations/operation.ts';
import { RecordAppender } from '../records/append.ts';
import type { PlainRecord } from '../records/seal.ts';
import type { Services } from '../services.ts';
import { IdentifierTaken, type Identifier as KnownIdentifier } from '../vault/demographics/index.ts';
import { putDirectoryEntry } from './directory.ts';
import { bundleItems, type BundleSummary, type Demographics, type MappedRecord } from './fhir/index.ts';

/** Records of one command at the most, and their content's bytes: found by measurement (`npm run bench -- import`). */
const recordsPerCommand = 100;
const bytesPerCommand = 2 * 1024 * 1024;
/** Commands on their way at once: one is sealed while others are endorsed. */
const commandsInFlight = 3;

export interface Imported {
  readonly entries: number;
  readonly records: number;
  readonly transactions: number;
  readonly counts: BundleSummary['counts'];
  readonly skipped: BundleSummary['skipped'];
}

export interface BundleSource {
  readonly summary: BundleSummary;
  /** Reads the bundle from its beginning. */
  readonly open: () => AsyncIterable<Uint8Array>;
}

/**
 * A repeat with the same Idempotency-Key and bundle cuts the same batches and so writes only what is missing.
 *
 * @throws Refusal of the ledger; Problem 503, 504: repeat with the same Idempotency-Key
 */
export async function importBundle(
  services: Services,
  caller: Caller,
  patientId: string,
  { summary, open }: BundleSource,
  idempotency: Derivation,
  report: (progress: Progress) => void,
): Promise<Imported> {
  const appender = await RecordAppender.for(services, caller, patientId);
  const transactions = new Set<string>();
  const inFlight = new Set<Promise<void>>();
  let done = 0;
  let chunk = 0;

  async function append(records: readonly MappedRecord[], part: number): Promise<void> {
    const digest = createHash('sha256');
    for (const { content } of records) digest.update(`${content.length}|`).update(content);
    const plain = records.map(plainRecord);
    const { transaction } = await appender.append(plain, idempotency, `import|${part}`, digest.digest('hex'));
    if (transaction !== undefined) transactions.add(transaction.transactionId);
    done += records.length;
    report({ done, total: summary.records });
  }

  async function start(records: readonly MappedRecord[]): Promise<void> {
    if (inFlight.size >= commandsInFlight) await Promise.race(inFlight);
    const appending = append(records, chunk).finally(() => inFlight.delete(appending));
    // Awaited below; a rejection that comes earlier must not count as unhandled.
    appending.catch(() => undefined);
    inFlight.add(appending);
    chunk += 1;
  }

  let pending: MappedRecord[] = [];
  let bytes = 0;
  const { confidentialityFloor, asOf = '1900' } = summary;
  for await (const item of bundleItems(open(), { confidentialityFloor, asOf })) {
    if (item.kind === 'directory') await putDirectoryEntry(services.readModel.db, item);
    if (item.kind === 'demographics') await updateDemographics(services, patientId, item);
    if (item.kind !== 'record') continue;
    if (pending.length >= recordsPerCommand || (pending.length > 0 && bytes + item.content.length > bytesPerCommand)) {
      await start(pending);
      [pending, bytes] = [[], 0];
    }
    pending.push(item);
    bytes += item.content.length;
  }
  if (pending.length > 0) await start(pending);
  await Promise.all(inFlight);
  const { entries, records, counts, skipped } = summary;
  return { entries, records, transactions: transactions.size, counts, skipped };
}

function plainRecord(record: MappedRecord): PlainRecord {
  const { category, confidentiality, clinicalDate, content, mediaType, title, coding, exactTime, facility } = record;
  const description = {
    mediaType,
    title,
    coding: coding.map(({ system = '', code, display }) => ({
      system,
      code,
      ...(display === undefined ? {} : { display }),
    })),
    ...(exactTime === undefined ? {} : { exactTime }),
    ...(facility === undefined ? {} : { facility }),
  };
  return { category, confidentiality, clinicalDate, content, description };
}

/** The bundle's Patient goes to the vault, beside what the registrar wrote: identifiers are added, never taken away. */
async function updateDemographics({ demographics }: Services, patientId: string, patient: Demographics): Promise<void> {
  const known = await demographics.get(patientId);
  const [name] = patient.names;
  const identifiers = new Map<string, KnownIdentifier>();
  for (const { system = '', value } of [...(known?.identifiers ?? []), ...patient.identifiers])
    identifiers.set(`${system}|${value}`, { system, value });
  try {
    await demographics.put(patientId, {
      name: known?.name ?? { given: name?.given ?? [], ...(name?.family === undefined ? {} : { family: name.family }) },
      identifiers: [...identifiers.values()],
      ...optional('birthDate', known?.birthDate ?? patient.birthDate),
      ...optional('gender', known?.gender ?? patient.gender),
      details: JSON.parse(Buffer.from(patient.content).toString('utf8')) as Record<string, unknown>,
    });
  } catch (error) {
    if (!(error instanceof IdentifierTaken)) throw error;
    throw new Problem('already_exists', {
      detail: "an identifier of the bundle's Patient belongs to another patient",
      members: { patientId: error.patientId },
      cause: error,
    });
  }
}

function optional<Name extends string>(name: Name, value: string | undefined): { [Member in Name]?: string } {
  return (value === undefined ? {} : { [name]: value }) as { [Member in Name]?: string };
}
