import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { createPublicKey, verify, X509Certificate } from 'node:crypto';
import { Pkcs10CertificateRequest, X509CertificateGenerator } from '@peculiar/x509';
import { ledgerIdentity } from './enrolment.ts';
import { caToken, deviceKeyOf } from './fabricCa.ts';
import { newSigningKey, signingRequest } from './signingRequest.ts';

const halfOrder = 0x7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8n;

/** The second integer of a DER signature. */
function sOf(der: Buffer): bigint {
  const rLength = der[3]!;
  const s = der.subarray(6 + rLength);
  return BigInt(`0x${s.toString('hex')}`);
}

describe('enrolment', () => {
  it('asks for a certificate with a name and nothing else, signed by the key itself', async () => {
    const { privateKey } = newSigningKey();
    const request = new Pkcs10CertificateRequest(await signingRequest(privateKey, 'abc'));
    expect(request.subject).toBe('CN=abc');
    expect(request.extensions).toHaveLength(0);
    expect(await request.verify()).toBe(true);
  });

  it('signs requests to the CA as it wants them: method, path, body, certificate; low S', () => {
    const { privateKey } = newSigningKey();
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const token = caToken({ certificate: 'PEM', privateKey }, 'POST', '/api/v1/register', `{"n":${attempt}}`);
      const [certificate, signature] = token.split('.');
      const base64 = (text: string): string => Buffer.from(text).toString('base64');
      const signed = `POST.${base64('/api/v1/register')}.${base64(`{"n":${attempt}}`)}.${certificate!}`;
      const der = Buffer.from(signature!, 'base64');
      expect(verify('sha256', Buffer.from(signed), createPublicKey(privateKey), der)).toBe(true);
      expect(sOf(der) <= halfOrder).toBe(true);
    }
  });

  it('names a submitter by the SHA-256 of the public key', async () => {
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
    const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const certificate = await X509CertificateGenerator.createSelfSigned({
      name: 'CN=x',
      keys,
      signingAlgorithm: algorithm,
    });
    const pem = certificate.toString('pem');
    const { deviceKey } = ledgerIdentity('HospitalMSP', pem, 'k');
    expect(deviceKey).toBe(deviceKeyOf(new X509Certificate(pem).publicKey));
    expect(deviceKey).toMatch(/^[0-9a-f]{64}$/);
  });
});
