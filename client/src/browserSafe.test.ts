import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from '@jest/globals';

const source = import.meta.dirname;
const model = join(source, '../../chaincode/src/model');
const onlyForNode = ['node/', 'proof/', 'bench.ts'];

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !/\.(test|fixture|d)\.ts$/.test(path))
    .map((path) => join(folder, path));
}

const shared = [
  ...sources(source).filter((path) => !onlyForNode.some((own) => relative(source, path).startsWith(own))),
  ...sources(model),
];

test('the scan sees the client and the model', () => {
  expect(shared.length).toBeGreaterThan(40);
});

test.each(shared.map((path) => [relative(join(source, '../..'), path), path]))(
  '%s runs in a browser too',
  (_, path) => {
    const text = readFileSync(path, 'utf8');
    expect(text).not.toMatch(/from 'node:|import\('node:|require\(/);
    expect(text.replaceAll(/\/\*[\s\S]*?\*\//g, '')).not.toMatch(/\b(Buffer|process|__dirname)\b/);
  },
);
