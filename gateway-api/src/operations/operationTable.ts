import { createHmac } from 'node:crypto';
import type { Kysely } from 'kysely';
import { SealedJson } from '../keystore/sealedJson.ts';
import type { Database } from '../readmodel/database/schema.ts';
import { mapPage, newestFirst } from '../readmodel/queries/newestFirst.ts';
import type { Page } from '../readmodel/queries/page.ts';
import {
  hasEnded,
  type AskedOperations,
  type KeptOperation,
  type Operation,
  type OperationStore,
} from './operation.ts';

/** Longer than any request may be queued. */
const keptMs = 8 * 24 * 3600 * 1000;

/** Operations in the gateway's database, sealed: requests, results and owners are for who started them. */
export class OperationTable implements OperationStore {
  readonly #db: Kysely<Database>;
  readonly #key: Uint8Array;
  readonly #sealed: SealedJson<KeptOperation>;
  readonly #clock: () => number;

  /** @param key 32 bytes */
  constructor(db: Kysely<Database>, key: Uint8Array, clock: () => number) {
    this.#db = db;
    this.#key = key;
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
    const { id, startedAt } = kept.operation;
    const row = {
      status: statusOf(kept),
      shown_status: kept.operation.status,
      owner_index: this.#indexOf(kept.owner),
      started_at: startedAt,
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

  async unfinished(): Promise<readonly KeptOperation[]> {
    const rows = await this.#db
      .selectFrom('operations')
      .select(['operation_id', 'sealed'])
      .where('status', 'in', ['running', 'queued'])
      .execute();
    return rows.map((row) => this.#sealed.open(row.operation_id, row.sealed));
  }

  async ofOwner(owner: string, { status, ...asked }: AskedOperations): Promise<Page<Operation>> {
    const all = this.#db
      .selectFrom('operations')
      .select(['operation_id', 'sealed', 'started_at'])
      .where('owner_index', '=', this.#indexOf(owner))
      .where('expires_at', '>', new Date(this.#clock()));
    const own = status === undefined ? all : all.where('shown_status', '=', status);
    const page = await newestFirst(own, 'started_at', 'operation_id', asked);
    return mapPage(page, (row) => this.#sealed.open(row.operation_id, row.sealed).operation);
  }

  #indexOf(owner: string): string {
    return createHmac('sha256', this.#key).update(`owner|${owner}`).digest('base64url');
  }
}

function statusOf({ operation, request }: KeptOperation): 'running' | 'queued' | 'ended' {
  if (hasEnded(operation)) return 'ended';
  return request === undefined ? 'running' : 'queued';
}
