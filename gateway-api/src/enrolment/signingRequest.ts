import 'reflect-metadata';
import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';

/** A new P-256 key of a person, whose private part goes to the key store as PKCS #8 (DER). */
export function newSigningKey(): { readonly privateKey: KeyObject; readonly pkcs8: Uint8Array } {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { privateKey, pkcs8: privateKey.export({ type: 'pkcs8', format: 'der' }) };
}

/** A certificate signing request (PKCS #10, PEM) for a random name and nothing else. */
export async function signingRequest(privateKey: KeyObject, commonName: string): Promise<string> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const [privatePart, publicPart] = await Promise.all([
    crypto.subtle.importKey('pkcs8', privateKey.export({ type: 'pkcs8', format: 'der' }), algorithm, false, ['sign']),
    crypto.subtle.importKey(
      'spki',
      createPublicKey(privateKey).export({ type: 'spki', format: 'der' }),
      algorithm,
      true,
      ['verify'],
    ),
  ]);
  const request = await Pkcs10CertificateRequestGenerator.create({
    name: `CN=${commonName}`,
    keys: { privateKey: privatePart, publicKey: publicPart },
    signingAlgorithm: algorithm,
  });
  return request.toString('pem');
}
