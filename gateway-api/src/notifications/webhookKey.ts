/** The key with which this gateway signs webhooks (Ed25519), and its public half as a JWK (RFC 8037). */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { KeyStore } from '../keystore/keyStore.ts';

export interface WebhookKey {
  /** RFC 7638 thumbprint. */
  readonly id: string;
  readonly privateKey: KeyObject;
  readonly jwk: { readonly kty: 'OKP'; readonly crv: 'Ed25519'; readonly x: string };
}

const keyName = 'notifications/webhook';

/** The key store's, made at the first call. */
export async function webhookKey(keystore: KeyStore): Promise<WebhookKey> {
  const kept = await keystore.get(keyName);
  const privateKey =
    kept === undefined
      ? generateKeyPairSync('ed25519').privateKey
      : createPrivateKey({ key: Buffer.from(kept), format: 'der', type: 'pkcs8' });
  if (kept === undefined) await keystore.put(keyName, privateKey.export({ format: 'der', type: 'pkcs8' }));
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' }) as { x: string };
  const jwk = { crv: 'Ed25519', kty: 'OKP', x } as const;
  const id = createHash('sha256').update(JSON.stringify(jwk)).digest('base64url');
  return { id, privateKey, jwk };
}
