/** People and a patient of a scenario, on any ledger. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { keyPairsAtRegistration, type Grantee, type RecordCategory } from '@chain-of-care/chaincode/model';
import { accessIdOf, consentIdOf, patientIdOf, recordIdOf, type Origin } from '@chain-of-care/chaincode/rules';
import { applied, type Identity, type ScenarioLedger, type ScenarioOptions } from './scenarioLedger.fixture.ts';

export const home = 'HospitalMSP';
const publicKey = 'A'.repeat(1622);

export interface Person extends Identity {
  readonly staffId: string;
}

/** Registers an administrator, by the organisation's MSP administrator. */
export async function administratorOf(ledger: ScenarioLedger, mspId: string): Promise<Person> {
  const identity = await ledger.identity(mspId);
  const staffId = randomUUID();
  applied(
    await ledger.submit(await ledger.identity(mspId, 'admin'), 'registry.registerStaff', {
      staffId,
      deviceKey: identity.deviceKey,
      role: 'administrator',
    }),
  );
  return { ...identity, staffId };
}

export async function staffOf(
  ledger: ScenarioLedger,
  administrator: Identity,
  role: string,
  facts: object = {},
): Promise<Person> {
  const identity = await ledger.identity(administrator.mspId);
  const staffId = randomUUID();
  applied(
    await ledger.submit(administrator, 'registry.registerStaff', {
      staffId,
      deviceKey: identity.deviceKey,
      role,
      ...facts,
    }),
  );
  return { ...identity, staffId };
}

export async function licensed(ledger: ScenarioLedger, inspector: Identity, { staffId }: Person): Promise<string> {
  const licenceId = randomUUID();
  applied(
    await ledger.submit(inspector, 'registry.grantLicence', {
      licenceId,
      kind: 'professional',
      staffId,
      validFrom: '2026-01-01T00:00:00Z',
      validUntil: '2036-01-01T00:00:00Z',
    }),
  );
  return licenceId;
}

export class Patient {
  readonly handle = randomBytes(16).toString('hex');
  readonly patientId = patientIdOf(home, this.handle);
  readonly identity: Identity;
  readonly #ledger: ScenarioLedger;
  /** Idempotency key of a consent's grant, by the id that follows from it. */
  readonly keyOfConsent = new Map<string, string>();

  private constructor(ledger: ScenarioLedger, identity: Identity) {
    this.#ledger = ledger;
    this.identity = identity;
  }

  static async register(ledger: ScenarioLedger, registrar: Identity): Promise<Patient> {
    const patient = new Patient(ledger, await ledger.identity(home));
    applied(
      await ledger.submit(
        registrar,
        'care.registerPatient',
        {
          patientId: patient.patientId,
          didDocument: '{"id":"did:key:z"}',
          deviceKeys: [patient.identity.deviceKey],
          categoryKeys: keyPairsAtRegistration.map((pair) => Object.assign({ publicKey }, pair)),
        },
        { handle: patient.handle },
      ),
    );
    return patient;
  }

  /** Somebody's act about this patient. */
  act(identity: Identity, verb: string, body: object, options: ScenarioOptions = {}) {
    const { handle, patientId } = this;
    const { consentId } = body as { consentId?: string };
    const key = (verb === 'grantConsent' ? this.keyOfConsent.get(consentId!) : undefined) ?? randomUUID();
    return this.#ledger.submit(identity, `care.${verb}`, { patientId, home, ...body }, { handle, key, ...options });
  }

  ask(identity: Identity, verb: string, body: object, options: ScenarioOptions = {}) {
    const { handle, patientId } = this;
    return this.#ledger.query(identity, `care.${verb}`, { patientId, home, ...body }, { handle, ...options });
  }

  /** From what the ids follow that a command of this submitter must carry. */
  origin({ deviceKey }: Identity, key: string): Origin {
    return { commandKey: createHash('sha256').update(key).digest('hex'), deviceKey, handle: this.handle };
  }

  /** A body of appendRecords with the ids that its idempotency key demands. */
  appendBody(author: Identity, key: string, group: string, category: RecordCategory, count: number) {
    const batchId = randomUUID();
    const records = Array.from({ length: count }, (_, index) => ({
      recordId: recordIdOf(this.origin(author, key), index),
      version: 1,
      batchId,
      category,
      clinicalDate: '2025-06-15',
      cid: `b${'a'.repeat(58)}`,
      sha256: 'a'.repeat(64),
      size: 10,
      wrappedKey: 'AA',
      sealed: 'AA',
    }));
    const batch = { batchId, category, confidentiality: 'N', epoch: 0, authorGroup: group, groupEpoch: 0 };
    return { batches: [{ ...batch, sealedToCategory: 'AA', sealedToGroup: 'AA' }], records };
  }

  async append(author: Identity, group: string, category: RecordCategory, count = 1): Promise<string[]> {
    const key = randomUUID();
    const body = this.appendBody(author, key, group, category, count);
    applied(await this.act(author, 'appendRecords', body, { key }));
    return body.records.map(({ recordId }) => recordId);
  }

  open(who: Identity, recordIds: readonly string[], more: object = {}, options: ScenarioOptions = {}) {
    const records = recordIds.map((recordId) => ({ recordId, version: 1 }));
    const key = options.key ?? randomUUID();
    const body = { accessId: accessIdOf(this.origin(who, key)), purposeOfUse: 'TREAT', records, ...more };
    return this.act(who, 'openAccess', body, { ...options, key });
  }

  /** @param by who submits the grant */
  consentTo({ mspId, staffId }: Person, more: object = {}, by: Identity = this.identity) {
    const grantee: Grantee = { kind: 'person', mspId, id: staffId };
    const key = randomUUID();
    const consentId = consentIdOf(this.origin(by, key), grantee);
    this.keyOfConsent.set(consentId, key);
    return { consentId, grantee, decision: 'permit', level: 'read', wraps: [], ...more };
  }
}
