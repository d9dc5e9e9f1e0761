/**
 * From where somebody acted: network address and place. It never reaches the ledger; it lies sealed in the gateway's
 * database, for the patient and for the regulator's investigation.
 */
import type { Kysely } from 'kysely';
import type { Caller } from '../auth/caller.ts';
import { SealedJson } from '../keystore/sealedJson.ts';
import { Together } from '../readmodel/database/together.ts';
import type { Database } from '../readmodel/index.ts';

const rowsOfStatement = 500;

export interface Origin {
  /** IP address, as the gateway or the proxy before it saw it. */
  readonly address: string;
  readonly place: { readonly organization: string; readonly department?: string; readonly gln?: string };
}

/** Who acted, from where. */
export type Actor = Pick<Caller, 'origin' | 'department' | 'gln'> & {
  readonly identity: Pick<Caller['identity'], 'mspId'>;
};

interface Row {
  readonly reference: string;
  readonly sealed: Uint8Array;
  readonly noted_at: string;
}

export class Origins {
  readonly #db: Kysely<Database>;
  readonly #sealed: SealedJson<Origin>;
  readonly #clock: () => number;
  readonly #written: Together<Row, void>;

  /** @param key 32 bytes */
  constructor(db: Kysely<Database>, key: Uint8Array, clock: () => number) {
    this.#db = db;
    this.#sealed = new SealedJson(key);
    this.#clock = clock;
    this.#written = new Together<Row, void>(async (rows) => {
      await db
        .insertInto('audit_origins')
        .values(rows)
        .onConflict((conflict) => conflict.column('reference').doNothing())
        .execute();
      return [];
    }, rowsOfStatement);
  }

  /** @param reference id of the transaction, or of the gateway's own act; the first origin of a reference stays */
  async keep(reference: string, { origin, department, gln, identity }: Actor): Promise<void> {
    if (origin === undefined) return;
    const place = {
      organization: identity.mspId,
      ...(department === undefined ? {} : { department }),
      ...(gln === undefined ? {} : { gln }),
    };
    const sealed = this.#sealed.seal(reference, { address: origin.address, place });
    await this.#written.ask({ reference, sealed, noted_at: new Date(this.#clock()).toISOString() });
  }

  /** @returns by reference; what was done at another member's gateway is kept there */
  async of(references: readonly string[]): Promise<ReadonlyMap<string, Origin>> {
    if (references.length === 0) return new Map();
    const rows = await this.#db
      .selectFrom('audit_origins')
      .select(['reference', 'sealed'])
      .where('reference', 'in', [...new Set(references)])
      .execute();
    return new Map(rows.map(({ reference, sealed }) => [reference, this.#sealed.open(reference, sealed)]));
  }
}
