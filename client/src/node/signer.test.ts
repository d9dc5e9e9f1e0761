import { generateKeyPairSync, verify } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { isLowS, p1363Signature } from '../signing/index.ts';
import { nativeSigner } from './signer.ts';

test('the native signer makes low-S DER signatures over SHA-256 of the message', async () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const sign = nativeSigner(privateKey.export({ format: 'pem', type: 'pkcs8' }) as string);
  for (let round = 0; round < 50; round += 1) {
    const message = Buffer.from(`message ${round}`);
    const signature = await sign(message);
    expect(verify('sha256', message, publicKey, signature)).toBe(true);
    expect(isLowS(p1363Signature(signature))).toBe(true);
  }
});

test('a key of another kind is refused', () => {
  const p384 = generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const ed25519 = generateKeyPairSync('ed25519');
  expect(() => nativeSigner(p384.privateKey)).toThrow(TypeError);
  expect(() => nativeSigner(ed25519.privateKey)).toThrow(TypeError);
});
