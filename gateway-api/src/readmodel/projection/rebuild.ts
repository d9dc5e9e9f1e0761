/** Starting over from block 0, and comparing what came out. */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { gatewayTables } from '../database/gatewaySchema.ts';
import type { Projection } from './applyBlocks.ts';
import type { TableShapes } from './tableWriter.ts';

/** Tables that come from blocks alone. */
export function projectedTables(shapes: TableShapes): readonly string[] {
  return [...shapes.keys()].filter((name) => !Object.hasOwn(gatewayTables, name) && !name.startsWith('kysely_')).sort();
}

/** Empties every projected table, the checkpoint among them. */
export async function forgetProjection({ db }: Projection, shapes: TableShapes): Promise<void> {
  await sql`truncate ${sql.join(projectedTables(shapes).map((name) => sql.table(name)))}`.execute(db);
}

export interface TableDump {
  readonly table: string;
  readonly rows: number;
  /** SHA-256 over the rows as JSON text in the order of their primary key, hex. */
  readonly digest: string;
}

/** Rows of each projected table as one number and one digest: equal digests are equal rows. */
export async function dumpProjection({ db }: Projection, shapes: TableShapes): Promise<readonly TableDump[]> {
  const dumps: TableDump[] = [];
  for (const table of projectedTables(shapes)) {
    const hash = createHash('sha256');
    const order = shapes.get(table)!.key;
    let rows = 0;
    for (let after: readonly unknown[] | undefined = undefined; ;) {
      const page: readonly DumpRow[] = await dumpPage(db, table, order, after);
      for (const { text } of page) hash.update(text).update('\n');
      rows += page.length;
      if (page.length < pageSize) break;
      after = page.at(-1)!.key;
    }
    dumps.push({ table, rows, digest: hash.digest('hex') });
  }
  return dumps;
}

const pageSize = 5000;

interface DumpRow {
  readonly text: string;
  readonly key: readonly unknown[];
}

async function dumpPage(
  db: Projection['db'],
  table: string,
  order: readonly string[],
  after: readonly unknown[] | undefined,
): Promise<readonly DumpRow[]> {
  const columns = sql.join(order.map((column) => sql.ref(`t.${column}`)));
  const beyond = after === undefined ? sql`` : sql`where (${columns}) > (${sql.join(after)})`;
  const { rows } = await sql<DumpRow>`select to_jsonb(t)::text as text, jsonb_build_array(${columns}) as key
    from ${sql.table(table)} t ${beyond} order by ${columns} limit ${sql.lit(pageSize)}`.execute(db);
  return rows;
}
