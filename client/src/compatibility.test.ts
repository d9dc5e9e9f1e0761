/** What a release sealed and derived must open and come out the same for ever. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { CategoryKeyReference, GrantReference, GroupReference, RecordReference } from './index.ts';
import {
  categoryKeyPair,
  codeToken,
  fromBase64Url,
  fromUtf8,
  indexKey,
  openBatchAsAuthor,
  openBatchAsHolder,
  openBytes,
  openFacts,
  openGrantedDataKey,
  openGrantedSeed,
  openGrantKey,
  openNote,
  sha256,
  toBase64Url,
  toHex,
  unwrapDataKey,
  wordToken,
} from './index.ts';

interface FirstRelease {
  readonly key: CategoryKeyReference;
  readonly record: RecordReference;
  readonly author: GroupReference;
  readonly grant: GrantReference;
  readonly texts: Readonly<Record<string, string>>;
}

const file = JSON.parse(readFileSync(join(import.meta.dirname, 'compatibility.fixture.json'), 'utf8')) as FirstRelease;
const { key, record, author, grant } = file;
const text = (name: string) => {
  const value = file.texts[name];
  if (value === undefined) throw new Error(`the fixture has no ${name}`);
  return value;
};
const bytes = (name: string) => fromBase64Url(text(name));
const batch = {
  batchId: text('batchId'),
  sealedToCategory: text('sealedToCategory'),
  sealedToGroup: text('sealedToGroup'),
};

test('key pairs and index tokens are derived as in the first release', async () => {
  const { seed, publicKey } = await categoryKeyPair(bytes('root'), key);
  expect(toBase64Url(seed)).toBe(text('seed'));
  expect(toHex(await sha256(publicKey))).toBe(text('publicKeySha256'));
  expect(codeToken(indexKey(seed), 'http://loinc.org', '8480-6')).toBe(text('codeToken'));
  expect(wordToken(indexKey(seed), 'HERZ')).toBe(text('wordToken'));
});

test('content and facts of the first release open', async () => {
  const content = await openBytes(bytes('envelope'), bytes('dataKey'), { ...record, type: 'record' });
  expect(fromUtf8(content)).toBe(text('content'));
  expect(await openFacts(bytes('dataKey'), record, text('facts'))).toEqual({ title: 'Rezept' });
});

test('batch keys of the first release open for holder and author', async () => {
  const holder = await openBatchAsHolder(bytes('seed'), key, batch);
  const group = await openBatchAsAuthor(bytes('dataKey'), author, batch);
  for (const wrapper of [holder, group])
    expect(toBase64Url(await unwrapDataKey(wrapper, text('wrappedKey')))).toBe(text('dataKey'));
});

test('grants and notes of the first release open', async () => {
  const grantee = bytes('dataKey');
  expect(toBase64Url(await openGrantedSeed(grantee, text('grantedSeed'), key, grant))).toBe(text('seed'));
  const granted = await openGrantedDataKey(grantee, text('grantedDataKey'), { ...record, epoch: 2 }, grant);
  expect(toBase64Url(granted)).toBe(text('dataKey'));
  const note = { kind: 'access', patientId: key.patientId, id: text('batchId') } as const;
  expect(await openNote(text('note'), note, { id: key.patientId, seed: bytes('seed') })).toBe('Kontrolle');
});

test('grants under one key, as of the second release, open', async () => {
  const grantKey = { keyId: text('batchId'), sealed: text('sealedGrantKey') };
  const wrapper = await openGrantKey(bytes('dataKey'), key.patientId, grantKey, grant);
  expect(toBase64Url(await wrapper.openSeed(text('wrappedSeed'), key))).toBe(text('seed'));
  const opened = await wrapper.openDataKey(text('wrappedDataKey'), { ...record, epoch: 2 });
  expect(toBase64Url(opened)).toBe(text('dataKey'));
});
