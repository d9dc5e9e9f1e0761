/** Project Wycheproof's edge cases, through our own code where it wraps the primitive. */
import { expect, test } from '@jest/globals';
import {
  concat,
  fabricSignature,
  hkdfSha256,
  importDevicePublicKey,
  openAesGcm,
  verifyFabricSignature,
} from '@chain-of-care/client';
import { javaScriptX25519, nativeX25519 } from '../../../../client/src/keys/x25519.ts';
import { bytesOf, hexOf, wycheproofCases, type WycheproofCase } from './wycheproof.ts';

interface AeadCase extends WycheproofCase {
  readonly ivSize: number;
  readonly keySize: number;
  readonly key: string;
  readonly iv: string;
  readonly aad: string;
  readonly msg: string;
  readonly ct: string;
  readonly tag: string;
}
const aeadCases = wycheproofCases('aes_gcm_test') as readonly AeadCase[];
/** Node's WebCrypto takes no other nonces (ours always have 96 bits), the weakly short ones among them. */
const isTakenByNode = (ivSize: number) => ivSize >= 96 && ivSize <= 1024;

const succeeded = async (promise: Promise<unknown>) =>
  promise.then(
    () => true,
    () => false,
  );

test('AES-GCM: every case of our parameters (256-bit key, 96-bit nonce) through our own code', async () => {
  const cases = aeadCases.filter((each) => each.keySize === 256 && each.ivSize === 96);
  expect(cases.length).toBeGreaterThan(60);
  for (const { tcId, key, iv, aad, msg, ct, tag, result } of cases) {
    const opening = openAesGcm(bytesOf(key), concat(bytesOf(iv), bytesOf(ct), bytesOf(tag)), bytesOf(aad));
    if (result === 'valid') expect([tcId, hexOf(await opening)]).toEqual([tcId, msg]);
    else expect([tcId, await succeeded(opening)]).toEqual([tcId, false]);
  }
});

test('AES-GCM: every case through the WebCrypto below it, which refuses nonces under 96 and over 1,024 bits', async () => {
  for (const { tcId, ivSize, key, iv, aad, msg, ct, tag, result } of aeadCases) {
    const cipherKey = await crypto.subtle.importKey('raw', bytesOf(key), 'AES-GCM', false, ['decrypt']);
    const parameters = { name: 'AES-GCM', iv: bytesOf(iv), additionalData: bytesOf(aad), tagLength: 128 };
    const opening = crypto.subtle.decrypt(parameters, cipherKey, bytesOf(ct + tag));
    if (result === 'valid' && isTakenByNode(ivSize)) expect([tcId, hexOf(await opening)]).toEqual([tcId, msg]);
    else expect([tcId, await succeeded(opening)]).toEqual([tcId, false]);
  }
});

interface HkdfCase extends WycheproofCase {
  readonly ikm: string;
  readonly salt: string;
  readonly info: string;
  readonly size: number;
  readonly okm: string;
}

test('HKDF-SHA-256: every case through our own code', () => {
  for (const { tcId, ikm, salt, info, size, okm, result } of wycheproofCases(
    'hkdf_sha256_test',
  ) as readonly HkdfCase[]) {
    const derive = () => hexOf(hkdfSha256(bytesOf(ikm), bytesOf(salt), bytesOf(info), size));
    if (result === 'valid') expect([tcId, derive()]).toEqual([tcId, okm]);
    else expect(derive).toThrow(RangeError);
  }
});

interface EcdsaCase extends WycheproofCase {
  readonly publicKeyDer: string;
  readonly msg: string;
  readonly sig: string;
}

test('ECDSA P-256: our conversion to DER and low-S accepts just the valid signatures', async () => {
  const cases = wycheproofCases('ecdsa_secp256r1_sha256_p1363_test') as readonly EcdsaCase[];
  for (const { tcId, publicKeyDer, msg, sig, result } of cases) {
    const publicKey = await importDevicePublicKey(bytesOf(publicKeyDer));
    const verified = async () => verifyFabricSignature(publicKey, fabricSignature(bytesOf(sig)), bytesOf(msg));
    const accepted = await verified().catch((error: unknown) => {
      if (error instanceof RangeError) return false;
      throw error;
    });
    expect([tcId, accepted]).toEqual([tcId, result === 'valid']);
  }
});

interface XdhCase extends WycheproofCase {
  readonly public: string;
  readonly private: string;
  readonly shared: string;
}

/** Both refuse the all-zero secret (RFC 7748 §6.1), which the vectors call acceptable. */
test.each([
  ['the platform’s WebCrypto', nativeX25519],
  ['the JavaScript that stands in for it', javaScriptX25519],
])('X25519: every case through our own code, by %s', async (_by, agree) => {
  const cases = wycheproofCases('x25519_test') as readonly XdhCase[];
  expect(cases.length).toBeGreaterThan(500);
  for (const { tcId, flags, public: theirs, private: own, shared } of cases) {
    const agreed = agree(bytesOf(own), bytesOf(theirs));
    if (flags.includes('ZeroSharedSecret')) expect([tcId, await succeeded(agreed)]).toEqual([tcId, false]);
    else expect([tcId, hexOf(await agreed)]).toEqual([tcId, shared]);
  }
});
