/** A running consortium and what tests of its API begin with. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Patients, type Confirmation } from '@chain-of-care/client';
import { newPatientOf, readBundle } from '../../demo/bundle.ts';
import { all } from '../../demo/careStory.ts';
import { smallBundle } from '../../fixtures/smallBundle.ts';
import type { TestNetwork } from '../../system/network.ts';
import { People } from '../../system/people.ts';
import type { Json, RestSession } from '../../system/rest.ts';

export const home = 'HospitalMSP';
export const bundle = readBundle(JSON.stringify(smallBundle));

export interface RegisteredPatient {
  readonly id: string;
  /** Name under which the patient logs in. */
  readonly subject: string;
  readonly chart: string;
  readonly session: RestSession;
}

/** What the registrar saw of a parent. */
export const birthCertificate = 'birth certificate 4711';

export interface Represented {
  readonly child: RegisteredPatient;
  readonly id: string;
  readonly personId: string;
  /** Name under which the representative logs in. */
  readonly subject: string;
  readonly session: RestSession;
}

export class World {
  readonly network: TestNetwork;
  readonly people: People;

  constructor(network: TestNetwork) {
    this.network = network;
    this.people = new People(network);
  }

  /** A new patient with a login, of a hospital. */
  async patient(mspId: string = home): Promise<RegisteredPatient> {
    const subject = `patient-${randomUUID().slice(0, 13)}`;
    const registrar = await this.people.as(mspId, 'registrar');
    const { id } = await registrar.create<{ id: string }>('/v1/patients', newPatientOf(bundle, randomUUID(), subject));
    return { id, subject, chart: `/v1/patients/${id}`, session: await this.people.as(mspId, subject) };
  }

  /** A child of a hospital with somebody who acts for them, whose login is new unless one is named. */
  async represented(more: Partial<Confirmation> = {}, mspId: string = home): Promise<Represented> {
    const child = await this.patient(mspId);
    const registrar = new Patients(await this.people.client(mspId, 'registrar'));
    const { cid } = await registrar.uploadRepresentationEvidence(new Blob([birthCertificate]), 'text/plain');
    const subject = more.account?.subject ?? `parent-${randomUUID().slice(0, 13)}`;
    const { id, personId } = await registrar.confirmRepresentative(child.id, {
      relationship: 'PRN',
      account: { subject },
      name: { family: 'Muster', given: ['Rita'] },
      evidence: cid,
      period: { end: new Date(Date.now() + 365 * 24 * 3600_000).toISOString() },
      ...more,
    });
    return { child, id, personId, subject, session: await this.people.as(mspId, subject) };
  }

  /** A small record by Ada, cardiologist at home; what differs from {@link newRecord}. @returns its id */
  async append({ chart }: Pick<RegisteredPatient, 'chart'>, differs: Json = {}): Promise<string> {
    const ada = await this.people.as(home, 'dr-ada');
    const body = { ...newRecord(), ...differs };
    return (await ada.create<{ records: { id: string }[] }>(`${chart}/records`, body)).records[0]!.id;
  }

  /** Staff id of the clinician of a department. */
  async clinician(mspId: string, department: string): Promise<string> {
    const staff = await all(await this.people.as(mspId, 'admin'), '/v1/staff');
    const found = staff.find((each) => each['department'] === department && each['role'] === 'clinician');
    if (found === undefined) throw new Error(`no clinician of ${department}`);
    return String(found['staffId']);
  }
}

/** The patient's records once the read model shows this many: a list may be a block behind the write's answer. */
export async function recordsOnce({ session, chart }: RegisteredPatient, count: number, withinMs = 15_000) {
  for (const deadline = Date.now() + withinMs; ; await delay(50)) {
    const records = await all(session, `${chart}/records`);
    if (records.length >= count || Date.now() > deadline) return records;
  }
}

/** A small record of one author, content and all. */
export function newRecord(text: string = randomUUID()) {
  return {
    category: 'lab_result',
    clinicalDate: '2025-06-15',
    mediaType: 'text/plain',
    content: Buffer.from(text).toString('base64url'),
  };
}
