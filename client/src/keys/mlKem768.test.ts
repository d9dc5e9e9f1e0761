import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sealingSuite } from './hpke.ts';
import { javaScriptMlKem768, knowsMlKem768, nativeMlKem768 } from './mlKem768.ts';
import { x25519 } from './x25519.ts';

const native = nativeMlKem768(crypto.subtle as never);
const seed = fc.uint8Array({ minLength: 64, maxLength: 64 });

test('Node has ML-KEM-768; a platform without the calls, or that refuses its keys, has not', async () => {
  expect(await knowsMlKem768(crypto.subtle)).toBe(true);
  expect(await knowsMlKem768({})).toBe(false);
  const refusing = { getPublicKey: () => undefined, importKey: () => Promise.reject(new DOMException('unknown')) };
  expect(await knowsMlKem768(refusing)).toBe(false);
});

test('platform and library derive the same public key and decapsulate what the other encapsulated', async () => {
  await fc.assert(
    fc.asyncProperty(seed, async (given) => {
      const [ofPlatform, privateOfPlatform] = await native.deriveKeyPair(given);
      const [ofLibrary, privateOfLibrary] = await javaScriptMlKem768.deriveKeyPair(given);
      expect(ofPlatform).toEqual(ofLibrary);
      const [fromPlatform, secret] = await native.encap(ofLibrary);
      expect(await javaScriptMlKem768.decap(fromPlatform, privateOfLibrary)).toEqual(secret);
      const [fromLibrary, other] = await javaScriptMlKem768.encap(ofPlatform);
      expect(await native.decap(fromLibrary, privateOfPlatform)).toEqual(other);
    }),
    { numRuns: 5 },
  );
});

test('a ciphertext that does not fit gives both the same secret, which is not the sender’s (implicit rejection)', async () => {
  const given = new Uint8Array(64).fill(5);
  const [publicKey, privateOfPlatform] = await native.deriveKeyPair(given);
  const [, privateOfLibrary] = await javaScriptMlKem768.deriveKeyPair(given);
  const [ciphertext, secret] = await native.encap(publicKey);
  ciphertext[7]! ^= 1;
  const rejected = await native.decap(ciphertext, privateOfPlatform);
  expect(rejected).toEqual(await javaScriptMlKem768.decap(ciphertext, privateOfLibrary));
  expect(rejected).not.toEqual(secret);
});

describe('a seal', () => {
  test('made with the platform opens with the library, and the other way round', async () => {
    const suites = [sealingSuite(x25519(), native), sealingSuite(x25519(), javaScriptMlKem768)];
    for (const [sealer, opener] of [suites, suites.toReversed()] as const) {
      const recipientKey = await opener!.kem.deserializePrivateKey(new Uint8Array(32).fill(3));
      const { publicKey } = await opener!.kem.generateKeyPairDerand(new Uint8Array(32).fill(3));
      const { enc, ct } = await sealer!.suite.seal({ recipientPublicKey: publicKey }, Uint8Array.of(1, 2, 3));
      expect(new Uint8Array(await opener!.suite.open({ recipientKey, enc }, ct))).toEqual(Uint8Array.of(1, 2, 3));
    }
  });
});
