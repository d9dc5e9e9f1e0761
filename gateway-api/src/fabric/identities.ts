/** Fabric Gateway objects, one a peer and identity, over the peers' shared connections. */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { connect, hash, type Gateway, type Signer } from '@hyperledger/fabric-gateway';
import { nativeSigner } from '@chain-of-care/client/node';
import type { LedgerIdentity } from '../auth/caller.ts';
import { deviceKeyOf } from '../enrolment/fabricCa.ts';
import { Problem } from '../http/problem.ts';
import type { KeyStore } from '../keystore/keyStore.ts';
import type { PeerConnection } from './connection.ts';

const poolSize = 5_000;

export class Identities {
  readonly #keystore: KeyStore;
  readonly #signers = new Map<string, Promise<Signer>>();
  readonly #gateways = new Map<string, Gateway>();

  constructor(keystore: KeyStore) {
    this.#keystore = keystore;
  }

  /**
   * A Gateway that acts as this identity through this peer.
   *
   * @throws Error when the key store has no key of the identity's name; Problem wrong_key when it is not the certificate's
   */
  async gateway(peer: PeerConnection, identity: LedgerIdentity): Promise<Gateway> {
    const id = `${peer.name}|${identity.deviceKey}`;
    const pooled = this.#gateways.get(id);
    if (pooled !== undefined) return pooled;
    const signer = await this.#signerOf(identity);
    const gateway = connect({
      client: peer.client,
      identity: { mspId: identity.mspId, credentials: Buffer.from(identity.certificate) },
      hash: hash.none,
      signer,
    });
    if (this.#gateways.size >= poolSize) this.#gateways.clear();
    this.#gateways.set(id, gateway);
    return gateway;
  }

  #signerOf(identity: LedgerIdentity): Promise<Signer> {
    let signer = this.#signers.get(identity.deviceKey);
    if (signer === undefined) {
      signer = this.#loadSigner(identity);
      if (this.#signers.size >= poolSize) this.#signers.clear();
      this.#signers.set(identity.deviceKey, signer);
      signer.catch(() => this.#signers.delete(identity.deviceKey));
    }
    return signer;
  }

  async #loadSigner({ keyName, deviceKey }: LedgerIdentity): Promise<Signer> {
    const pkcs8 = await this.#keystore.get(keyName);
    if (pkcs8 === undefined) throw new Error('the key store has no signing key of this identity');
    const key = signingKey(pkcs8);
    if (deviceKeyOf(createPublicKey(key)) !== deviceKey) throw new Problem('wrong_key');
    return nativeSigner(key);
  }
}

/** @param pkcs8 DER or PEM */
export function signingKey(pkcs8: Uint8Array): KeyObject {
  const key = Buffer.from(pkcs8);
  return key.subarray(0, 5).toString('latin1') === '-----'
    ? createPrivateKey(key)
    : createPrivateKey({ key, format: 'der', type: 'pkcs8' });
}
