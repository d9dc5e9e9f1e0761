/** Records on their way in: sealed, ciphertext kept, facts on the patient's chain. */
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { collectionName, Refusal, type CategoryKey } from '@chain-of-care/chaincode/model';
import type { Origin } from '@chain-of-care/chaincode/rules';
import type { Caller } from '../auth/caller.ts';
import { patientOf, type KnownPatient } from '../custody/patients.ts';
import { CustodialPatientKeys } from '../custody/patientKeys.ts';
import { categoryKeys, groupPublicKey, type GroupPublicKey } from '../custody/publicKeys.ts';
import type { Applied, CommittedTransaction, Touches } from '../fabric/act.ts';
import { Problem } from '../http/problem.ts';
import type { Derivation } from '../idempotency/derivation.ts';
import type { Services } from '../services.ts';
import type { StoredCiphertext } from '../vault/store/index.ts';
import {
  addressRecords,
  sealRecords,
  sealStream,
  type AddressedRecords,
  type PlainRecord,
  type Recipients,
  type SealedRecord,
} from './seal.ts';

export interface Appended {
  readonly records: readonly { readonly recordId: string; readonly version: number }[];
  readonly transaction?: CommittedTransaction;
}

/** What a repeat of the request is known by. */
type CommandName = ReturnType<Derivation['command']>;

/** Appends to one patient's chain for one author. */
export class RecordAppender {
  readonly #services: Services;
  readonly #caller: Caller;
  readonly #patient: KnownPatient;
  readonly #author: GroupPublicKey;

  private constructor(services: Services, caller: Caller, patient: KnownPatient, author: GroupPublicKey) {
    this.#services = services;
    this.#caller = caller;
    this.#patient = patient;
    this.#author = author;
  }

  /** @throws Problem patient_not_found, role_not_allowed for an author without a department, organization_not_found */
  static async for(services: Services, caller: Caller, patientId: string): Promise<RecordAppender> {
    const { department, identity } = caller;
    if (department === undefined) throw new Problem('role_not_allowed', { detail: 'an author has a department' });
    const patient = await patientOf(services, patientId);
    return new RecordAppender(services, caller, patient, await groupPublicKey(services, identity.mspId, department));
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
    const { sealed, ciphertexts } = await sealRecords(records, this.#origin(command.key));
    return this.#submit(sealed, await this.#services.store.putBatch(ciphertexts), command, idempotency);
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
    const { sealed, ciphertext, digest } = await sealStream(
      record,
      content,
      this.#origin(idempotency.commandKey(part)),
    );
    const stored = await this.#services.store.put(ciphertext);
    return this.#submit([sealed], [stored], idempotency.command(part, digest()), idempotency);
  }

  #origin(commandKey: string): Origin {
    return { commandKey, deviceKey: this.#caller.identity.deviceKey, handle: this.#patient.handle };
  }

  async #submit(
    sealed: readonly SealedRecord[],
    stored: readonly StoredCiphertext[],
    command: CommandName,
    idempotency: Derivation,
  ): Promise<Appended> {
    const forget = async (): Promise<void> => {
      const { store, log } = this.#services;
      // The outcome stands whatever the store says; a ciphertext that stays belongs to nothing.
      await Promise.all(stored.map(async ({ cid }) => store.delete(cid))).catch((err: unknown) => {
        log.warn({ err }, 'a ciphertext that belongs to no record stays in the store');
      });
    };
    const { applied, batches } = await this.#addressed(sealed, stored, command, idempotency).catch(
      async (error: unknown) => {
        if (error instanceof Refusal) await forget();
        throw error;
      },
    );
    // A repeat sealed again what is on the ledger already: those ciphertexts and batches belong to nothing.
    if (!applied.replayed) for (const { purpose, batch } of batches) this.#services.openBatches.keep(purpose, batch);
    else await forget();
    const { transaction } = applied;
    return { records: applied.result.records, ...(transaction === undefined ? {} : { transaction }) };
  }

  /** Submits to the epoch that runs: when another began meanwhile, the data keys are wrapped for that one. */
  async #addressed(
    sealed: readonly SealedRecord[],
    stored: readonly StoredCiphertext[],
    command: CommandName,
    idempotency: Derivation,
  ): Promise<{ readonly applied: Applied<Appended>; readonly batches: AddressedRecords['batches'] }> {
    const { patientId, home, handle } = this.#patient;
    const uuid = (name: string) => idempotency.uuid(name);
    for (let round = 1; ; round += 1) {
      const recipients = await this.#recipients();
      const { openBatches } = this.#services;
      const { batches, records } = await addressRecords(sealed, recipients, openBatches, command.key, uuid);
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
      try {
        const applied = await this.#services.ledger.submit<Appended>(this.#caller.identity, act);
        return { applied, batches };
      } catch (error) {
        if (!(error instanceof Refusal) || error.code !== 'epoch_not_current' || round === roundsAtMost) throw error;
        await this.#epochAfter(recipients.published);
      }
    }
  }

  async #recipients(): Promise<Recipients & { readonly published: readonly CategoryKey[] }> {
    const { patientId } = this.#patient;
    await this.#services.epochsUnderWay.settled(patientId);
    return {
      patientId,
      categoryKeys: await categoryKeys(this.#services, patientId),
      published: await this.#services.facts.categoryKeys(patientId),
      author: this.#author,
      indexKey: (pair) =>
        new CustodialPatientKeys(this.#services.keystore).indexKey(Object.assign({ patientId }, pair)),
    };
  }

  /** Waits until the read model shows what the ledger refused for: the endorsing peer may be some blocks ahead. */
  async #epochAfter(before: readonly CategoryKey[]): Promise<void> {
    const { facts } = this.#services;
    for (let waited = 0; waited < epochSeenWithinMs; waited += pollMs) {
      const now = await facts.categoryKeys(this.#patient.patientId);
      if (now.some(({ epoch }, index) => epoch !== before[index]?.epoch)) return;
      await delay(pollMs);
    }
  }
}

const roundsAtMost = 4;
const epochSeenWithinMs = 5000;
const pollMs = 50;

function appendTouches({ home, openedToOthers }: KnownPatient): Touches {
  const mirrors = openedToOthers ? [collectionName.exchange(home)] : [];
  return {
    writes: [collectionName.care(home), ...mirrors],
    reads: [collectionName.clinical, collectionName.registry],
  };
}
