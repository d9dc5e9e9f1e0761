/** Records on their way in: sealed, ciphertext kept, facts on the patient's chain. */
import type { Readable } from 'node:stream';
import { collectionName, Refusal } from '@chain-of-care/chaincode/model';
import type { Origin } from '@chain-of-care/chaincode/rules';
import type { Caller } from '../auth/caller.ts';
import { patientOf, type KnownPatient } from '../custody/patients.ts';
import { CustodialPatientKeys } from '../custody/patientKeys.ts';
import { categoryKeys, groupPublicKey, type CategoryPublicKey } from '../custody/publicKeys.ts';
import type { CommittedTransaction, Touches } from '../fabric/act.ts';
import { Problem } from '../http/problem.ts';
import type { Derivation } from '../idempotency/derivation.ts';
import type { Services } from '../services.ts';
import type { StoredCiphertext } from '../vault/store/index.ts';
import { sealRecords, sealStream, type PlainRecord, type Recipients, type SealedRecords } from './seal.ts';

export interface Appended {
  readonly records: readonly { readonly recordId: string; readonly version: number }[];
  readonly transaction?: CommittedTransaction;
}

/** Appends to one patient's chain for one author; keys are looked up once. */
export class RecordAppender {
  readonly #services: Services;
  readonly #caller: Caller;
  readonly #patient: KnownPatient;
  readonly #recipients: Recipients;

  private constructor(services: Services, caller: Caller, patient: KnownPatient, recipients: Recipients) {
    this.#services = services;
    this.#caller = caller;
    this.#patient = patient;
    this.#recipients = recipients;
  }

  /** @throws Problem patient_not_found, role_not_allowed for an author without a department, organization_not_found */
  static async for(services: Services, caller: Caller, patientId: string): Promise<RecordAppender> {
    const { department, identity } = caller;
    if (department === undefined) throw new Problem('role_not_allowed', { detail: 'an author has a department' });
    const patient = await patientOf(services, patientId);
    const recipients = {
      patientId,
      categoryKeys: await categoryKeys(services, patientId),
      author: await groupPublicKey(services, identity.mspId, department),
      indexKey: (pair: CategoryPublicKey) =>
        new CustodialPatientKeys(services.keystore).indexKey(Object.assign({ patientId }, pair)),
    };
    return new RecordAppender(services, caller, patient, recipients);
  }

  /**
   * Appends records in one command.
   *
   * @param part names the command within the request
   * @param request digest of what is appended where the request's own does not tell (a part of an import)
   * @throws Refusal of the ledger; Problem 503, 504
   */
  async append(
    records: readonly PlainRecord[],
    idempotency: Derivation,
    part: string,
    request?: string,
  ): Promise<Appended> {
    const command = idempotency.command(part, request);
    const uuid = (name: string) => idempotency.uuid(name);
    const { openBatches } = this.#services;
    const origin = this.#origin(command.key);
    const { ciphertexts, ...sealed } = await sealRecords(records, this.#recipients, openBatches, origin, uuid);
    return this.#submit(sealed, await this.#services.store.putBatch(ciphertexts), command);
  }

  /**
   * Appends one record whose content is a stream, which is never whole in memory. Its digest, taken on the way, makes a
   * repeat of the request known.
   */
  async appendStream(
    record: Omit<PlainRecord, 'content'>,
    content: Readable,
    idempotency: Derivation,
    part: string,
  ): Promise<Appended> {
    const origin = this.#origin(idempotency.commandKey(part));
    const uuid = (name: string) => idempotency.uuid(name);
    const { openBatches } = this.#services;
    const { ciphertext, digest, ...sealed } = await sealStream(
      record,
      content,
      this.#recipients,
      openBatches,
      origin,
      uuid,
    );
    const stored = await this.#services.store.put(ciphertext);
    return this.#submit(sealed, [stored], idempotency.command(part, digest()));
  }

  #origin(commandKey: string): Origin {
    return { commandKey, deviceKey: this.#caller.identity.deviceKey, handle: this.#patient.handle };
  }

  async #submit(
    { batches, records }: Omit<SealedRecords, 'ciphertexts'>,
    stored: readonly StoredCiphertext[],
    command: { key: string; fingerprint?: string },
  ): Promise<Appended> {
    const { patientId, home, handle } = this.#patient;
    const act = {
      type: 'care.appendRecords',
      body: {
        patientId,
        home,
        batches: batches.map(({ batch }) => batch.batch),
        records: records.map((record, index) => Object.assign(record, stored[index])),
      },
      handle,
      ...command,
      touches: appendTouches(this.#patient),
      head: patientId,
    };
    const forget = async (): Promise<void> => {
      const { store, log } = this.#services;
      // The outcome stands whatever the store says; a ciphertext that stays belongs to nothing.
      await Promise.all(stored.map(async ({ cid }) => store.delete(cid))).catch((err: unknown) => {
        log.warn({ err }, 'a ciphertext that belongs to no record stays in the store');
      });
    };
    const applied = await this.#services.ledger
      .submit<Appended>(this.#caller.identity, act)
      .catch(async (error: unknown) => {
        if (error instanceof Refusal) await forget();
        throw error;
      });
    // A repeat sealed again what is on the ledger already: those ciphertexts and batches belong to nothing.
    if (!applied.replayed) for (const { purpose, batch } of batches) this.#services.openBatches.keep(purpose, batch);
    else await forget();
    const { transaction } = applied;
    return { records: applied.result.records, ...(transaction === undefined ? {} : { transaction }) };
  }
}

function appendTouches({ home, openedToOthers }: KnownPatient): Touches {
  const mirrors = openedToOthers ? [collectionName.exchange(home)] : [];
  return {
    writes: [collectionName.care(home), ...mirrors],
    reads: [collectionName.clinical, collectionName.registry],
  };
}
