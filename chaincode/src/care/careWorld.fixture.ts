/** A hospital with staff, and patients, on the in-memory ledger: what tests of the care chain begin with. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { applied, identityOf, Scenario, type CommandOptions, type Identity } from '../ledger/scenario.fixture.ts';
import { keyPairsAtRegistration, type Grantee } from '../model/index.ts';
import { accessIdOf, consentIdOf, patientIdOf, type Origin } from '../rules/index.ts';

export const home = 'HospitalMSP';
const publicKey = 'A'.repeat(1622);

export interface Person extends Identity {
  readonly staffId: string;
}

/** A patient with the identity of their device. */
export interface WorldPatient {
  readonly identity: Identity;
  readonly handle: string;
  readonly patientId: string;
}

/** What the ids of a command of this submitter follow from. */
export function originOf({ deviceKey }: Identity, handle: string, key: string): Origin {
  return { commandKey: createHash('sha256').update(key).digest('hex'), deviceKey, handle };
}

export const toPerson = ({ mspId, staffId }: Person): Grantee => ({ kind: 'person', mspId, id: staffId });

export class CareWorld {
  readonly scenario = new Scenario();
  readonly administrator: Person;
  readonly registrar: Person;
  readonly inspector: Person;

  private constructor(people: Pick<CareWorld, 'scenario' | 'administrator' | 'registrar' | 'inspector'>) {
    this.scenario = people.scenario;
    this.administrator = people.administrator;
    this.registrar = people.registrar;
    this.inspector = people.inspector;
  }

  static async open(): Promise<CareWorld> {
    const scenario = new Scenario();
    const administrator = await administratorOf(scenario, home);
    const registrar = await staffOf(scenario, administrator, 'registrar');
    const inspector = await staffOf(scenario, await administratorOf(scenario, 'RegulatorMSP'), 'inspector');
    return new CareWorld({ scenario, administrator, registrar, inspector });
  }

  /** A licensed clinician. */
  async clinician(department: string, administrator: Identity = this.administrator): Promise<Person> {
    const person = await staffOf(this.scenario, administrator, 'clinician', { department });
    applied(
      await this.scenario.submit(this.inspector, 'registry.grantLicence', {
        licenceId: randomUUID(),
        kind: 'professional',
        staffId: person.staffId,
        validFrom: '2026-01-01T00:00:00Z',
        validUntil: '2027-01-01T00:00:00Z',
      }),
    );
    return person;
  }

  administratorOf(mspId: string): Promise<Person> {
    return administratorOf(this.scenario, mspId);
  }

  async patient(): Promise<WorldPatient> {
    const handle = randomBytes(16).toString('hex');
    const patient = { handle, patientId: patientIdOf(home, handle), identity: await identityOf(home) };
    applied(await this.register(patient));
    return patient;
  }

  register({ patientId, handle, identity }: WorldPatient) {
    const body = {
      patientId,
      didDocument: '{"id":"did:key:z"}',
      deviceKeys: [identity.deviceKey],
      categoryKeys: keyPairsAtRegistration.map((pair) => Object.assign({ publicKey }, pair)),
    };
    return this.scenario.submit(this.registrar, 'care.registerPatient', body, { handle });
  }

  /** Somebody's act about a patient. */
  act(
    { patientId, handle }: WorldPatient,
    who: Identity,
    verb: string,
    body: object,
    options: Omit<CommandOptions, 'handle'> = {},
  ) {
    return this.scenario.submit(who, `care.${verb}`, { patientId, home, ...body }, { handle, ...options });
  }

  grant(patient: WorldPatient, grantee: Grantee, more: object = {}, key: string = randomUUID()) {
    const consentId = consentIdOf(originOf(patient.identity, patient.handle, key), grantee);
    const body = { consentId, grantee, decision: 'permit', level: 'read', wraps: [], ...more };
    return this.act(patient, patient.identity, 'grantConsent', body, { key });
  }

  /** Somebody passes a consent on. */
  delegate(patient: WorldPatient, who: Identity, parentId: string, grantee: Grantee, more: object = {}) {
    const key = randomUUID();
    const consentId = consentIdOf(originOf(who, patient.handle, key), grantee);
    return this.act(patient, who, 'delegateConsent', { consentId, parentId, grantee, wraps: [], ...more }, { key });
  }

  /** An access to everything permitted of a category. */
  open(patient: WorldPatient, who: Identity, more: object = {}, key: string = randomUUID()) {
    const accessId = accessIdOf(originOf(who, patient.handle, key));
    const body = { accessId, purposeOfUse: 'TREAT', categories: ['lab_result'], ...more };
    return this.act(patient, who, 'openAccess', body, { key });
  }
}

async function administratorOf(scenario: Scenario, mspId: string): Promise<Person> {
  const identity = await identityOf(mspId);
  const body = { staffId: randomUUID(), deviceKey: identity.deviceKey, role: 'administrator' };
  applied(await scenario.submit(await identityOf(mspId, 'admin'), 'registry.registerStaff', body));
  return { ...identity, staffId: body.staffId };
}

async function staffOf(scenario: Scenario, by: Identity, role: string, facts: object = {}): Promise<Person> {
  const identity = await identityOf(by.mspId);
  const body = { staffId: randomUUID(), deviceKey: identity.deviceKey, role, ...facts };
  applied(await scenario.submit(by, 'registry.registerStaff', body));
  return { ...identity, staffId: body.staffId };
}
