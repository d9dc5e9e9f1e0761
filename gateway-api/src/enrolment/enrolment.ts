/** New Fabric identities for people: random enrolment names, no attributes, keys in the custodial key store. */
import { createPublicKey, randomBytes, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { LedgerIdentity } from '../auth/caller.ts';
import type { ConnectionProfile } from '../fabric/profile.ts';
import { signingKey } from '../fabric/identities.ts';
import type { KeyStore } from '../keystore/keyStore.ts';
import { deviceKeyOf, FabricCa, type CaIdentity } from './fabricCa.ts';
import { newSigningKey, signingRequest } from './signingRequest.ts';

export interface Enrolment {
  /**
   * Makes a P-256 key, keeps it under `keyName`, and has the organisation's CA certify it. A repeat with the same name
   * returns the same identity.
   *
   * @throws Problem 503 unavailable, 502 upstream_failed
   */
  enrol(keyName: string): Promise<LedgerIdentity>;
  /**
   * Certifies a key that a holder keeps.
   *
   * @param csr PKCS #10, PEM
   * @param commonName the one in the request: random, it becomes the enrolment's name
   * @returns the certificate, PEM
   */
  certify(csr: string, commonName: string): Promise<string>;
}

const registrarKeyName = 'enrolment/registrar';

export class CaEnrolment implements Enrolment {
  readonly #profile: ConnectionProfile;
  readonly #keystore: KeyStore;
  readonly #ca: FabricCa;
  #registrar: Promise<CaIdentity> | undefined;
  readonly #running = new Map<string, Promise<LedgerIdentity>>();

  constructor(profile: ConnectionProfile, keystore: KeyStore) {
    this.#profile = profile;
    this.#keystore = keystore;
    this.#ca = new FabricCa(profile.ca);
  }

  enrol(keyName: string): Promise<LedgerIdentity> {
    let running = this.#running.get(keyName);
    if (running === undefined) {
      running = this.#enrol(keyName).finally(() => this.#running.delete(keyName));
      this.#running.set(keyName, running);
    }
    return running;
  }

  async certify(csr: string, commonName: string): Promise<string> {
    this.#registrar ??= this.#enrolRegistrar().catch((error: unknown) => {
      this.#registrar = undefined;
      throw error;
    });
    const secret = await this.#ca.register(await this.#registrar, commonName);
    return this.#ca.enrol(commonName, secret, csr);
  }

  close(): void {
    this.#ca.close();
  }

  async #enrol(keyName: string): Promise<LedgerIdentity> {
    const known = await this.#known(keyName);
    if (known !== undefined) return known;
    const { privateKey, pkcs8 } = newSigningKey();
    const commonName = randomBytes(16).toString('hex');
    const certificate = await this.certify(await signingRequest(privateKey, commonName), commonName);
    await this.#keystore.put(keyName, pkcs8);
    await this.#keystore.put(`${keyName}/certificate`, Buffer.from(certificate));
    return this.#identity(keyName, certificate);
  }

  async #known(keyName: string): Promise<LedgerIdentity | undefined> {
    const [key, certificate] = await Promise.all([
      this.#keystore.get(keyName),
      this.#keystore.get(`${keyName}/certificate`),
    ]);
    if (key === undefined || certificate === undefined) return undefined;
    const identity = this.#identity(keyName, Buffer.from(certificate).toString('utf8'));
    return identity.deviceKey === deviceKeyOf(createPublicKey(signingKey(key))) ? identity : undefined;
  }

  #identity(keyName: string, certificate: string): LedgerIdentity {
    return ledgerIdentity(this.#profile.mspId, certificate, keyName);
  }

  async #enrolRegistrar(): Promise<CaIdentity> {
    const [key, certificate] = await Promise.all([
      this.#keystore.get(registrarKeyName),
      this.#keystore.get(`${registrarKeyName}/certificate`),
    ]);
    if (key !== undefined && certificate !== undefined && isCurrent(certificate))
      return { privateKey: signingKey(key), certificate: Buffer.from(certificate).toString('utf8') };
    const { enrollmentId, enrollmentSecret } = JSON.parse(await readFile(this.#profile.ca.registrar, 'utf8')) as {
      enrollmentId: string;
      enrollmentSecret: string;
    };
    const { privateKey, pkcs8 } = newSigningKey();
    const issued = await this.#ca.enrol(enrollmentId, enrollmentSecret, await signingRequest(privateKey, enrollmentId));
    await this.#keystore.put(registrarKeyName, pkcs8);
    await this.#keystore.put(`${registrarKeyName}/certificate`, Buffer.from(issued));
    return { privateKey, certificate: issued };
  }
}

/** An identity from its certificate (PEM) and the name of its key in the key store. */
export function ledgerIdentity(mspId: string, certificate: string, keyName: string): LedgerIdentity {
  return { mspId, certificate, keyName, deviceKey: deviceKeyOf(new X509Certificate(certificate).publicKey) };
}

function isCurrent(certificate: Uint8Array): boolean {
  return Date.parse(new X509Certificate(certificate).validTo) > Date.now();
}
