/** Notices about licences: asked for (to the regulator), decided, suspended, reinstated, revoked (to the premises). */
import { sql, type Kysely } from 'kysely';
import type { LicenceStatus } from '@chain-of-care/chaincode/model';
import type { Notice, NoticeSource } from '../notifications/notice.ts';
import type { Database } from '../readmodel/index.ts';

interface Row {
  readonly id: string;
  readonly gln: string;
  readonly msp_id: string;
  readonly status: string;
  readonly at: Date;
  readonly block: number;
}

/** @param own whose people are told */
export function licenceNotices(own: { readonly mspId: string; readonly regulator: string }): NoticeSource {
  return async (db, { first, last }) => {
    const notices: Notice[] = [];
    const within = sql`s.block_number between ${first} and ${last}`;
    const { rows: requests } = await sql<Row>`
      select r.request_id as id, r.gln, r.msp_id, r.status, coalesce(r.decided_at, r.requested_at) as at,
        s.block_number as block
      from ledger_state s join licence_requests r on r.request_id = s.value ->> 'requestId'
      where s.type = 'licence-request' and ${within} order by s.block_number, id`.execute(db);
    for (const row of requests) {
      const isNew = row.status === 'requested';
      const teller = isNew ? own.regulator : row.msp_id;
      if (teller !== own.mspId) continue;
      const about = { requestId: row.id, gln: row.gln, decision: row.status };
      const recipients = await staffOf(db, own.mspId, isNew ? ['inspector'] : ['administrator']);
      notices.push(noticeOf(row, isNew ? 'licenceRequested' : 'licenceDecided', about, recipients));
    }
    const { rows: changes } = await sql<Row>`
      select l.licence_id as id, l.holder as gln, p.msp_id, l.status, l.changed_at as at, s.block_number as block
      from ledger_state s join licences l on l.holder = s.value ->> 'holder'
        join premises p on p.gln = l.holder
        join transactions t on t.block_number = s.block_number and t.tx_index = s.tx_index and t.time = l.changed_at
      where s.type = 'licences' and ${within} and p.msp_id = ${own.mspId} order by s.block_number, id`.execute(db);
    for (const row of changes) {
      const about = { licenceId: row.id, gln: row.gln, status: row.status };
      const recipients = await staffOf(db, own.mspId, ['administrator'], row.gln);
      notices.push(noticeOf(row, 'licenceChanged', about, recipients));
    }
    return notices;
  };
}

const severityOf: Readonly<Record<LicenceStatus, Notice['severity']>> = {
  active: 'low',
  suspended: 'critical',
  revoked: 'critical',
};

function noticeOf(
  { id, status, at, block }: Row,
  kind: Notice['kind'],
  about: Notice['about'],
  recipients: readonly string[],
): Notice {
  const severity = kind === 'licenceChanged' ? severityOf[status as LicenceStatus] : 'medium';
  const occurredAt = at.toISOString();
  return { source: `${id}|${status}|${occurredAt}`, kind, severity, about, occurredAt, blockNumber: block, recipients };
}

async function staffOf(db: Kysely<Database>, mspId: string, roles: readonly string[], gln?: string): Promise<string[]> {
  const rows = await db
    .selectFrom('staff')
    .select('staff_id')
    .where('msp_id', '=', mspId)
    .where('status', '=', 'active')
    .where((where) => where.or([where('role', 'in', roles), ...(gln === undefined ? [] : [where('gln', '=', gln)])]))
    .orderBy('staff_id')
    .execute();
  return rows.map(({ staff_id: id }) => id);
}
