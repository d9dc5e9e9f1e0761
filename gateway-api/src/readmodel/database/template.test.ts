import { mkdir, mkdtemp, readdir, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { openDatabase } from './open.ts';

let home: string;
const cacheBefore = process.env['CHAIN_OF_CARE_CACHE'];

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'template-'));
});
beforeEach(() => {
  process.env['CHAIN_OF_CARE_CACHE'] = join(home, 'cache');
});
afterAll(async () => {
  if (cacheBefore === undefined) delete process.env['CHAIN_OF_CARE_CACHE'];
  else process.env['CHAIN_OF_CARE_CACHE'] = cacheBefore;
  await rm(home, { recursive: true, force: true });
});

/** Names of the tables of a database after it was opened. */
async function tablesOf(directory?: string): Promise<readonly string[]> {
  const database = await openDatabase(directory === undefined ? {} : { directory });
  const tables = await database.db.introspection.getTables();
  await database.close();
  return tables.map(({ name }) => name);
}

test('a new database is unpacked from the template that the first one leaves, in place of old ones', async () => {
  const cache = join(home, 'cache');
  await mkdir(cache);
  const longAgo = new Date(Date.now() - 30 * 24 * 60 * 60 * 1000);
  await writeFile(join(cache, 'pglite-0.1.0.tar'), '');
  await utimes(join(cache, 'pglite-0.1.0.tar'), longAgo, longAgo);
  const first = await tablesOf(join(home, 'first'));
  expect(await readdir(cache)).toEqual([expect.stringMatching(/^pglite-\d.*-[0-9a-f]{16}\.tar$/)]);
  expect(await tablesOf()).toEqual(first);
  expect(first).toContain('checkpoint');
});

test('what a start that was killed has half unpacked is not taken for a database', async () => {
  const directory = join(home, 'second');
  await mkdir(`${directory}.new`);
  await writeFile(join(`${directory}.new`, 'PG_VERSION'), 'half');
  expect(await tablesOf(directory)).toContain('checkpoint');
});

test('where no template can be kept the database is made without', async () => {
  const cache = join(home, 'no directory');
  await writeFile(cache, '');
  process.env['CHAIN_OF_CARE_CACHE'] = cache;
  expect(await tablesOf(join(home, 'third'))).toContain('checkpoint');
});

test.each([0.5, 0])(
  'a template cut short is dropped, and the database is made without: %d of it left',
  async (left) => {
    const cache = join(home, `cut ${left}`);
    process.env['CHAIN_OF_CARE_CACHE'] = cache;
    const first = await tablesOf();
    const [name] = await readdir(cache);
    const template = join(cache, name!);
    const { size } = await stat(template);
    await truncate(template, size * left);
    expect(await tablesOf(join(home, `from cut ${left}`))).toEqual(first);
    if (left > 0) expect(await readdir(cache)).toEqual([]);
  },
);
