/** What the hospital keeps, in the hands of a fault: its keys, and with its gateway down the rows of its database. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { SealedKeyStore } from '../../../gateway-api/src/keystore/keyStore.ts';
import { masterKeyFrom } from '../../../gateway-api/src/keystore/masterKey.ts';
import { openDatabase } from '../../../gateway-api/src/readmodel/database/open.ts';
import { network } from '../system/networks.ts';

const folder = join(network.data, 'organisations/hospital/gateway');

export async function hospitalKeys(): Promise<SealedKeyStore> {
  return new SealedKeyStore(join(folder, 'data/keys'), await masterKeyFrom(join(folder, 'keystore.key')));
}

/**
 * Does something while a seed or root of 32 bytes is another one, as good as the first.
 *
 * @param name of the key in the hospital's store
 */
export async function withOtherSeed(name: string, during: () => Promise<void>): Promise<void> {
  const keys = await hospitalKeys();
  const own = await requireKey(keys, name);
  await keys.put(name, randomBytes(own.length));
  try {
    await during();
  } finally {
    await keys.put(name, own);
  }
}

/** The two keys change places: done twice, nothing has happened. */
export async function exchangeKeys(one: string, other: string): Promise<void> {
  const keys = await hospitalKeys();
  const [first, second] = [await requireKey(keys, one), await requireKey(keys, other)];
  await keys.put(one, second);
  await keys.put(other, first);
}

async function requireKey(keys: SealedKeyStore, name: string): Promise<Uint8Array> {
  const key = await keys.get(name);
  if (key === undefined) throw new Error(`the hospital keeps no key ${name}`);
  return key;
}

/** Where a value stands in the hospital's database. */
export type Cell =
  | { readonly table: 'records'; readonly column: 'wrapped_key'; readonly id: string }
  | { readonly table: 'batch_keys'; readonly column: 'sealed_to_group'; readonly id: string }
  | { readonly table: 'wraps' | 'grant_keys'; readonly column: 'sealed'; readonly id: string };

const idColumns = { records: 'record_id', batch_keys: 'batch_id', wraps: 'wrap_id', grant_keys: 'key_id' } as const;

export type Database = Awaited<ReturnType<typeof openDatabase>>['db'];

/** The hospital's own database, while its gateway is down. */
export async function inDatabase<Result>(work: (db: Database) => Promise<Result>): Promise<Result> {
  const database = await openDatabase({ directory: join(folder, 'data/readmodel') });
  try {
    return await work(database.db);
  } finally {
    await database.close();
  }
}

/** The values of two cells of one column change places: done twice, nothing has happened. */
export async function exchange(db: Database, { table, column, id }: Cell, otherId: string): Promise<void> {
  const named = db.dynamic.ref<string>(idColumns[table]);
  const value = db.dynamic.ref<string>(column);
  const read = async (which: string): Promise<string> => {
    const row = await db.selectFrom(table).select([value]).where(named, '=', which).executeTakeFirstOrThrow();
    return (row as unknown as Readonly<Record<string, string>>)[column]!;
  };
  const [first, second] = [await read(id), await read(otherId)];
  const write = (which: string, text: string) =>
    db
      .updateTable(table)
      .set({ [column]: text })
      .where(named, '=', which)
      .execute();
  await write(id, second);
  await write(otherId, first);
}
