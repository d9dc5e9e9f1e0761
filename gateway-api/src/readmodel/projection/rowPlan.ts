/** Which rows a set of changes removes and writes. Pure. */
import type { Change } from './change.ts';
import type { Projectors, Written } from './projector.ts';
import type { ReadableValue } from './storedValue.ts';
import type { PlainRow, TableWriter } from './tableWriter.ts';

/** What lay at an address before. */
export interface Previous {
  readonly stored: ReadableValue;
  readonly written: Written;
}

export interface Fault {
  readonly change: Change;
  /** `unreadable`, `projector`, or the SQLSTATE of the statement that refused its rows. */
  readonly code: string;
}

export interface RowPlan {
  /** By table; rows to write, each primary key once, and primary keys to remove. */
  readonly upserts: ReadonlyMap<string, readonly { readonly row: PlainRow; readonly change: Change }[]>;
  readonly removals: ReadonlyMap<string, readonly PlainRow[]>;
  readonly faults: readonly Fault[];
}

/**
 * @param changes at most one for each address
 * @param previous what lay at those addresses, by address
 */
export function rowPlan(
  changes: ReadonlyMap<string, Change>,
  previous: ReadonlyMap<string, Previous>,
  projectors: Projectors,
  writer: TableWriter,
): RowPlan {
  const upserts = new Map<string, { table: string; row: PlainRow; change: Change }>();
  const removals = new Map<string, { table: string; row: PlainRow }>();
  const faults: Fault[] = [];
  for (const [address, change] of changes) {
    const before = previous.get(address);
    if (before !== undefined)
      for (const { table, row } of rowsOf(before.stored, before.written, projectors) ?? [])
        removals.set(writer.keyOf(table, row), { table, row: writer.keyPart(table, row) });
    if (change.unreadable) faults.push({ change, code: 'unreadable' });
    if (change.stored === undefined) continue;
    const rows = rowsOf(change.stored, change.written, projectors);
    if (rows === undefined) faults.push({ change, code: 'projector' });
    for (const { table, row } of rows ?? []) upserts.set(writer.keyOf(table, row), { table, row, change });
  }
  for (const key of upserts.keys()) removals.delete(key);
  return {
    upserts: byTable(upserts, ({ row, change }) => ({ row, change })),
    removals: byTable(removals, ({ row }) => row),
    faults,
  };
}

/** @returns undefined when the projector refuses the value */
function rowsOf(
  stored: ReadableValue,
  written: Written,
  projectors: Projectors,
): readonly { table: string; row: PlainRow }[] | undefined {
  if (!Object.hasOwn(projectors, stored.type)) return [];
  try {
    return projectors[stored.type]!(stored.value, written);
  } catch {
    return undefined;
  }
}

function byTable<Entry extends { readonly table: string }, Item>(
  entries: ReadonlyMap<string, Entry>,
  item: (entry: Entry) => Item,
): Map<string, Item[]> {
  const grouped = new Map<string, Item[]>();
  for (const entry of entries.values()) {
    const group = grouped.get(entry.table);
    if (group === undefined) grouped.set(entry.table, [item(entry)]);
    else group.push(item(entry));
  }
  return grouped;
}
