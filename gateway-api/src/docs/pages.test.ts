import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { generatedPages, repository } from './pages.ts';

const pages = await generatedPages();

test.each([...pages])('%s is what the code says now (npm run docs)', async (file, text) => {
  expect(await readFile(path.join(repository, file), 'utf8')).toBe(text);
});
