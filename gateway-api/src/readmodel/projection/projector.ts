/** The vocabulary of projection: a stored value in, rows out. */
import { upcast, type Stored, type StoredType } from '@chain-of-care/chaincode/model';
import type { Insertable } from 'kysely';
import type { LedgerTables } from '../database/schema.ts';

/** Where and when a value was written. */
export interface Written {
  /** Private data collection; the empty string is public state. */
  readonly collection: string;
  /** The collection mirrors facts of another one (`exchange_H` of `care_H`) which this organisation receives as well. */
  readonly isMirror: boolean;
  readonly txId: string;
  readonly blockNumber: number;
  readonly txIndex: number;
  /** RFC 3339 UTC. */
  readonly time: string;
  /** MSP id and device key (SHA-256 of the SPKI, hex) of the submitter. */
  readonly mspId: string;
  readonly deviceKey: string;
}

/** Tables that projectors fill. */
export type TableName = Extract<keyof LedgerTables, string>;

/** A row of one of the projected tables. Times are RFC 3339 strings, JSON columns plain data. */
export type ProjectedRow = {
  [Table in TableName]: { readonly table: Table; readonly row: RowOf<Table> };
}[TableName];

/** As `Insertable`, with times as RFC 3339 strings. */
export type RowOf<Table extends TableName> = {
  readonly [Column in keyof Insertable<LedgerTables[Table]>]: Insertable<LedgerTables[Table]>[Column];
};

/**
 * Rows that stand for a stored value. Pure. The rows of the address's previous value that do not come again are
 * removed, so a list that shrinks, and a value that is deleted, need no code of their own.
 *
 * @throws anything when the value is not of its type's shape: the write becomes a row of `projection_faults`
 */
export type Projector = (value: Readonly<Record<string, unknown>>, written: Written) => readonly ProjectedRow[];

/** By stored type name (`t`). */
export type Projectors = Readonly<Record<string, Projector>>;

/**
 * A projector of a stored type of the model, with its name. Values of older schema versions are raised before.
 *
 * @throws RangeError (the projector) for a version newer than this code knows
 */
export function projector<Fields extends object>(
  type: StoredType<Fields>,
  project: (value: Fields, written: Written) => readonly ProjectedRow[],
): readonly [string, Projector] {
  return [type.name, (value, written) => project(upcast(type, value as unknown as Stored), written)];
}

/** The fields of a stored value, without its type name, schema version and salt. */
export function fieldsOf<Fields extends object>(value: Fields): Fields {
  const isField = ([name]: [string, unknown]): boolean => !['t', 'v', 'salt'].includes(name);
  return Object.fromEntries(Object.entries(value).filter(isField)) as Fields;
}
