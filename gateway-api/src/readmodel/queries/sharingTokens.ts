/** Sharing tokens, read from the table as the model's type. */
import type { SharingToken } from '@chain-of-care/chaincode/model';
import type { Kysely, Selectable } from 'kysely';
import type { CareTables } from '../database/careSchema.ts';
import type { Database } from '../database/schema.ts';
import { mapPage, newestFirst } from './newestFirst.ts';
import type { Page, PageParams } from './page.ts';

type Db = Kysely<Database>;

export interface SharingTokenFact extends SharingToken {
  readonly revokedAt?: string;
}

/** A patient's tokens, newest first, ended ones too. */
export async function sharingTokensOfPatient(
  db: Db,
  patientId: string,
  params: PageParams,
): Promise<Page<SharingTokenFact>> {
  const own = tokensWithStops(db).where('sharing_tokens.patient_id', '=', patientId);
  const page = await newestFirst(db.selectFrom(own.as('own')).selectAll(), 'created_at', 'token_id', params);
  return mapPage(page, tokenOf);
}

export async function sharingTokenById(db: Db, tokenId: string): Promise<SharingTokenFact | undefined> {
  const row = await tokensWithStops(db).where('token_id', '=', tokenId).executeTakeFirst();
  return row === undefined ? undefined : tokenOf(row);
}

export async function sharingTokenByRedeemHash(db: Db, redeemHash: string): Promise<SharingTokenFact | undefined> {
  const row = await tokensWithStops(db).where('redeem_hash', '=', redeemHash).executeTakeFirst();
  return row === undefined ? undefined : tokenOf(row);
}

function tokensWithStops(db: Db) {
  return db
    .selectFrom('sharing_tokens')
    .leftJoin('consent_stops', 'consent_stops.consent_id', 'sharing_tokens.token_id')
    .selectAll('sharing_tokens')
    .select('consent_stops.revoked_at');
}

function tokenOf(row: Selectable<CareTables['sharing_tokens']> & { revoked_at: Date | null }): SharingTokenFact {
  return {
    tokenId: row.token_id,
    patientId: row.patient_id,
    redeemHash: row.redeem_hash,
    keys: row.keys,
    purposeOfUse: row.purpose_of_use,
    singleUse: row.single_use,
    ...(row.grantee_org === null || row.grantee_id === null
      ? {}
      : { grantee: { mspId: row.grantee_org, id: row.grantee_id } }),
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    ...(row.spent_by === null ? {} : { spentBy: row.spent_by }),
    ...(row.spent_at === null ? {} : { spentAt: row.spent_at.toISOString() }),
    ...(row.revoked_at === null ? {} : { revokedAt: row.revoked_at.toISOString() }),
  };
}
