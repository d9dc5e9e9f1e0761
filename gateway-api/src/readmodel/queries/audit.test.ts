import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { ReadModel } from '../readModel.ts';
import { readModelInMemory } from '../readModel.fixture.ts';
import { auditEventById, auditEvents, type AuditEventFact, type AuditFilter } from './audit.ts';

const events = 3_000;
const factsOfEvent = 3;

let model: ReadModel;

/** Two patients of two hospitals, acts of several facts each, accesses and what the gateway did, many at the same time. */
beforeAll(async () => {
  model = await readModelInMemory();
  const { db } = model;
  await sql`insert into patients (patient_id, home, handle, did, status, did_document, registered_at) values
    ('p0', 'HospitalMSP', 'h0', '', 'active', '{}', now()), ('p1', 'OtherHospitalMSP', 'h1', '', 'active', '{}', now())`.execute(
    db,
  );
  await sql`insert into devices (device_key, staff_id, status, added_at) values ('d0', 's0', 'active', now())`.execute(
    db,
  );
  await sql`insert into staff (staff_id, msp_id, role, department, status, registered_at) values
    ('s0', 'HospitalMSP', 'clinician', 'cardiology', 'active', now())`.execute(db);
  await sql`insert into patient_acts (block_number, tx_index, collection, key_hash, patient_id, type, interaction,
      subject_id, version, category, acted_at, tx_id, msp_id, device_key)
    select n, 0, 'care', 'k' || n || '-' || f, 'p' || n % 2, case when n % 3 = 0 then 'consent' else 'record' end,
      'create', 'r' || n % 7 || '-' || f, 1, 'diagnosis', timestamptz '2026-01-01Z' + (n / 4) * interval '1 second',
      'tx' || n, case when n % 5 = 0 then 'OtherHospitalMSP' else 'HospitalMSP' end, 'd' || n % 3
    from generate_series(1, ${events}::integer) n, generate_series(1, ${factsOfEvent}::integer) f`.execute(db);
  await sql`insert into accesses (access_id, patient_id, accessor_id, accessor_org, accessor_role, device_key,
      purpose_of_use, records, categories, decision, basis, withheld, record_time, not_after, serves_until, collection,
      tx_id, block_number)
    select 'a' || n, 'p' || n % 2, 's' || n % 2, 'HospitalMSP', 'clinician', 'd0', 'TREAT',
      case when n % 2 = 0 then jsonb_build_array(jsonb_build_object('recordId', 'r1-1', 'version', 1)) end, null,
      case when n % 4 = 0 then 'deny' else 'permit' end, '[{"kind":"consent"}]', 0,
      timestamptz '2026-01-01Z' + (n / 4) * interval '1 second', now(), now(), 'access', 'atx' || n, n
    from generate_series(1, 200) n`.execute(db);
  await sql`insert into gateway_acts (act_id, patient_id, type, interaction, subject_id, actor_id, actor_org, actor_role, acted_at)
    select 'g' || n, 'p' || n % 2, 'demographics', 'read', null, 's0', 'HospitalMSP', 'registrar',
      timestamptz '2026-01-01Z' + (n / 4) * interval '1 second'
    from generate_series(1, 100) n`.execute(db);
}, 120_000);
afterAll(() => model.close());

async function pagesOf(filter: AuditFilter): Promise<readonly AuditEventFact[]> {
  const found: AuditEventFact[] = [];
  for (let cursor: string | undefined; ;) {
    const page = await auditEvents(model.db, { ...filter, limit: 97, ...(cursor === undefined ? {} : { cursor }) });
    found.push(...page.items);
    if (page.nextCursor === undefined) return found;
    cursor = page.nextCursor;
  }
}

describe('the pages of the audit, one after the other, are all events that the filter leaves, newest first', () => {
  const filters: readonly (readonly [string, AuditFilter, string])[] = [
    ['none', {}, 'true'],
    ['a patient', { patient: 'p0' }, `patient_id = 'p0'`],
    [
      'an organisation',
      { organization: 'OtherHospitalMSP' },
      `(accessor_org = 'OtherHospitalMSP' or patient_id = 'p1')`,
    ],
    ['a type', { type: 'consent' }, `type = 'consent'`],
    ['accesses', { type: 'access', patient: 'p1' }, `type = 'access' and patient_id = 'p1'`],
    ['an accessor', { accessor: 's0' }, `accessor_id = 's0'`],
    ['a purpose', { purpose: 'TREAT' }, `purpose_of_use = 'TREAT'`],
    ['a decision', { decision: 'deny' }, `decision = 'deny'`],
    ['a basis', { basis: 'consent' }, `basis @> '[{"kind":"consent"}]'`],
    ['a record', { record: 'r1-1' }, `(records @> '[{"recordId":"r1-1"}]' or subjects ? 'r1-1')`],
    [
      'a period',
      { from: '2026-01-01T00:00:05Z', until: '2026-01-01T00:01:00Z' },
      `record_time >= '2026-01-01T00:00:05Z' and record_time < '2026-01-01T00:01:00Z'`,
    ],
  ];

  test.each(filters)('by %s', async (_name, filter, condition) => {
    const { rows } = await sql<{ id: string }>`select id from audit_events where ${sql.raw(condition)}
      order by record_time desc, id desc`.execute(model.db);
    expect(rows.length).toBeGreaterThan(0);
    expect((await pagesOf(filter)).map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
  });
});

test('the facts of one act are one event, found by its id', async () => {
  const { items } = await auditEvents(model.db, { type: 'record', limit: 1 });
  expect(items[0]!.records).toHaveLength(factsOfEvent);
  expect(await auditEventById(model.db, items[0]!.id)).toEqual(items[0]);
});
