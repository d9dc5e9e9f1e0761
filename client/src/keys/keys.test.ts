import { beforeAll, describe, expect, test } from '@jest/globals';
import { keyPairsAtRegistration } from '@chain-of-care/chaincode/model';
import * as fc from 'fast-check';
import { fromBase64Url, toBase64Url, toHex, utf8, type Bytes } from '../encoding/index.ts';
import {
  authorAad,
  batchAad,
  dataKeyAad,
  grantKeyAad,
  seedAad,
  type CategoryKeyReference,
  type GroupReference,
} from './aad.ts';
import {
  categoryKeyPair,
  categorySeed,
  codeToken,
  generateSealingKeyPair,
  GrantWrapper,
  indexKey,
  KeyWrapper,
  newBatch,
  newGrantKey,
  newPatientRoot,
  openBatchAsAuthor,
  openBatchAsHolder,
  openFacts,
  openGrantKey,
  openGrantedDataKey,
  openGrantedSeed,
  openNote,
  openSeal,
  registrationKeys,
  sealFacts,
  sealingKeyPairFromSeed,
  sealNote,
  sealOverhead,
  sealTo,
  unwrapDataKey,
  wordToken,
  wrapDataKey,
  type SealingKeyPair,
} from './index.ts';

const refused = { name: 'KeyError', code: 'seal_refused' };
const patientId = '7d5f6a3e-2f4b-4c59-8a11-5f0a1f2b3c4d';
const diagnosis: CategoryKeyReference = { patientId, category: 'diagnosis', confidentiality: 'N', epoch: 0 };
const cardiology: GroupReference = { mspId: 'HospitalMSP', group: 'cardiology', epoch: 3 };
const batchId = '1b0d5b8e-7c1c-4a2e-9a90-2f3c4d5e6f70';
const record = { recordId: '2c1e6c9f-8d2d-4b3f-8ba1-3a4d5e6f7a81', version: 2, epoch: 0 };
const root = newPatientRoot();
let pair: SealingKeyPair;
let group: SealingKeyPair;
let staff: SealingKeyPair;
beforeAll(async () => {
  [pair, group, staff] = await Promise.all([
    categoryKeyPair(root, diagnosis),
    generateSealingKeyPair(),
    generateSealingKeyPair(),
  ]);
});

test('seals are bound to exactly what the design spells', () => {
  const grant = { grantee: 'HospitalMSP/cardiology', consentId: 'c1' };
  const text = (bytes: Bytes) => new TextDecoder().decode(bytes);
  expect(text(batchAad(diagnosis, 'b1'))).toBe(`batch|${patientId}|diagnosis|N|0|b1`);
  expect(text(authorAad(cardiology, 'b1'))).toBe('author|HospitalMSP|cardiology|3|b1');
  expect(text(seedAad(diagnosis, grant))).toBe(`seed|${patientId}|diagnosis|N|0|HospitalMSP/cardiology|c1`);
  expect(text(grantKeyAad('p1', 'k1', grant))).toBe('grant|p1|HospitalMSP/cardiology|c1|k1');
  expect(text(dataKeyAad({ recordId: 'r1', version: 2 }, grant, 4))).toBe('dek|r1|2|HospitalMSP/cardiology|c1|4');
});

test('a part that holds the separator, or none, is refused: two bindings never spell the same', () => {
  expect(() => authorAad({ ...cardiology, group: 'a|3' }, 'b')).toThrow(
    expect.objectContaining({ code: 'binding_malformed' }),
  );
  expect(() => batchAad(diagnosis, '')).toThrow(expect.objectContaining({ code: 'binding_malformed' }));
});

test('a seal opens for its key and its binding only', async () => {
  const aad = utf8('aad');
  const secret = utf8('secret');
  const seal = await sealTo(staff.publicKey, secret, aad);
  expect(seal.length).toBe(secret.length + sealOverhead);
  expect(await openSeal(staff.seed, seal, aad)).toEqual(secret);
  await expect(openSeal(group.seed, seal, aad)).rejects.toMatchObject(refused);
  await expect(openSeal(staff.seed, seal, utf8('aae'))).rejects.toMatchObject(refused);
  await expect(openSeal(staff.seed, seal.subarray(0, sealOverhead - 1), aad)).rejects.toMatchObject(refused);
  await expect(openSeal(staff.seed.subarray(1), seal, aad)).rejects.toMatchObject({ code: 'key_malformed' });
  await expect(sealTo(staff.publicKey.subarray(1), secret, aad)).rejects.toMatchObject({ code: 'key_malformed' });
});

test('a seal with any flipped bit is refused', async () => {
  const seal = await sealTo(staff.publicKey, utf8('secret'), utf8('aad'));
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: seal.length * 8 - 1 }), async (bit) => {
      const changed = Uint8Array.from(seal);
      changed[bit >> 3]! ^= 1 << (bit & 7);
      await expect(openSeal(staff.seed, changed, utf8('aad'))).rejects.toMatchObject(refused);
    }),
    { numRuns: 40 },
  );
});

test('sealing twice gives two seals, and leaves the keys as they were', async () => {
  const before = [toHex(staff.seed), toHex(staff.publicKey)];
  const [first, second] = await Promise.all([
    sealTo(staff.publicKey, utf8('x'), utf8('a')),
    sealTo(staff.publicKey, utf8('x'), utf8('a')),
  ]);
  expect(toHex(first)).not.toBe(toHex(second));
  expect([toHex(staff.seed), toHex(staff.publicKey)]).toEqual(before);
});

test("a pair from a seed is that seed's, always", async () => {
  expect(toHex((await sealingKeyPairFromSeed(staff.seed)).publicKey)).toBe(toHex(staff.publicKey));
  await expect(sealingKeyPairFromSeed(new Uint8Array(31))).rejects.toMatchObject({ code: 'key_malformed' });
});

test('every patient, category, confidentiality and epoch has a seed of its own', () => {
  const seeds = [
    diagnosis,
    { ...diagnosis, patientId: batchId },
    { ...diagnosis, category: 'allergy' as const },
    { ...diagnosis, confidentiality: 'R' as const },
    { ...diagnosis, epoch: 1 },
  ].map((key) => toHex(categorySeed(root, key)));
  expect(new Set(seeds).size).toBe(seeds.length);
  expect(seeds).not.toContain(toHex(categorySeed(newPatientRoot(), diagnosis)));
});

test('registration offers every category at N, and other at R and V', async () => {
  const keys = await registrationKeys(root, patientId);
  expect(keys.map(({ category, confidentiality }) => ({ category, confidentiality }))).toEqual([
    ...keyPairsAtRegistration,
  ]);
  expect(keys.every(({ publicKey }) => /^[A-Za-z0-9_-]{1622}$/.test(publicKey))).toBe(true);
  expect(keys.find((key) => key.category === 'diagnosis')?.publicKey).toBe(toBase64Url(pair.publicKey));
});

test('a batch key opens for the holder of the category and for the author group, for nobody and nothing else', async () => {
  const recipients = {
    category: { ...diagnosis, publicKey: pair.publicKey },
    author: { ...cardiology, publicKey: group.publicKey },
  };
  const { batch, wrapper } = await newBatch(batchId, recipients);
  const dataKey = crypto.getRandomValues(new Uint8Array(32));
  const wrapped = await wrapDataKey(wrapper, dataKey);
  expect(wrapped.length).toBe(54);
  const holder = await openBatchAsHolder(pair.seed, diagnosis, batch);
  const author = await openBatchAsAuthor(group.seed, cardiology, batch);
  expect(toHex(await unwrapDataKey(holder, wrapped))).toBe(toHex(dataKey));
  expect(toHex(await unwrapDataKey(author, wrapped))).toBe(toHex(dataKey));
  await expect(openBatchAsHolder(pair.seed, { ...diagnosis, epoch: 1 }, batch)).rejects.toMatchObject(refused);
  await expect(openBatchAsHolder(pair.seed, { ...diagnosis, category: 'allergy' }, batch)).rejects.toMatchObject(
    refused,
  );
  await expect(openBatchAsHolder(pair.seed, diagnosis, { ...batch, batchId: patientId })).rejects.toMatchObject(
    refused,
  );
  await expect(openBatchAsHolder(group.seed, diagnosis, batch)).rejects.toMatchObject(refused);
  await expect(openBatchAsHolder(pair.seed, diagnosis, { ...batch, sealedToCategory: '?' })).rejects.toMatchObject(
    refused,
  );
  await expect(unwrapDataKey(holder, '?')).rejects.toMatchObject({ code: 'wrap_refused' });
  await expect(openBatchAsAuthor(group.seed, { ...cardiology, group: 'emergency' }, batch)).rejects.toMatchObject(
    refused,
  );
  await expect(
    openBatchAsHolder(pair.seed, diagnosis, { ...batch, sealedToCategory: batch.sealedToGroup }),
  ).rejects.toMatchObject(refused);
});

test('a wrapped data key is refused when altered, cut or under another batch key', async () => {
  const [wrapper, other] = await Promise.all(
    [newPatientRoot(), newPatientRoot()].map(async (key) => KeyWrapper.with(key)),
  );
  const wrapped = await wrapper!.wrap(newPatientRoot());
  const changed = Uint8Array.from(wrapped, (octet, index) => (index === 7 ? octet ^ 1 : octet));
  const wrapRefused = { name: 'KeyError', code: 'wrap_refused' };
  await expect(wrapper!.unwrap(changed)).rejects.toMatchObject(wrapRefused);
  await expect(wrapper!.unwrap(wrapped.subarray(8))).rejects.toMatchObject(wrapRefused);
  await expect(other!.unwrap(wrapped)).rejects.toMatchObject(wrapRefused);
  await expect(wrapper!.wrap(new Uint8Array(16))).rejects.toMatchObject({ code: 'key_malformed' });
  await expect(KeyWrapper.with(new Uint8Array(16))).rejects.toMatchObject({ code: 'key_malformed' });
});

test('AES key wrap gives what RFC 3394 §4.6 gives', async () => {
  const key = Uint8Array.from({ length: 32 }, (_, index) => index);
  const data = Buffer.from('00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F', 'hex');
  const expected = '28c9f404c4b810f4cbccb35cfb87f8263f5786e2d80ed326cbc7f0e71a99f43bfb988b9b7a02dd21';
  expect(toHex(await (await KeyWrapper.with(key)).wrap(data))).toBe(expected);
});

describe('what a consent hands over', () => {
  const grant = { grantee: 'staff-1', consentId: 'consent-1' };
  const wrapRefused = { name: 'KeyError', code: 'wrap_refused' };
  const keyId = batchId;
  const newKey = () => newGrantKey(patientId, keyId, { ...grant, publicKey: staff.publicKey });

  test('is wrapped under one key, which opens for its grantee, patient and consent only', async () => {
    const { grantKey, wrapper } = await newKey();
    const wrapped = await wrapper.wrapSeed(pair.seed, diagnosis);
    const opened = await openGrantKey(staff.seed, patientId, grantKey, grant);
    expect(toHex(await opened.openSeed(wrapped, diagnosis))).toBe(toHex(pair.seed));
    const attempts = [
      () => openGrantKey(group.seed, patientId, grantKey, grant),
      () => openGrantKey(staff.seed, batchId, grantKey, grant),
      () => openGrantKey(staff.seed, patientId, { ...grantKey, keyId: patientId }, grant),
      () => openGrantKey(staff.seed, patientId, grantKey, { ...grant, consentId: 'consent-2' }),
      () => openGrantKey(staff.seed, patientId, grantKey, { ...grant, grantee: 'staff-2' }),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject(refused);
  });

  test('a wrapped seed that is swapped for another patient, category, confidentiality, epoch or consent is refused', async () => {
    const { wrapper } = await newKey();
    const wrapped = await wrapper.wrapSeed(pair.seed, diagnosis);
    const others = [
      { ...diagnosis, patientId: batchId },
      { ...diagnosis, category: 'allergy' as const },
      { ...diagnosis, confidentiality: 'R' as const },
      { ...diagnosis, epoch: 1 },
    ];
    for (const other of others) await expect(wrapper.openSeed(wrapped, other)).rejects.toMatchObject(wrapRefused);
    await expect((await newKey()).wrapper.openSeed(wrapped, diagnosis)).rejects.toMatchObject(wrapRefused);
    const key = new Uint8Array(32);
    const under = (more: object) => new GrantWrapper(key, { ...grant, ...more });
    const own = await under({}).wrapSeed(pair.seed, diagnosis);
    for (const more of [{ consentId: 'consent-2' }, { grantee: 'staff-2' }])
      await expect(under(more).openSeed(own, diagnosis)).rejects.toMatchObject(wrapRefused);
  });

  test('a wrapped data key is for its record version and epoch, and is no seed', async () => {
    const { wrapper } = await newKey();
    const dataKey = newPatientRoot();
    const wrapped = await wrapper.wrapDataKey(dataKey, record);
    expect(toHex(await wrapper.openDataKey(wrapped, record))).toBe(toHex(dataKey));
    for (const other of [
      { ...record, version: 1 },
      { ...record, recordId: batchId },
      { ...record, epoch: 1 },
    ])
      await expect(wrapper.openDataKey(wrapped, other)).rejects.toMatchObject(wrapRefused);
    await expect(wrapper.openSeed(wrapped, diagnosis)).rejects.toMatchObject(wrapRefused);
    await expect(wrapper.openDataKey('?', record)).rejects.toMatchObject(wrapRefused);
    await expect(wrapper.openDataKey(wrapped.slice(4), record)).rejects.toMatchObject(wrapRefused);
    await expect(wrapper.wrapSeed(new Uint8Array(16), diagnosis)).rejects.toMatchObject({ code: 'key_malformed' });
  });

  test('what the first release sealed by itself is bound to the same', async () => {
    const sealed = toBase64Url(await sealTo(staff.publicKey, pair.seed, seedAad(diagnosis, grant)));
    expect(toHex(await openGrantedSeed(staff.seed, sealed, diagnosis, grant))).toBe(toHex(pair.seed));
    const dek = toBase64Url(await sealTo(staff.publicKey, pair.seed, dataKeyAad(record, grant, record.epoch)));
    expect(toHex(await openGrantedDataKey(staff.seed, dek, record, grant))).toBe(toHex(pair.seed));
    const elsewhere = { ...grant, consentId: 'consent-2' };
    await expect(openGrantedSeed(staff.seed, sealed, diagnosis, elsewhere)).rejects.toMatchObject(refused);
    await expect(openGrantedDataKey(staff.seed, dek, record, elsewhere)).rejects.toMatchObject(refused);
    await expect(openGrantedDataKey(staff.seed, dek, { ...record, version: 1 }, grant)).rejects.toMatchObject(refused);
  });
});

test('sealed facts open with the data key of their record version only', async () => {
  const dataKey = newPatientRoot();
  const facts = { coding: [{ system: 'http://snomed.info/sct', code: '38341003' }], title: 'Hypertonie · ضغط' };
  const sealed = await sealFacts(dataKey, record, facts);
  expect(await openFacts(dataKey, record, sealed)).toEqual(facts);
  expect(sealed).not.toBe(await sealFacts(dataKey, record, facts));
  await expect(openFacts(newPatientRoot(), record, sealed)).rejects.toMatchObject(refused);
  await expect(openFacts(dataKey, { ...record, version: 3 }, sealed)).rejects.toMatchObject(refused);
  await expect(openFacts(dataKey, record, 'AAAA')).rejects.toMatchObject(refused);
});

test('a note opens for each of its readers, and for nobody else', async () => {
  const note = { kind: 'access', patientId, id: batchId } as const;
  const readers = [
    { id: patientId, publicKey: pair.publicKey },
    { id: 'HospitalMSP/cardiology', publicKey: group.publicKey },
  ];
  const sealed = await sealNote('Brustschmerz seit gestern', note, readers);
  expect(sealed.length).toBeLessThan(8192);
  expect(await openNote(sealed, note, { id: patientId, seed: pair.seed })).toBe('Brustschmerz seit gestern');
  expect(await openNote(sealed, note, { id: 'HospitalMSP/cardiology', seed: group.seed })).toBe(
    'Brustschmerz seit gestern',
  );
  const stranger = { id: 'staff-1', seed: staff.seed };
  await expect(openNote(sealed, note, stranger)).rejects.toMatchObject({ code: 'note_not_for_recipient' });
  const elsewhere = { ...note, kind: 'consent' } as const;
  await expect(openNote(sealed, elsewhere, { id: patientId, seed: pair.seed })).rejects.toMatchObject({
    code: 'note_not_for_recipient',
  });
  const bytes = fromBase64Url(sealed);
  bytes[bytes.length - 1]! ^= 1;
  await expect(openNote(toBase64Url(bytes), note, { id: patientId, seed: pair.seed })).rejects.toMatchObject(refused);
  await expect(sealNote('x', note, [])).rejects.toThrow(RangeError);
});

test('index tokens are equal for equal codes under one seed, and unlinkable across categories', () => {
  const key = indexKey(pair.seed);
  const other = indexKey(group.seed);
  expect(codeToken(key, 'http://loinc.org', '8480-6')).toBe(codeToken(key, 'http://loinc.org', '8480-6'));
  expect(codeToken(key, 'http://loinc.org', '8480-6')).not.toBe(codeToken(other, 'http://loinc.org', '8480-6'));
  expect(codeToken(key, 'http://loinc.org', '8480-6')).not.toBe(codeToken(key, 'http://loinc.org/8480', '-6'));
  expect(wordToken(key, ' Ｈｅｒｚ ')).toBe(wordToken(key, 'herz'));
  expect(wordToken(key, 'herz')).not.toBe(codeToken(key, 'word', 'herz'));
});
