/** Who acts in the benchmark: licensed clinicians and patients of the hospital, each with an identity of their own. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { People } from '../system/people.ts';
import type { Json, Page, RestSession } from '../system/rest.ts';
import { LoadCaller } from './measure/httpClient.ts';

export const hospital = 'HospitalMSP';

export interface BenchClinician {
  readonly staffId: string;
  readonly caller: LoadCaller;
}

export interface BenchPatient {
  readonly chart: string;
  readonly caller: LoadCaller;
}

/** Each patient's records are written by the clinician of the same number, who is of another department than the next. */
export interface Population {
  readonly clinicians: readonly BenchClinician[];
  readonly patients: readonly BenchPatient[];
  /** A laboratory's feed: one identity that writes for every patient. */
  readonly integration: LoadCaller;
}

const departments = ['cardiology', 'emergency'] as const;
/** Registrations under way at once: each makes keys and asks the CA for a certificate. */
const registrationsAtOnce = 8;
const licencesKnownWithinMs = 30_000;

/** Registers as many clinicians and as many patients. */
export async function populate(people: People, count: number): Promise<Population> {
  const admin = await people.as(hospital, 'admin');
  const inspector = await people.as('RegulatorMSP', 'inspector');
  const registrar = await people.as(hospital, 'registrar');
  const clinicians = await inTurns(count, (index) => clinician(people, admin, inspector, index));
  const patients = await inTurns(count, () => patient(people, registrar));
  const integration = await callerOf(people, hospital, 'integration');
  await licencesWork(clinicians, patients);
  return { clinicians, patients, integration };
}

export async function callerOf(people: People, mspId: string, name: string): Promise<LoadCaller> {
  return new LoadCaller(await people.gateway(mspId), await people.token(mspId, name));
}

async function clinician(people: People, admin: RestSession, inspector: RestSession, index: number) {
  const subject = `bench-${randomUUID().slice(0, 13)}`;
  const department = departments[index % departments.length]!;
  const { staffId } = await admin.create('/v1/staff', { role: 'clinician', department, subject });
  await inspector.create('/v1/licences', {
    kind: 'professional',
    staffId,
    validFrom: '2025-01-01T00:00:00Z',
    validUntil: '2035-01-01T00:00:00Z',
  });
  return { staffId: String(staffId), caller: await callerOf(people, hospital, subject) };
}

async function patient(people: People, registrar: RestSession): Promise<BenchPatient> {
  const subject = `bench-${randomUUID().slice(0, 13)}`;
  const { id } = await registrar.create('/v1/patients', {
    name: { family: 'Bench', given: ['Pat'] },
    birthDate: '1980-01-01',
    identifiers: [{ system: 'urn:chain-of-care:bench', value: subject }],
    account: { subject },
  });
  return { chart: `/v1/patients/${String(id)}`, caller: await callerOf(people, hospital, subject) };
}

/** Writes one record for every patient, until the licences have reached the hospital's peer. */
async function licencesWork(clinicians: readonly BenchClinician[], patients: readonly BenchPatient[]): Promise<void> {
  const deadline = Date.now() + licencesKnownWithinMs;
  await inTurns(patients.length, async (index) => {
    for (;;) {
      try {
        return await clinicians[index]!.caller.post(`${patients[index]!.chart}/records`, newRecord());
      } catch (error) {
        if (Date.now() > deadline) throw error;
        await delay(300);
      }
    }
  });
}

/** A small laboratory result, as a feed sends them: about 400 bytes. */
export function newRecord(): Json {
  const result = { code: '718-7', value: 14.2, unit: 'g/dL', issued: new Date().toISOString(), note: 'x'.repeat(300) };
  return {
    category: 'lab_result',
    clinicalDate: '2025-06-15',
    mediaType: 'application/json',
    content: Buffer.from(JSON.stringify(result)).toString('base64url'),
  };
}

/** @returns results in order, some at a time */
export async function inTurns<Value>(
  count: number,
  make: (index: number) => Promise<Value>,
  atOnce: number = registrationsAtOnce,
): Promise<Value[]> {
  const results: Value[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) {
      const index = next;
      next += 1;
      results[index] = await make(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, worker));
  return results;
}

/** Ids of the items of a page. */
export const idsOf = ({ items }: Page): readonly string[] => items.map(({ id }) => String(id));
