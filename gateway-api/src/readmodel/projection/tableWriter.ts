/** Writes many rows of any table in one statement: rows travel as one JSON parameter, whatever their number. */
import { CompiledQuery, sql, type Kysely } from 'kysely';
import type { Database } from '../database/schema.ts';

/** Keeps parameters to a few megabytes: PGlite's memory grows to the largest and does not shrink. */
const rowsPerStatement = 1000;

export type PlainRow = Readonly<Record<string, unknown>>;

interface TableShape {
  readonly columns: readonly string[];
  readonly key: readonly string[];
}

/** Columns that are written and primary key of every table, as the database itself says. */
export type TableShapes = ReadonlyMap<string, TableShape>;

export async function readTableShapes(db: Kysely<Database>): Promise<TableShapes> {
  const { rows } = await sql<{ name: string; columns: string[]; key: string[] }>`
    select c.relname as name,
      (select array_agg(a.attname::text order by a.attnum) from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
      (select array_agg(a.attname::text order by array_position(i.indkey::int2[], a.attnum)) from pg_attribute a
        where a.attrelid = c.oid and a.attnum = any(i.indkey::int2[])) as key
    from pg_class c join pg_index i on i.indrelid = c.oid and i.indisprimary
    where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r'`.execute(db);
  return new Map(rows.map(({ name, columns, key }) => [name, { columns, key }]));
}

export class TableWriter {
  readonly #shapes: TableShapes;
  readonly #upserts = new Map<string, string>();

  constructor(shapes: TableShapes) {
    this.#shapes = shapes;
  }

  /** Identity of a row within all tables. */
  keyOf(table: string, row: PlainRow): string {
    return JSON.stringify([table, ...this.#shapeOf(table).key.map((column) => row[column])]);
  }

  /** The members of the row that are its primary key. */
  keyPart(table: string, row: PlainRow): PlainRow {
    return Object.fromEntries(this.#shapeOf(table).key.map((column) => [column, row[column]]));
  }

  /** Inserts the rows, or replaces those with the same primary key. No key may stand twice in `rows`. */
  async upsert(db: Kysely<Database>, table: string, rows: readonly PlainRow[]): Promise<void> {
    if (rows.length > 0) await execute(db, this.#upsertOf(table), rows);
  }

  /** Deletes the rows with these primary keys. */
  async remove(db: Kysely<Database>, table: string, keys: readonly PlainRow[]): Promise<void> {
    if (keys.length === 0) return;
    const same = this.#shapeOf(table).key.map((column) => `t.${quoted(column)} = k.${quoted(column)}`);
    const name = quoted(table);
    await execute(
      db,
      `delete from ${name} t using json_populate_recordset(null::${name}, $1::json) k where ${same.join(' and ')}`,
      keys,
    );
  }

  /**
   * Compares rows with what the table holds under their primary keys.
   *
   * @returns the primary keys of those that are not there, or are there with other values
   */
  async differences(
    db: Kysely<Database>,
    table: string,
    rows: readonly PlainRow[],
  ): Promise<readonly { readonly key: PlainRow; readonly isMissing: boolean }[]> {
    const { columns, key } = this.#shapeOf(table);
    const name = quoted(table);
    const all = (alias: string): string => columns.map((column) => `${alias}.${quoted(column)}`).join(', ');
    const same = key.map((column) => `t.${quoted(column)} = k.${quoted(column)}`).join(' and ');
    const found: { key: PlainRow; isMissing: boolean }[] = [];
    for (let at = 0; at < rows.length; at += rowsPerStatement) {
      const part = JSON.stringify(rows.slice(at, at + rowsPerStatement));
      const { rows: differing } = await db.executeQuery<{ expected: PlainRow; is_missing: boolean }>(
        CompiledQuery.raw(
          `select to_jsonb(k) as expected, t.${quoted(key[0]!)} is null as is_missing ` +
            `from json_populate_recordset(null::${name}, $1::json) k left join ${name} t on ${same} ` +
            `where (${all('t')}) is distinct from (${all('k')})`,
          [part],
        ),
      );
      for (const { expected, is_missing } of differing)
        found.push({ key: this.keyPart(table, expected), isMissing: is_missing });
    }
    return found;
  }

  #upsertOf(table: string): string {
    const known = this.#upserts.get(table);
    if (known !== undefined) return known;
    const { columns, key } = this.#shapeOf(table);
    const name = quoted(table);
    const others = columns.filter((column) => !key.includes(column));
    const written = columns.map(quoted).join(', ');
    const replaced = others.map((column) => `${quoted(column)} = excluded.${quoted(column)}`);
    const statement =
      `insert into ${name} (${written}) select ${written} from json_populate_recordset(null::${name}, $1::json) ` +
      `on conflict (${key.map(quoted).join(', ')}) do ` +
      (replaced.length === 0 ? 'nothing' : `update set ${replaced.join(', ')}`);
    this.#upserts.set(table, statement);
    return statement;
  }

  #shapeOf(table: string): TableShape {
    const shape = this.#shapes.get(table);
    if (shape === undefined) throw new RangeError(`no table ${table}`);
    return shape;
  }
}

const quoted = (name: string): string => `"${name}"`;

async function execute(db: Kysely<Database>, statement: string, rows: readonly PlainRow[]): Promise<void> {
  for (let at = 0; at < rows.length; at += rowsPerStatement)
    await db.executeQuery(CompiledQuery.raw(statement, [JSON.stringify(rows.slice(at, at + rowsPerStatement))]));
}
