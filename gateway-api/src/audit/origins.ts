/**
 * From where somebody acted: network address and place. It never reaches the ledger; it lies sealed in the gateway's
 * database, for the patient and for the regulator's investigation.
 */
import type { Caller } from '../auth/caller.ts';
import { SealedJson } from '../keystore/sealedJson.ts';
import type { Services } from '../services.ts';

type Kept = Pick<Services, 'readModel' | 'clock' | 'keystore'>;

export interface Origin {
  /** IP address, as the gateway or the proxy before it saw it. */
  readonly address: string;
  readonly place: { readonly organization: string; readonly department?: string; readonly gln?: string };
}

type Actor = Pick<Caller, 'origin' | 'department' | 'gln'> & {
  readonly identity: Pick<Caller['identity'], 'mspId'>;
};

const sealing = ({ keystore }: Pick<Kept, 'keystore'>): SealedJson<Origin> =>
  new SealedJson(keystore.derived('audit origins'));

/** @param reference id of the transaction, or of the gateway's own act; the first origin of a reference stays */
export async function keepOrigin(services: Kept, reference: string, actor: Actor): Promise<void> {
  const { origin, department, gln, identity } = actor;
  if (origin === undefined) return;
  const place = {
    organization: identity.mspId,
    ...(department === undefined ? {} : { department }),
    ...(gln === undefined ? {} : { gln }),
  };
  await services.readModel.db
    .insertInto('audit_origins')
    .values({
      reference,
      sealed: sealing(services).seal(reference, { address: origin.address, place }),
      noted_at: new Date(services.clock()).toISOString(),
    })
    .onConflict((conflict) => conflict.column('reference').doNothing())
    .execute();
}

/** @returns by reference; what was done at another member's gateway is kept there */
export async function originsOf(services: Kept, references: readonly string[]): Promise<ReadonlyMap<string, Origin>> {
  if (references.length === 0) return new Map();
  const rows = await services.readModel.db
    .selectFrom('audit_origins')
    .select(['reference', 'sealed'])
    .where('reference', 'in', [...new Set(references)])
    .execute();
  const seals = sealing(services);
  return new Map(rows.map(({ reference, sealed }) => [reference, seals.open(reference, sealed)]));
}
