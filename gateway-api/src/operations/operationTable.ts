import type { Kysely } from 'kysely';
import { SealedJson } from '../keystore/sealedJson.ts';
import type { Database } from '../readmodel/database/schema.ts';
import type { KeptOperation, OperationStore } from './operations.ts';

const keptMs = 7 * 24 * 3600 * 1000;

/** Operations in the gateway's database, sealed: results and owners are for who started them. */
export class OperationTable implements OperationStore {
  readonly #db: Kysely<Database>;
  readonly #sealed: SealedJson<KeptOperation>;
  readonly #clock: () => number;

  /** @param key 32 bytes */
  constructor(db: Kysely<Database>, key: Uint8Array, clock: () => number) {
    this.#db = db;
    this.#sealed = new SealedJson(key);
    this.#clock = clock;
  }

  async find(id: string): Promise<KeptOperation | undefined> {
    const row = await this.#db
      .selectFrom('operations')
      .select('sealed')
      .where('operation_id', '=', id)
      .where('expires_at', '>', new Date(this.#clock()))
      .executeTakeFirst();
    return row === undefined ? undefined : this.#sealed.open(id, row.sealed);
  }

  async put(kept: KeptOperation): Promise<void> {
    const { id, status } = kept.operation;
    const row = {
      status: status === 'running' ? ('running' as const) : ('ended' as const),
      sealed: this.#sealed.seal(id, kept),
      expires_at: new Date(this.#clock() + keptMs).toISOString(),
    };
    await this.#db
      .insertInto('operations')
      .values({ operation_id: id, ...row })
      .onConflict((conflict) => conflict.column('operation_id').doUpdateSet(row))
      .execute();
    await this.#db.deleteFrom('operations').where('expires_at', '<=', new Date(this.#clock())).execute();
  }

  async running(): Promise<readonly KeptOperation[]> {
    const rows = await this.#db
      .selectFrom('operations')
      .select(['operation_id', 'sealed'])
      .where('status', '=', 'running')
      .execute();
    return rows.map((row) => this.#sealed.open(row.operation_id, row.sealed));
  }
}
