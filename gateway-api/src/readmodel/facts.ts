/**
 * Facts that nearly every request asks for, kept in memory until a block changes one of their kind. A request waits for the
 * blocks that were acknowledged before it begins, so what it finds here is as new as what the tables say.
 */
import type { CategoryKey, GroupKey, Staff } from '@chain-of-care/chaincode/model';
import { categoryKeysOf, groupKey, patientFact, staffById, type PatientFact } from './queries/care.ts';
import { representativeByKey, type RepresentativeFact } from './queries/representatives.ts';
import type { ReadModel } from './readModel.ts';

export class Facts {
  readonly #patients: Kept<[patientId: string], PatientFact | undefined>;
  readonly #representatives: Kept<[patientId: string, deviceKey: string], RepresentativeFact | undefined>;
  readonly #categoryKeys: Kept<[patientId: string], readonly CategoryKey[]>;
  readonly #groupKeys: Kept<[mspId: string, group: string], GroupKey | undefined>;
  readonly #staff: Kept<[staffId: string], Staff | undefined>;

  constructor(readModel: Pick<ReadModel, 'db' | 'onBlock'>) {
    const { db } = readModel;
    this.#patients = new Kept(['patient', 'opening'], (id) => patientFact(db, id));
    this.#representatives = new Kept(['representative', 'representative-ending', 'patient'], (id, key) =>
      representativeByKey(db, id, key),
    );
    this.#categoryKeys = new Kept(['category-key'], (id) => categoryKeysOf(db, id));
    this.#groupKeys = new Kept(['group-key'], (mspId, group) => groupKey(db, mspId, group));
    this.#staff = new Kept(['staff'], (id) => staffById(db, id));
    const all = [this.#patients, this.#representatives, this.#categoryKeys, this.#groupKeys, this.#staff];
    readModel.onBlock(({ changes }) => {
      for (const { type } of changes) for (const kept of all) kept.forgetIfOf(type);
    });
  }

  patient(patientId: string): Promise<PatientFact | undefined> {
    return this.#patients.get(patientId);
  }

  /** Who represents the patient by this device key, whether it holds still or not. */
  representative(patientId: string, deviceKey: string): Promise<RepresentativeFact | undefined> {
    return this.#representatives.get(patientId, deviceKey);
  }

  /** The published key pairs of a patient, all categories. */
  categoryKeys(patientId: string): Promise<readonly CategoryKey[]> {
    return this.#categoryKeys.get(patientId);
  }

  groupKey(mspId: string, group: string): Promise<GroupKey | undefined> {
    return this.#groupKeys.get(mspId, group);
  }

  staff(staffId: string): Promise<Staff | undefined> {
    return this.#staff.get(staffId);
  }
}

const capacity = 10_000;

class Kept<Id extends readonly string[], Value> {
  readonly #types: ReadonlySet<string>;
  readonly #load: (...id: Id) => Promise<Value>;
  readonly #values = new Map<string, Promise<Value>>();

  /** @param types of the stored values that the facts are made of */
  constructor(types: readonly string[], load: (...id: Id) => Promise<Value>) {
    this.#types = new Set(types);
    this.#load = load;
  }

  get(...id: Id): Promise<Value> {
    const name = id.join('|');
    const known = this.#values.get(name);
    if (known !== undefined) return known;
    const loading = this.#load(...id);
    if (this.#values.size >= capacity) this.#values.clear();
    this.#values.set(name, loading);
    loading.catch(() => {
      if (this.#values.get(name) === loading) this.#values.delete(name);
    });
    return loading;
  }

  /** @param type undefined when a key was deleted: it may have been of any type */
  forgetIfOf(type: string | undefined): void {
    if (type === undefined || this.#types.has(type)) this.#values.clear();
  }
}
