import { createHash, generateKeyPairSync, verify } from 'node:crypto';
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { toHex, utf8 } from '../encoding/index.ts';
import {
  deviceKeyId,
  exportPkcs8,
  exportSpki,
  fabricSignature,
  generateDeviceKey,
  importDevicePrivateKey,
  importDevicePublicKey,
  isLowS,
  p1363Signature,
  verifyFabricSignature,
  webCryptoSigner,
} from './index.ts';

const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const scalarBytes = (value: bigint) => Uint8Array.from(Buffer.from(value.toString(16).padStart(64, '0'), 'hex'));
const scalar = fc.bigInt({ min: 1n, max: order - 1n });

test('every signature comes out as DER with the same r and the smaller of s and n - s', () => {
  fc.assert(
    fc.property(scalar, scalar, (r, s) => {
      const out = p1363Signature(fabricSignature(Buffer.concat([scalarBytes(r), scalarBytes(s)])));
      expect(toHex(out.subarray(0, 32))).toBe(toHex(scalarBytes(r)));
      expect(toHex(out.subarray(32))).toBe(toHex(scalarBytes(s > order / 2n ? order - s : s)));
      expect(isLowS(out)).toBe(true);
    }),
  );
});

test.each([1n, 127n, 128n, 255n, 256n, order / 2n, order / 2n + 1n, order - 1n])('s = %s survives as low-S', (s) => {
  const out = p1363Signature(fabricSignature(Buffer.concat([scalarBytes(1n), scalarBytes(s)])));
  expect(toHex(out.subarray(32))).toBe(toHex(scalarBytes(s > order / 2n ? order - s : s)));
});

test('a WebCrypto signature is accepted by OpenSSL as DER and by our own verification', async () => {
  const { privateKey, publicKey } = await generateDeviceKey();
  const sign = webCryptoSigner(privateKey);
  const spki = await exportSpki(publicKey);
  const key = { key: Buffer.from(spki), format: 'der', type: 'spki' } as const;
  for (let round = 0; round < 20; round += 1) {
    const message = utf8(`proposal ${round}`);
    const signature = await sign(message);
    expect(verify('sha256', message, key, signature)).toBe(true);
    expect(await verifyFabricSignature(publicKey, signature, message)).toBe(true);
    expect(await verifyFabricSignature(publicKey, signature, utf8('another'))).toBe(false);
  }
});

test('verification refuses high-S, BER and trailing bytes', async () => {
  const { privateKey, publicKey } = await generateDeviceKey();
  const message = utf8('m');
  const low = p1363Signature(await webCryptoSigner(privateKey)(message));
  const s = order - BigInt(`0x${toHex(low.subarray(32))}`);
  const high = Buffer.concat([low.subarray(0, 32), scalarBytes(s)]);
  const der = (p1363: Uint8Array) => {
    const part = (bytes: Uint8Array) => {
      const text = BigInt(`0x${toHex(bytes)}`).toString(16);
      const even = text.padStart(text.length + (text.length % 2), '0');
      const digits = Buffer.from(even >= '80' ? `00${even}` : even, 'hex');
      return [0x02, digits.length, ...digits];
    };
    const body = [...part(p1363.subarray(0, 32)), ...part(p1363.subarray(32))];
    return Uint8Array.from([0x30, body.length, ...body]);
  };
  expect(await verifyFabricSignature(publicKey, der(low), message)).toBe(true);
  expect(await verifyFabricSignature(publicKey, der(high), message)).toBe(false);
  expect(await verifyFabricSignature(publicKey, Buffer.concat([der(low), Uint8Array.of(0)]), message)).toBe(false);
  expect(await verifyFabricSignature(publicKey, low, message)).toBe(false);
});

test('the private key of a device cannot be exported unless a custodian asked for it', async () => {
  const own = await generateDeviceKey();
  await expect(exportPkcs8(own.privateKey)).rejects.toThrow();
  const custodial = await generateDeviceKey({ extractable: true });
  const again = await importDevicePrivateKey(await exportPkcs8(custodial.privateKey));
  const signature = await webCryptoSigner(again)(utf8('m'));
  const publicKey = await importDevicePublicKey(await exportSpki(custodial.publicKey));
  expect(await verifyFabricSignature(publicKey, signature, utf8('m'))).toBe(true);
});

test("a device key's id is the SHA-256 of its SPKI", async () => {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = pair.publicKey.export({ format: 'der', type: 'spki' });
  expect(await deviceKeyId(await importDevicePublicKey(spki))).toBe(createHash('sha256').update(spki).digest('hex'));
});
