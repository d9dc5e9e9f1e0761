import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { projectRoot } from './cruise.fixture.ts';
import { impurities } from './purity.fixture.ts';

describe('decisions in chaincode/src/rules', () => {
  test('use no clock, chance, locale or outside world', async () => {
    const folder = join(projectRoot, 'chaincode/src/rules');
    const files = (await readdir(folder, { recursive: true })).filter((file) =>
      /(?<![.](?:test|fixture))[.]ts$/.test(file),
    );
    expect(files.length).toBeGreaterThan(4);
    const found = await Promise.all(
      files.map(async (file) => ({ file, impure: impurities(await readFile(join(folder, file), 'utf8')) })),
    );
    expect(found.filter(({ impure }) => impure.length > 0)).toEqual([]);
  });

  test.each([
    ['const t = Date.now();', 'Date.now'],
    ['const t = new Date();', 'new Date()'],
    ['const t = Date();', 'Date()'],
    ['const n = Math.random();', 'Math.random'],
    ['import { randomBytes } from "node:crypto";', 'node:crypto randomBytes'],
    ['import { randomUUID as hash } from "node:crypto";', 'node:crypto randomUUID'],
    ['import * as all from "node:crypto";', 'node:crypto all'],
    ['const id = crypto.randomUUID();', 'crypto'],
    ['export const home = process.env["HOME"];', 'process'],
    ['const order = names.sort((a, b) => a.localeCompare(b));', 'localeCompare'],
    ['const day = new Date(0).getDate();', 'getDate'],
    ['export async function f() { await x; }', 'await'],
    ['const now = globalThis.Date;', 'globalThis'],
    ['fetch("https://example.org");', 'fetch'],
  ])('would be caught with %s', (source, name) => {
    expect(impurities(source)).toContain(name);
  });

  test.each([
    '// Date.now() is not used here\nexport const text = "Math.random()";',
    'export const at = (time: string) => new Date(Date.parse(time)).toISOString();',
    'import { createHash } from "node:crypto"; export const h = createHash("sha256");',
    'export const verb = { process: 1, crypto: 2 }; export const p = verb.process;',
    'export interface Step { readonly process: string; console?: Console }',
  ])('are not caught with %s', (source) => {
    expect(impurities(source)).toEqual([]);
  });
});
