/**
 * Roots of patients whose keys this organisation keeps (custodial). The one place that turns a root into seeds, so that
 * keys in the patient's own hand or in an HSM can stand here instead.
 */
import type { OfferedCategoryKey } from '@chain-of-care/chaincode/model';
import {
  categorySeed,
  indexKey,
  newPatientRoot,
  registrationKeys,
  sealingKeyPairFromSeed,
  toBase64Url,
} from '@chain-of-care/client';
import type { LedgerIdentity } from '../auth/caller.ts';
import { ledgerIdentity } from '../enrolment/enrolment.ts';
import { Problem } from '../http/problem.ts';
import type { KeyStore } from '../keystore/keyStore.ts';

type CategoryKeyReference = Parameters<typeof categorySeed>[1];

export interface PatientKeys {
  /** Public keys to register the patient with. The root is made when there is none yet: a repeat offers the same keys. */
  create(patientId: string): Promise<readonly OfferedCategoryKey[]>;
  /** Public key of a pair in an epoch, also of one to come. @throws Problem not_found as {@link seed} */
  publicKey(key: CategoryKeyReference): Promise<string>;
  /** @throws Problem not_found when this organisation does not keep the patient's root */
  seed(key: CategoryKeyReference): Promise<Uint8Array>;
  /** Key of the blind index over a pair's codes. @returns undefined when this organisation does not keep the patient's root */
  indexKey(key: CategoryKeyReference): Promise<Uint8Array | undefined>;
}

export class CustodialPatientKeys implements PatientKeys {
  readonly #keystore: KeyStore;

  constructor(keystore: KeyStore) {
    this.#keystore = keystore;
  }

  async create(patientId: string): Promise<readonly OfferedCategoryKey[]> {
    let root = await this.#keystore.get(rootName(patientId));
    if (root === undefined) {
      root = newPatientRoot();
      await this.#keystore.put(rootName(patientId), root);
    }
    return registrationKeys(root, patientId);
  }

  async publicKey(key: CategoryKeyReference): Promise<string> {
    return toBase64Url((await sealingKeyPairFromSeed(await this.seed(key))).publicKey);
  }

  async seed(key: CategoryKeyReference): Promise<Uint8Array> {
    const root = await this.#keystore.get(rootName(key.patientId));
    if (root === undefined) throw new Problem('not_found', { detail: "the patient's keys are not kept here" });
    return categorySeed(root, key);
  }

  async indexKey(key: CategoryKeyReference): Promise<Uint8Array | undefined> {
    const root = await this.#keystore.get(rootName(key.patientId));
    return root === undefined ? undefined : indexKey(categorySeed(root, key));
  }
}

/** The identity by which this organisation acts for a patient. @returns undefined when it keeps none */
export async function custodialIdentity(
  keystore: Pick<KeyStore, 'get'>,
  mspId: string,
  patientId: string,
): Promise<LedgerIdentity | undefined> {
  const keyName = identityName(patientId);
  const certificate = await keystore.get(`${keyName}/certificate`);
  return certificate === undefined
    ? undefined
    : ledgerIdentity(mspId, Buffer.from(certificate).toString('utf8'), keyName);
}

/** Name of a patient's signing key in the key store. */
export const identityName = (patientId: string): string => `identity/${patientId}`;

const rootName = (patientId: string): string => `root/${patientId}`;
