/** Certificate signing requests (PKCS#10, RFC 2986), in a module of their own because of the X.509 library they pull in. */
import 'reflect-metadata';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { toHex } from '../encoding/index.ts';
import { randomBytes } from '../primitives/index.ts';
import type { CryptoKeyPair } from '../webCrypto.ts';

/** A name for a certificate that says nothing about its holder: 128 random bits, hex. */
export function newEnrolmentName(): string {
  return toHex(randomBytes(16));
}

/**
 * A signing request for a device key; the private key only signs it and stays where it is.
 *
 * @param keys P-256; the private key need not be extractable
 * @param enrolmentName common name, the one that was registered at the CA; no attribute is asked for
 * @returns PEM
 * @throws RangeError when the name holds anything but letters, digits, dots and hyphens
 */
export async function createSigningRequest(keys: CryptoKeyPair, enrolmentName: string): Promise<string> {
  if (!/^[A-Za-z0-9.-]{1,64}$/.test(enrolmentName)) throw new RangeError('not an enrolment name');
  const request = await Pkcs10CertificateRequestGenerator.create(
    { name: `CN=${enrolmentName}`, keys, signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' } },
    crypto,
  );
  return request.toString('pem');
}
