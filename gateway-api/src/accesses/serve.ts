/** Serves content under a committed access; the own peer decides again, record by record, before anything leaves. */
import { Readable } from 'node:stream';
import type { Access, RecordFact, RecordVersion } from '@chain-of-care/chaincode/model';
import { EnvelopeReader, openContent, openFacts } from '@chain-of-care/client';
import type { Caller } from '../auth/caller.ts';
import type { DataKeys } from '../custody/dataKeys.ts';
import { patientOf, type KnownPatient } from '../custody/patients.ts';
import { Problem } from '../http/problem.ts';
import { recordsOfPatient, recordVersions } from '../readmodel/queries/care.ts';
import { recordContent } from '../records/seal.ts';
import type { RecordDescription } from '../records/dto.ts';
import type { Services } from '../services.ts';
import { ciphertextOf, type Ciphertext } from './ciphertext.ts';
import type { AccessInUse, OpenedAccesses } from './openedAccesses.ts';

interface Checked {
  readonly access: Access;
  readonly permitted: readonly RecordVersion[];
}

/** An access of this caller, as the read model has it: it is VALID on the ledger. */
export class ServedAccess {
  readonly access: Access;
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

  /** A page of the records that the access covers and that are permitted now, newest first. */
  async records(params: {
    readonly limit?: number;
    readonly cursor?: string;
  }): Promise<{ items: readonly RecordFact[]; nextCursor?: string }> {
    const { db } = this.#services.readModel;
    const { records, categories, patientId } = this.access;
    const { items, nextCursor } =
      records === undefined
        ? await recordsOfPatient(db, patientId, { ...params, categories: categories ?? [] })
        : { items: await recordVersions(db, records) };
    const permitted = await this.#permitted(items);
    return { items: permitted, ...(nextCursor === undefined ? {} : { nextCursor }) };
  }

  /** @throws Problem access_not_permitted, record_not_found; Refusal access_expired */
  async record(recordId: string, version: number | undefined): Promise<RecordFact> {
    const asked = this.access.records?.find((candidate) => candidate.recordId === recordId);
    const wanted = version ?? asked?.version;
    const reference = wanted === undefined ? { recordId } : { recordId, version: wanted };
    const [fact] = await recordVersions(this.#services.readModel.db, [reference]);
    if (fact === undefined || fact.patientId !== this.access.patientId) throw new Problem('record_not_found');
    const [permitted] = await this.#permitted([fact]);
    if (permitted === undefined) throw new Problem('access_not_permitted');
    return permitted;
  }

  /** What was sealed beside the content. @throws Problem access_not_permitted when no key is sealed to the reader */
  async description(fact: RecordFact): Promise<RecordDescription> {
    return (await openFacts(await this.#keys.of(fact), fact, fact.sealed)) as RecordDescription;
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

  async #ciphertext(fact: RecordFact): Promise<Ciphertext> {
    return ciphertextOf(this.#services, this.access, this.#patient.home, fact);
  }

  async #permitted(facts: readonly RecordFact[]): Promise<readonly RecordFact[]> {
    const { permitted } = await checkAccess(this.#services, this.#caller, this.#patient, this.access, facts);
    const allowed = new Set(permitted.map(({ recordId, version }) => `${recordId}|${version}`));
    return facts.filter(({ recordId, version }) => allowed.has(`${recordId}|${version}`));
  }
}

async function checkAccess(
  services: Services,
  caller: Caller,
  { patientId, home, handle }: KnownPatient,
  { accessId, accessorOrg }: Access,
  facts: readonly RecordVersion[],
): Promise<Checked> {
  const records = facts.map(({ recordId, version }) => ({ recordId, version }));
  const body = { patientId, home, accessId, accessorOrg, records };
  return services.ledger.query<Checked>(caller.identity, { type: 'care.checkAccess', handle, body });
}
