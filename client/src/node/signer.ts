import { createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { fabricSignature } from '../signing/ecdsa.ts';
import type { MessageSigner } from '../signing/deviceKey.ts';

/**
 * Signs with Node's own OpenSSL for a Fabric Gateway that was connected with `hash.none`: the SDK then hands over the whole
 * message, which is hashed and signed in one native call.
 *
 * @param privateKey a P-256 private key, or its PEM (PKCS#8 or SEC 1)
 * @returns a signer whose signatures are DER with low-S
 * @throws TypeError when it is not an EC key on P-256
 */
export function nativeSigner(privateKey: KeyObject | string): MessageSigner {
  const key = typeof privateKey === 'string' ? createPrivateKey(privateKey) : privateKey;
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw new TypeError('a Fabric signer needs a P-256 private key');
  const options = { key, dsaEncoding: 'ieee-p1363' } as const;
  return async (message) => fabricSignature(sign('sha256', message, options));
}
