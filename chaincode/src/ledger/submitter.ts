import { createHash, X509Certificate } from 'node:crypto';

/** Who signed the transaction, as far as the certificate alone tells. Names and attributes in it prove nothing. */
export interface Submitter {
  readonly mspId: string;
  /** SHA-256 of the certificate's public key (SPKI, DER), hex. */
  readonly deviceKey: string;
  /** The member's MSP administrator: NodeOU `admin` of its own CA. Counts only within that member. */
  readonly isMspAdministrator: boolean;
}

const cacheSize = 10_000;
const cache = new Map<string, Omit<Submitter, 'mspId'>>();

/**
 * @param certificate PEM of the creator; the peer has validated it against the MSP already
 */
export function submitterOf(creator: { readonly mspId: string; readonly certificate: Uint8Array }): Submitter {
  const pem = Buffer.from(creator.certificate).toString('latin1');
  let known = cache.get(pem);
  if (known === undefined) {
    const certificate = new X509Certificate(pem);
    const publicKey = certificate.publicKey.export({ type: 'spki', format: 'der' });
    known = {
      deviceKey: createHash('sha256').update(publicKey).digest('hex'),
      isMspAdministrator: certificate.subject.split('\n').includes('OU=admin'),
    };
    if (cache.size >= cacheSize) cache.clear();
    cache.set(pem, known);
  }
  return { mspId: creator.mspId, ...known };
}
