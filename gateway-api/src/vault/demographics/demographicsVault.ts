import type { Kysely } from 'kysely';
import type { Database } from '../../readmodel/database/schema.ts';
import { IdentifierTaken, type Demographics, type Identifier } from './demographics.ts';
import { DemographicsSealing } from './sealing.ts';

/** Demographics of the organisation's own patients, sealed in the gateway's database. */
export class DemographicsVault {
  readonly #db: Kysely<Database>;
  readonly #sealing: DemographicsSealing;
  readonly #clock: () => number;
  readonly #listeners = new Set<() => void>();

  /**
   * @param vaultKey 32 random bytes
   * @param clock milliseconds since the epoch
   * @throws RangeError when the key has another length
   */
  constructor(db: Kysely<Database>, vaultKey: Uint8Array, clock: () => number = Date.now) {
    this.#db = db;
    this.#sealing = new DemographicsSealing(vaultKey);
    this.#clock = clock;
  }

  /**
   * Keeps a patient's demographics in place of what was there.
   *
   * @throws IdentifierTaken when an identifier is another patient's; nothing is kept then
   */
  async put(patientId: string, demographics: Demographics): Promise<void> {
    const indexes = [...new Set(demographics.identifiers.map((identifier) => this.#sealing.blindIndex(identifier)))];
    const row = {
      sealed: this.#sealing.seal(patientId, demographics),
      updated_at: new Date(this.#clock()).toISOString(),
    };
    await this.#db.transaction().execute(async (db) => {
      // No block is applied until this is committed: what a device has seen of later ones cannot hide the change.
      const at = await db.selectFrom('checkpoint').select('block_number').forShare().executeTakeFirst();
      await db
        .insertInto('demographics')
        .values({ patient_id: patientId, ...row })
        .onConflict((conflict) =>
          conflict.column('patient_id').doUpdateSet({ ...row, changed_block: at?.block_number ?? 0 }),
        )
        .execute();
      await db.deleteFrom('demographic_identifiers').where('patient_id', '=', patientId).execute();
      if (indexes.length === 0) return;
      await db
        .insertInto('demographic_identifiers')
        .values(indexes.map((blindIndex) => ({ blind_index: blindIndex, patient_id: patientId })))
        .onConflict((conflict) => conflict.column('blind_index').doNothing())
        .execute();
      const taken = await db
        .selectFrom('demographic_identifiers')
        .select('patient_id')
        .where('blind_index', 'in', indexes)
        .where('patient_id', '!=', patientId)
        .executeTakeFirst();
      if (taken !== undefined) throw new IdentifierTaken(taken.patient_id);
    });
    for (const tell of this.#listeners) tell();
  }

  /** Tells of every change once it is kept. @returns ends the listening */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * @returns undefined when the patient is not here
   * @throws SealBroken when what lies there is not what was put
   */
  async get(patientId: string): Promise<Demographics | undefined> {
    return (await this.getMany([patientId])).get(patientId);
  }

  /**
   * Of many patients by one query, for lists; who is not here is left out.
   *
   * @throws as {@link get}
   */
  async getMany(patientIds: readonly string[]): Promise<ReadonlyMap<string, Demographics>> {
    if (patientIds.length === 0) return new Map();
    const rows = await this.#db
      .selectFrom('demographics')
      .select(['patient_id', 'sealed'])
      .where('patient_id', 'in', patientIds)
      .execute();
    return new Map(rows.map((row) => [row.patient_id, this.#sealing.open(row.patient_id, row.sealed)]));
  }

  /** @returns the patient with exactly this identifier */
  async findByIdentifier(identifier: Identifier): Promise<string | undefined> {
    const row = await this.#db
      .selectFrom('demographic_identifiers')
      .select('patient_id')
      .where('blind_index', '=', this.#sealing.blindIndex(identifier))
      .executeTakeFirst();
    return row?.patient_id;
  }

  /** Erases a patient's demographics and identifiers. @returns whether there were any */
  async delete(patientId: string): Promise<boolean> {
    const { numDeletedRows } = await this.#db
      .deleteFrom('demographics')
      .where('patient_id', '=', patientId)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }
}
