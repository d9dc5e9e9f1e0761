/**
 * Roots of patients whose keys this organisation keeps (custodial). The one place that turns a root into seeds, so that
 * keys in the patient's own hand or in an HSM can stand here instead.
 */
import type { OfferedCategoryKey } from '@chain-of-care/chaincode/model';
import { categorySeed, indexKey, newPatientRoot, registrationKeys } from '@chain-of-care/client';
import { Problem } from '../http/problem.ts';
import type { KeyStore } from '../keystore/keyStore.ts';

type CategoryKeyReference = Parameters<typeof categorySeed>[1];

export interface PatientKeys {
  /** Public keys to register the patient with. The root is made when there is none yet: a repeat offers the same keys. */
  create(patientId: string): Promise<readonly OfferedCategoryKey[]>;
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

const rootName = (patientId: string): string => `root/${patientId}`;
