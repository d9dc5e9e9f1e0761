import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { openDatabase, type OpenDatabase } from './open.ts';
import { Upkeep } from './upkeep.ts';

const patienceMs = 20_000;

let open: OpenDatabase;
beforeAll(async () => {
  open = await openDatabase({});
}, 120_000);
afterAll(() => open.close());

const upkeep = (): Upkeep => new Upkeep(open.db, { warn: () => undefined });
const counters = (used: number) =>
  sql`insert into access_counters (patient_id, consent_id, used)
  select 'p', 'c' || n, ${used}::integer from generate_series(1, 2000) n
  on conflict (patient_id, consent_id) do update set used = excluded.used`.execute(open.db);

/** PostgreSQL tells once a second at most what was written. */
async function attended(): Promise<readonly string[]> {
  for (const until = Date.now() + patienceMs; ; await setTimeout(200)) {
    const tables = await upkeep().attend();
    if (tables.length > 0 || Date.now() > until) return tables;
  }
}

async function table(): Promise<{ rows: number; pages: number }> {
  const { rows } = await sql<{ rows: number; pages: number }>`select c.reltuples as rows,
    pg_relation_size(c.oid) / 8192 as pages from pg_class c where c.relname = 'access_counters'`.execute(open.db);
  return rows[0]!;
}

describe('the upkeep of an embedded database', () => {
  test('plans know how large a table is that grew, and one that did not change is left alone', async () => {
    await counters(1);
    expect(await attended()).toEqual(['access_counters']);
    expect((await table()).rows).toBe(2000);
    expect(await upkeep().attend()).toEqual([]);
  });

  test('the space of replaced rows is used again', async () => {
    await counters(2);
    expect(await attended()).toEqual(['access_counters']);
    const { pages } = await table();
    await counters(3);
    expect((await table()).pages).toBe(pages);
  });
});
