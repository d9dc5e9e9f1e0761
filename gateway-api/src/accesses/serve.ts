/** Serves content under a committed access; the own peer decides again, record by record, before anything leaves. */
import { Readable } from 'node:stream';
import { limits, Refusal, type Access, type RecordFact, type RecordVersion } from '@chain-of-care/chaincode/model';
import { entryHash } from '@chain-of-care/chaincode/rules';
import { EnvelopeReader, openContent, openFacts } from '@chain-of-care/client';
import type { Caller, LedgerIdentity } from '../auth/caller.ts';
import type { DataKeys } from '../custody/dataKeys.ts';
import { patientOf, type KnownPatient } from '../custody/patients.ts';
import { Problem } from '../http/problem.ts';
import { recordVersions, type AccessFact } from '../readmodel/queries/care.ts';
import { cursorAfter, type Page, type PageParams } from '../readmodel/queries/page.ts';
import { recordsOfPatient, type RecordFilter } from '../readmodel/queries/records.ts';
import { isSealedFilter, matchesDescription, type SealedFilter } from '../records/coding.ts';
import type { RecordDescription } from '../records/dto.ts';
import { recordContent } from '../records/seal.ts';
import { termsSought } from '../records/terms.ts';
import type { Services } from '../services.ts';
import { ciphertextOf, type Ciphertext } from './ciphertext.ts';
import type { AccessInUse, OpenedAccesses } from './openedAccesses.ts';
import { keepReceipt } from './receipts.ts';

interface Checked {
  readonly access: Access;
  /** With the hashes that the ledger has. */
  readonly permitted: readonly (RecordVersion & Pick<RecordFact, 'sha256' | 'hash'>)[];
}

/** A record as it is shown: what was opened of it, and what came out when it was verified. */
export interface ShownRecord {
  readonly fact: RecordFact;
  /** Undefined when no key of it is sealed to the reader yet. */
  readonly description: Partial<RecordDescription> | undefined;
  /** The ciphertext hashes to what database and ledger say; undefined when it was not asked for. */
  readonly integrityVerified?: boolean;
}

export interface RecordSearch {
  readonly open: RecordFilter;
  readonly sealed: SealedFilter;
  readonly verify: boolean;
  /** Also count what the whole list holds, after consent. */
  readonly total: boolean;
}

/** An access of this caller, as the read model has it: it is VALID on the ledger. */
export class ServedAccess {
  readonly access: AccessFact;
  readonly #services: Services;
  readonly #caller: Caller;
  readonly #patient: KnownPatient;
  readonly #keys: DataKeys;

  private constructor(services: Services, caller: Caller, { access, keys }: AccessInUse, patient: KnownPatient) {
    this.access = access;
    this.#services = services;
    this.#caller = caller;
    this.#patient = patient;
    this.#keys = keys;
  }

  /** @throws Problem access_not_found (also for somebody else's), access_not_permitted */
  static async of(accesses: OpenedAccesses, caller: Caller, accessId: string): Promise<ServedAccess> {
    const { services } = accesses;
    const opened = await accesses.of(caller, accessId);
    return new ServedAccess(services, caller, opened, await patientOf(services, opened.access.patientId));
  }

  /**
   * A page of the records that the access covers and that are permitted now, newest first. What is sealed is compared after
   * it was opened; what is not permitted is neither shown nor counted.
   */
  async records(
    search: RecordSearch,
    { limit = 50, cursor }: PageParams,
  ): Promise<Page<ShownRecord> & { readonly total?: number }> {
    const isSifted = isSealedFilter(search.sealed);
    const counts = search.total && cursor === undefined;
    const shown: ShownRecord[] = [];
    let found = 0;
    for await (const fact of this.#covered(search, cursor, isSifted || counts ? limits.recordsPerAccess : limit + 1)) {
      const isWanted = found < limit;
      const description = isSifted || isWanted ? await this.#findDescription(fact) : {};
      if (isSifted && (description === undefined || !matchesDescription(search.sealed, description))) continue;
      found += 1;
      if (isWanted) shown.push({ fact, description, ...(search.verify ? await this.#verified(fact) : {}) });
      else if (!counts) break;
    }
    const last = shown.at(-1);
    return {
      items: shown,
      ...(found > limit && last !== undefined ? { nextCursor: cursorAfter([last.fact.sequence]) } : {}),
      ...(counts ? { total: found } : {}),
    };
  }

  /** What the access covers, permitted now, in the order of lists; codes narrow it where the index can be asked. */
  async *#covered({ open, sealed }: RecordSearch, cursor: string | undefined, partSize: number) {
    const { records, categories, patientId } = this.access;
    const asked =
      records === undefined
        ? { categories: (open.categories ?? categories ?? []).filter((each) => categories?.includes(each)) }
        : { versions: records, status: open.status ?? 'all' };
    if (asked.categories?.length === 0) return;
    const terms = await termsSought(this.#services, patientId, sealed.code);
    const filter = { ...open, ...asked, ...(terms === undefined ? {} : { terms }) };
    let place = cursor;
    do {
      const from = place === undefined ? {} : { cursor: place };
      const part = await recordsOfPatient(this.#services.readModel.db, patientId, {
        ...filter,
        ...from,
        limit: partSize,
      });
      yield* await this.#permitted(part.items);
      place = part.nextCursor;
    } while (place !== undefined);
  }

  /** @throws Problem access_not_permitted, record_not_found, entered_in_error for the entry that withdraws a record */
  async record(recordId: string, version: number | undefined): Promise<RecordFact> {
    const asked = this.access.records?.find((candidate) => candidate.recordId === recordId);
    const wanted = version ?? asked?.version;
    const reference = wanted === undefined ? { recordId } : { recordId, version: wanted };
    const [fact] = await recordVersions(this.#services.readModel.db, [reference]);
    if (fact === undefined || fact.patientId !== this.access.patientId) throw new Problem('record_not_found');
    const [permitted] = await this.#permitted([fact]);
    if (permitted === undefined) throw new Problem('access_not_permitted');
    if (permitted.withdrawn !== undefined) throw new Problem('entered_in_error');
    return permitted;
  }

  /** What was sealed beside the content. @throws Problem access_not_permitted when no key is sealed to the reader */
  async description(fact: RecordFact): Promise<Partial<RecordDescription>> {
    return fact.withdrawn === undefined ? describe(fact, await this.#keys.of(fact)) : nothingSealed;
  }

  async #findDescription(fact: RecordFact): Promise<Partial<RecordDescription> | undefined> {
    if (fact.withdrawn !== undefined) return nothingSealed;
    const key = await this.#keys.find(fact);
    return key === undefined ? undefined : describe(fact, key);
  }

  /** The content as a stream, opened while it flows: an altered chunk ends it with an error. */
  async content(fact: RecordFact): Promise<Readable> {
    const dataKey = await this.#keys.of(fact);
    const { stream } = await this.#ciphertext(fact);
    return Readable.from(openContent(stream(), dataKey, { ...fact, type: recordContent }));
  }

  /** Random access to the content, for ranges: only the chunks asked for are read and opened. */
  async reader(fact: RecordFact): Promise<EnvelopeReader> {
    const dataKey = await this.#keys.of(fact);
    const { length, read } = await this.#ciphertext(fact);
    return EnvelopeReader.open({ length, read }, dataKey, { ...fact, type: recordContent });
  }

  /** The content's hash is what database and ledger say. @throws Problem content_not_found, integrity_violation */
  async verify(fact: RecordFact): Promise<void> {
    const { verify } = await this.#ciphertext(fact);
    await verify();
  }

  /** At the patient's home; another hospital's reads are kept there too, by the gateway that gives the ciphertext. */
  async keepReceipt(fact: RecordFact): Promise<void> {
    if (this.#patient.home === this.#services.profile.mspId) await keepReceipt(this.#services, this.access, fact);
  }

  async #verified(fact: RecordFact): Promise<{ integrityVerified: boolean }> {
    const integrityVerified = await this.verify(fact).then(
      () => true,
      (error: unknown) => {
        if (error instanceof Problem && brokenContent.has(error.code)) return false;
        throw error;
      },
    );
    return { integrityVerified };
  }

  async #ciphertext(fact: RecordFact): Promise<Ciphertext> {
    return ciphertextOf(this.#services, this.access, this.#patient.home, fact);
  }

  /** What is permitted now; of that, the database must say what the ledger does. @throws Problem integrity_violation */
  async #permitted(facts: readonly RecordFact[]): Promise<readonly RecordFact[]> {
    const { permitted } = await checkAccess(this.#services, this.#caller.identity, this.#patient, this.access, facts);
    return heldAgainst(permitted, facts);
  }
}

/** The entry that withdraws a record brings nothing of its own. */
const nothingSealed: Partial<RecordDescription> = {};

async function describe(fact: RecordFact, dataKey: Uint8Array): Promise<Partial<RecordDescription>> {
  return (await openFacts(dataKey, fact, fact.sealed)) as RecordDescription;
}

const unverified = { headers: { 'x-blockchain-hash-verified': 'false' } };
const brokenContent: ReadonlySet<string> = new Set(['content_not_found', 'integrity_violation']);

/** Of these records those permitted; of them the database must say what the ledger does. @throws Problem integrity_violation */
export function heldAgainst(permitted: Checked['permitted'], facts: readonly RecordFact[]): readonly RecordFact[] {
  const onLedger = new Map(permitted.map(({ recordId, version, hash }) => [`${recordId}|${version}`, hash]));
  const allowed = facts.filter(({ recordId, version }) => onLedger.has(`${recordId}|${version}`));
  for (const fact of allowed) {
    const { recordId, version, hash } = fact;
    if (hash !== onLedger.get(`${recordId}|${version}`) || entryHash(fact) !== hash)
      throw new Problem('integrity_violation', unverified);
  }
  return allowed;
}

/**
 * What an access permits now of these records of the database, as the own peer says.
 *
 * @throws Refusal access_expired, access_not_permitted; Problem integrity_violation when the ledger has not all of them
 */
export async function checkAccess(
  services: Services,
  identity: LedgerIdentity,
  { patientId, home, handle }: KnownPatient,
  { accessId, accessorOrg }: Access,
  facts: readonly RecordVersion[],
): Promise<Checked> {
  const records = facts.map(({ recordId, version }) => ({ recordId, version }));
  const body = { patientId, home, accessId, accessorOrg, records };
  return services.ledger
    .query<Checked>(identity, { type: 'care.checkAccess', handle, body })
    .catch((error: unknown) => {
      if (!(error instanceof Refusal) || error.code !== 'record_not_found') throw error;
      throw new Problem('integrity_violation', { ...unverified, cause: error });
    });
}
