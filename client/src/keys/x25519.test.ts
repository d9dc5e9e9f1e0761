import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sealingSuite } from './hpke.ts';
import { hasNativeX25519, javaScriptX25519, knowsX25519, nativeX25519, x25519 } from './x25519.ts';

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));
const key = fc.uint8Array({ minLength: 32, maxLength: 32 });
const base = Uint8Array.of(9, ...new Uint8Array(31));
const withPlatform = x25519(async () => true);
const without = x25519(async () => false);

describe.each([
  ['by WebCrypto', nativeX25519],
  ['in JavaScript', javaScriptX25519],
])('X25519 %s', (_by, agree) => {
  test('RFC 7748 §5.2: both vectors, the second with a public key whose top bit is set', async () => {
    for (const [scalar, point, secret] of [
      [
        'a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4',
        'e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c',
        'c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552',
      ],
      [
        '4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d',
        'e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493',
        '95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957',
      ],
    ] as const)
      expect(await agree(hex(scalar), hex(point))).toEqual(hex(secret));
  });

  test('both sides agree, and the base point gives the public key', async () => {
    await fc.assert(
      fc.asyncProperty(key, key, async (a, b) => {
        const [ofA, ofB] = [await agree(a, base), await agree(b, base)];
        expect(await agree(a, ofB)).toEqual(await agree(b, ofA));
      }),
      { numRuns: 20 },
    );
  });

  test('refuses a point of small order, where the secret would be all zero, and keys of another length', async () => {
    await expect(agree(new Uint8Array(32).fill(7), new Uint8Array(32))).rejects.toThrow();
    await expect(agree(new Uint8Array(32).fill(7), new Uint8Array(31).fill(9))).rejects.toThrow();
    await expect(agree(new Uint8Array(31).fill(7), base)).rejects.toThrow();
  });
});

describe('the choice between them', () => {
  test('Node has X25519; a platform that refuses to make its keys has not', async () => {
    expect(await hasNativeX25519()).toBe(true);
    const refusing = { generateKey: () => Promise.reject(new DOMException('unknown', 'NotSupportedError')) };
    expect(await knowsX25519(refusing as never)).toBe(false);
  });

  test('makes no difference: the same secrets, and a seal made with the one opens with the other', async () => {
    await fc.assert(
      fc.asyncProperty(key, key, async (a, b) => {
        const theirs = await withPlatform(b, base);
        expect(await without(b, base)).toEqual(theirs);
        expect(await without(a, theirs)).toEqual(await withPlatform(a, theirs));
      }),
      { numRuns: 20 },
    );
    const seed = new Uint8Array(32).fill(3);
    for (const [sealer, opener] of [
      [withPlatform, without],
      [without, withPlatform],
    ].map((pair) => pair.map((agreement) => sealingSuite(agreement)))) {
      const { publicKey } = await opener!.kem.generateKeyPairDerand(Uint8Array.from(seed));
      const { enc, ct } = await sealer!.suite.seal({ recipientPublicKey: publicKey }, hex('c0ffee'));
      const recipientKey = await opener!.kem.deserializePrivateKey(Uint8Array.from(seed));
      expect(new Uint8Array(await opener!.suite.open({ recipientKey, enc }, ct))).toEqual(hex('c0ffee'));
    }
  });
});
