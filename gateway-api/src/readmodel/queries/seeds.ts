/** Which seeds of a patient's key pairs consents have handed over. */
import type { CategoryKey } from '@chain-of-care/chaincode/model';
import { sql, type Kysely } from 'kysely';
import type { Database } from '../database/schema.ts';
import { consentsByIds, type ConsentFact } from './care.ts';

type Db = Kysely<Database>;

export type HeldSeed = Pick<CategoryKey, 'category' | 'confidentiality' | 'epoch'>;

/** A consent and the seeds that its grantee was given. */
export interface SeedHolder {
  readonly consent: ConsentFact;
  readonly seeds: readonly HeldSeed[];
}

export async function seedHoldersOf(db: Db, patientId: string): Promise<readonly SeedHolder[]> {
  const rows = await db
    .selectFrom('wraps')
    .select(['consent_id', 'category', 'confidentiality', 'epoch'])
    .distinct()
    .where('patient_id', '=', patientId)
    .where('kind', '=', 'seed')
    .execute();
  const byConsent = new Map<string, HeldSeed[]>();
  for (const { consent_id: consentId, ...seed } of rows)
    byConsent.set(consentId, [...(byConsent.get(consentId) ?? []), seed]);
  const consents = await consentsByIds(db, [...byConsent.keys()]);
  return consents.map((consent) => ({ consent, seeds: byConsent.get(consent.consentId)! }));
}

/**
 * Own patients about whose epochs something is to be decided: a seed of the current epoch was given under a consent that
 * ended or beside a denial, or a consent that stands has a seed of an earlier epoch and none of the current one.
 *
 * @param atMs what has expired by then
 */
export async function patientsWithEpochsToDecide(db: Db, mspId: string, atMs: number): Promise<readonly string[]> {
  const at = new Date(atMs);
  const { rows } = await sql<{ patient_id: string }>`
    with given as (
      select w.patient_id, w.consent_id, w.category, w.confidentiality, max(w.epoch) as newest
      from wraps w join patients p on p.patient_id = w.patient_id and p.home = ${mspId}
      where w.kind = 'seed' group by 1, 2, 3, 4
    )
    select distinct g.patient_id
    from given g
      join category_keys k on k.patient_id = g.patient_id and k.category = g.category
        and k.confidentiality = g.confidentiality
      join consents c on c.consent_id = g.consent_id
      left join consent_stops s on s.consent_id = g.consent_id
    where case
      when s.revoked_at is not null or c.expires_at <= ${at} then g.newest = k.epoch
      when exists (
        select 1 from consent_stops a where a.patient_id = g.patient_id
          and c.rule -> 'parents' @> jsonb_build_array(jsonb_build_object('consentId', a.consent_id))
      ) then g.newest = k.epoch
      when g.newest < k.epoch then true
      else exists (select 1 from consents d where d.patient_id = g.patient_id and d.decision = 'deny')
    end order by g.patient_id`.execute(db);
  return rows.map(({ patient_id: id }) => id);
}
