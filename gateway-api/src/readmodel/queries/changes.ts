/** What changed about a patient, in the order of the ledger, so that several devices of theirs stay in step. */
import { sql, type Kysely } from 'kysely';
import { Problem } from '../../http/problem.ts';
import type { Database } from '../database/schema.ts';
import { requestInteractions } from '../projection/patientActs.ts';

/** `patient`: status or demographics. `representative`, `care-team`: came or went. */
export const changeKinds = [
  'record',
  'consent',
  'revocation',
  'access',
  'access-request',
  'sharing-token',
  'link',
  'patient',
  'representative',
  'care-team',
] as const;
export type ChangeKind = (typeof changeKinds)[number];

export interface Change {
  readonly kind: ChangeKind;
  /** Of the record, consent, access, request, token, other registration, patient, representation, or member of staff. */
  readonly id: string;
  readonly version?: number;
  readonly blockNumber: number;
  /** RFC 3339. */
  readonly at: string;
  /** Where to go on from. */
  readonly since: string;
}

interface Row {
  readonly kind: ChangeKind;
  readonly id: string;
  readonly version: number | null;
  readonly block: number;
  readonly at: Date;
  readonly place: string;
}

type Place = readonly [block: number, place: string];

/** @throws Problem invalid_cursor */
function readSince(since: string | undefined): Place {
  if (since === undefined) return [-1, ''];
  const match = /^(\d{1,15})\.([A-Za-z0-9_-]*)$/.exec(since);
  if (match === null) throw new Problem('invalid_cursor');
  return [Number(match[1]), Buffer.from(match[2]!, 'base64url').toString('utf8').replaceAll('\u0000', '')];
}

const sinceOf = ([block, place]: Place): string => `${block}.${Buffer.from(place).toString('base64url')}`;

/**
 * What came after `since`, the oldest first. Demographics, which no block has, follow all of the block after which they
 * changed. A block of which private values are still awaited ends the list: nothing can
 * come later in front of what was shown.
 *
 * @throws Problem invalid_cursor
 */
export async function changesSince(
  db: Kysely<Database>,
  patientId: string,
  since: string | undefined,
  limit: number,
): Promise<readonly Change[]> {
  const [block, place] = readSince(since);
  const { rows } = await sql<Row>`
    with changes as (
      select 'record' as kind, record_id as id, version, block_number as block, record_time as at
        from records where patient_id = ${patientId} and block_number >= ${block}
      union all
      select 'access', access_id, null, block_number, record_time
        from accesses where patient_id = ${patientId} and block_number >= ${block}
      union all
      select 'consent', c.consent_id, null, t.block_number, c.granted_at
        from consents c join transactions t on t.tx_id = c.tx_id
        where c.patient_id = ${patientId} and t.block_number >= ${block}
      union all
      select 'revocation', s.consent_id, null, min(t.block_number), s.revoked_at
        from consent_stops s join transactions t on t.time = s.revoked_at and t.validation_code = 0
        where s.patient_id = ${patientId} group by s.consent_id, s.revoked_at having min(t.block_number) >= ${block}
      union all
      select 'link', l.other_id, null, min(t.block_number), coalesce(l.ended_at, l.linked_at)
        from patient_links l join transactions t on t.time = coalesce(l.ended_at, l.linked_at) and t.validation_code = 0
        where l.patient_id = ${patientId} group by l.other_id, l.ended_at, l.linked_at
        having min(t.block_number) >= ${block}
      union all
      select kind, subject_id, null, block_number, max(acted_at) from (
        select subject_id, block_number, acted_at, case
          when type in ('representative', 'care-team') or (type = 'patient' and interaction = 'update') then type
          when type = 'consent' and interaction in ('share', 'redeem') then 'sharing-token'
          when type = 'consent' and interaction in (${sql.join(requestInteractions)}) then 'access-request'
        end as kind
        from patient_acts where patient_id = ${patientId} and block_number >= ${block}
      ) acts where kind is not null group by kind, subject_id, block_number
    ), placed as (
      select *, kind || '|' || id || '|' || coalesce(version::text, '') as place from changes
      union all
      select 'patient', patient_id, null, changed_block, updated_at, '~' || updated_at::text
        from demographics where patient_id = ${patientId} and changed_block >= ${block}
    )
    select * from placed
    where (block, place collate "C") > (${block}::bigint, ${place}::text)
      and block < coalesce((select min(block_number) from pending_private_writes), 9007199254740991)
    order by block, place collate "C" limit ${limit}`.execute(db);
  return rows.map((row) => ({
    kind: row.kind,
    id: row.id,
    ...(row.version === null ? {} : { version: row.version }),
    blockNumber: row.block,
    at: row.at.toISOString(),
    since: sinceOf([row.block, row.place]),
  }));
}
