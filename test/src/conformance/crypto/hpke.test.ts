/** RFC 9180 and X-Wing (draft-connolly-cfrg-xwing-kem, hpke-pq): the suites we use, and what they are built from. */
import { describe, expect, test } from '@jest/globals';
import {
  javaScriptMlKem768,
  openSeal,
  sealingKeyPairFromSeed,
  sealingSuite,
  sealTo,
  utf8,
  x25519,
} from '@chain-of-care/client';
import { CipherSuite, HkdfSha256, KemId, type KemInterface } from '@hpke/core';
import { conformanceJson } from '../data.ts';
import { aeads, kems, type HpkeVector } from './hpkeVectors.ts';
import { independentOpen, independentSeal } from './independentHpke.ts';
import { bytesOf, hexOf } from './wycheproof.ts';

const hkdfSha256Id = 1;
const rfc9180 = conformanceJson('crypto/rfc9180-base.json') as readonly HpkeVector[];
const hybrid = (conformanceJson('crypto/hpke-pq-test-vectors.json') as readonly HpkeVector[]).filter(
  (vector) => vector.kem_id === KemId.XWing,
);
const name = ({ kem_id, kdf_id, aead_id }: HpkeVector) => `KEM ${kem_id}, KDF ${kdf_id}, AEAD ${aead_id}`;

/** Not from `ikmR` for X-Wing: its drafts differ in DeriveKeyPair, which we do not use (our private keys are seeds). */
async function recipientOf(kem: KemInterface, { kem_id, ikmR, skRm, pkRm }: HpkeVector) {
  if (kem_id === KemId.XWing) return kem.deserializePrivateKey(bytesOf(skRm));
  const { privateKey, publicKey } = await kem.deriveKeyPair(bytesOf(ikmR));
  expect(hexOf(await kem.serializePublicKey(publicKey))).toBe(pkRm);
  return privateKey;
}

test('the vectors of both files are there', () => {
  expect(rfc9180.map(name)).toHaveLength(6);
  expect(hybrid.map(name)).toEqual(['KEM 25722, KDF 1, AEAD 3', 'KEM 25722, KDF 17, AEAD 3']);
});

test.each(
  [...rfc9180, ...hybrid]
    .filter((vector) => vector.kdf_id === hkdfSha256Id)
    .map((vector) => [name(vector), vector] as const),
)('HPKE base mode, %s: keys, openings and exports', async (_, vector) => {
  const kem = kems[vector.kem_id]!();
  const suite = new CipherSuite({ kem, kdf: new HkdfSha256(), aead: aeads[vector.aead_id]!() });
  const recipientKey = await recipientOf(kem, vector);
  const recipient = await suite.createRecipientContext({
    recipientKey,
    enc: bytesOf(vector.enc),
    info: bytesOf(vector.info),
  });
  for (const { aad, ct, pt } of vector.encryptions)
    expect(hexOf(await recipient.open(bytesOf(ct), bytesOf(aad)))).toBe(pt);
  for (const { exporter_context: context, L, exported_value: value } of vector.exports)
    expect(hexOf(await recipient.export(bytesOf(context), L))).toBe(value);
});

test.each(rfc9180.map((vector) => [name(vector), vector] as const))('HPKE base mode, %s: seals', async (_, vector) => {
  const kem = kems[vector.kem_id]!();
  const suite = new CipherSuite({ kem, kdf: new HkdfSha256(), aead: aeads[vector.aead_id]!() });
  const sender = await suite.createSenderContext({
    recipientPublicKey: await kem.deserializePublicKey(bytesOf(vector.pkRm)),
    info: bytesOf(vector.info),
    ekm: await kem.deriveKeyPair(bytesOf(vector.ikmE)),
  });
  expect(hexOf(sender.enc)).toBe(vector.enc);
  for (const { aad, ct, pt } of vector.encryptions)
    expect(hexOf(await sender.seal(bytesOf(pt), bytesOf(aad)))).toBe(ct);
});

test.each(hybrid.map((vector) => [name(vector), vector] as const))(
  'X-Wing of HPKE-PQ, %s: keys and shared secret',
  async (_, vector) => {
    const { kem } = sealingSuite();
    expect(hexOf((await sealingKeyPairFromSeed(bytesOf(vector.skRm))).publicKey)).toBe(vector.pkRm);
    const recipientKey = await kem.deserializePrivateKey(bytesOf(vector.skRm));
    expect(hexOf(await kem.decap({ recipientKey, enc: bytesOf(vector.enc) }))).toBe(vector.shared_secret);
  },
);

interface XWingVector {
  readonly seed: string;
  readonly eseed: string;
  readonly sk: string;
  readonly pk: string;
  readonly ct: string;
  readonly ss: string;
}

const xwing = conformanceJson('crypto/xwing.json') as readonly XWingVector[];

describe.each([
  ["with the platform's parts", sealingSuite()],
  [
    "with the library's",
    sealingSuite(
      x25519(async () => false),
      javaScriptMlKem768,
    ),
  ],
])('X-Wing %s', (_name, { kem }) => {
  test.each(xwing.map((vector, index) => [index, vector] as const))(
    'vector %i: key pair, encapsulation and decapsulation',
    async (_index, { seed, eseed, sk, pk, ct, ss }) => {
      const pair = await kem.generateKeyPairDerand(bytesOf(seed));
      expect(hexOf(await kem.serializePublicKey(pair.publicKey))).toBe(pk);
      const recipientPublicKey = await kem.deserializePublicKey(bytesOf(pk));
      const { enc, sharedSecret } = await kem.encap({ recipientPublicKey, ekm: bytesOf(eseed) });
      expect([hexOf(enc), hexOf(sharedSecret)]).toEqual([ct, ss]);
      const recipientKey = await kem.deserializePrivateKey(bytesOf(sk));
      expect(hexOf(await kem.decap({ recipientKey, enc: bytesOf(ct) }))).toBe(ss);
    },
  );
});

test('our seals open in an independent implementation of RFC 9180, and its seals in ours', async () => {
  const info = utf8('chain-of-care/v1');
  const [secret, aad] = [utf8('32 bytes of somebody’s data key'), utf8('batch|p|diagnosis|N|0|b')];
  const { seed, publicKey } = await sealingKeyPairFromSeed(crypto.getRandomValues(new Uint8Array(32)));
  const ours = await sealTo(publicKey, secret, aad);
  expect(hexOf(independentOpen(seed, info, ours, aad))).toBe(hexOf(secret));
  expect(hexOf(await openSeal(seed, independentSeal(publicKey, info, secret, aad), aad))).toBe(hexOf(secret));
});
