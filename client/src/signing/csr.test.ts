import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { Pkcs10CertificateRequest } from '@peculiar/x509';
import { exportSpki, generateDeviceKey } from './index.ts';
import { createSigningRequest, newEnrolmentName } from './csr.ts';

test('a signing request is made with a key that cannot be exported, and is valid', async () => {
  const keys = await generateDeviceKey();
  const name = newEnrolmentName();
  const request = new Pkcs10CertificateRequest(await createSigningRequest(keys, name));
  expect(request.subject).toBe(`CN=${name}`);
  expect(request.attributes).toEqual([]);
  expect(Buffer.from(request.publicKey.rawData)).toEqual(Buffer.from(await exportSpki(keys.publicKey)));
  expect(await request.verify(crypto)).toBe(true);
});

test('OpenSSL accepts the request', async () => {
  const pem = await createSigningRequest(await generateDeviceKey(), newEnrolmentName());
  const output = execFileSync('openssl', ['req', '-verify', '-noout', '-text'], {
    input: pem,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  expect(output).toContain('ecdsa-with-SHA256');
});

test('two enrolment names differ, and one with separators is refused', async () => {
  expect(newEnrolmentName()).not.toBe(newEnrolmentName());
  await expect(createSigningRequest(await generateDeviceKey(), 'a,OU=admin')).rejects.toThrow(RangeError);
});
