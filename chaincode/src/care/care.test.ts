import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { applied, identityOf, Scenario, type Identity } from '../ledger/scenario.fixture.ts';
import { keyPairsAtRegistration, type Grantee, type RecordFact, type RecordCategory } from '../model/index.ts';
import { accessIdOf, brokenLinks, consentIdOf, patientIdOf, recordIdOf } from '../rules/index.ts';

const publicKey = 'A'.repeat(1622);
const handle = randomBytes(16).toString('hex');
const home = 'HospitalMSP';
const patientId = patientIdOf(home, handle);

interface Person extends Identity {
  readonly staffId: string;
}

describe('the care chain', () => {
  let scenario: Scenario;
  let registrar: Person;
  let cardiologist: Person;
  let emergency: Person;
  let cleo: Person;
  let inspector: Person;
  let zoe: Identity;
  /** By staffId. */
  let licenceOf: Map<string, string>;

  async function person(administrator: Identity, role: string, department?: string): Promise<Person> {
    const identity = await identityOf(administrator.mspId);
    const staffId = randomUUID();
    applied(
      await scenario.submit(administrator, 'registry.registerStaff', {
        staffId,
        deviceKey: identity.deviceKey,
        role,
        ...(department === undefined ? {} : { department }),
      }),
    );
    return { ...identity, staffId };
  }

  async function administratorOf(mspId: string): Promise<Identity> {
    const administrator = await identityOf(mspId);
    const body = { staffId: randomUUID(), deviceKey: administrator.deviceKey, role: 'administrator' };
    applied(await scenario.submit(await identityOf(mspId, 'admin'), 'registry.registerStaff', body));
    return administrator;
  }

  /** By the id that follows from it. */
  const keyOfConsent = new Map<string, string>();
  const originOf = ({ deviceKey }: Identity, key: string, under = handle) => ({
    commandKey: createHash('sha256').update(key).digest('hex'),
    deviceKey,
    handle: under,
  });
  const care = (identity: Identity, verb: string, body: object, givenKey?: string, endorser?: string) => {
    const { consentId } = body as { consentId?: string };
    const ofConsent = verb === 'grantConsent' ? keyOfConsent.get(consentId!) : undefined;
    const key = givenKey ?? ofConsent ?? randomUUID();
    const accessId = verb === 'openAccess' ? { accessId: accessIdOf(originOf(identity, key)) } : {};
    const whole = { patientId, home, ...accessId, ...body };
    return scenario.submit(identity, `care.${verb}`, whole, {
      handle,
      key,
      ...(endorser === undefined ? {} : { endorser }),
    });
  };

  async function append(author: Person, group: string, category: RecordCategory, count = 1): Promise<string[]> {
    const { key, body, recordIds } = appendOf(author, group, category, count);
    applied(await care(author, 'appendRecords', body, key));
    return recordIds;
  }

  /** @param earlier a batch that is on the ledger, to be named instead of bringing one */
  function appendOf(author: Person, group: string, category: RecordCategory, count: number, earlier?: string) {
    const key = randomUUID();
    const batchId = earlier ?? randomUUID();
    const batch = {
      batchId,
      category,
      confidentiality: 'N',
      epoch: 0,
      sealedToCategory: 'AA',
      authorGroup: group,
      groupEpoch: 0,
      sealedToGroup: 'AA',
    };
    const records = Array.from({ length: count }, (_, index) => ({
      recordId: recordIdOf(originOf(author, key), index),
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
    const batches = earlier === undefined ? [batch] : [];
    return { key, batchId, body: { batches, records }, recordIds: records.map(({ recordId }) => recordId) };
  }

  function consent(grantee: Grantee, more: object = {}) {
    const key = randomUUID();
    const consentId = consentIdOf(originOf(zoe, key), grantee);
    keyOfConsent.set(consentId, key);
    return { consentId, grantee, decision: 'permit', level: 'read', wraps: [], ...more };
  }
  const toPerson = ({ mspId, staffId }: Person): Grantee => ({ kind: 'person', mspId, id: staffId });
  const open = (who: Identity, recordIds: string[], more: object = {}, endorser?: string) =>
    care(
      who,
      'openAccess',
      {
        purposeOfUse: 'TREAT',
        records: recordIds.map((recordId) => ({ recordId, version: 1 })),
        ...more,
      },
      undefined,
      endorser,
    );

  /** Of these records, those that are served now to staff of the home hospital under the access. */
  async function served(who: Identity, accessId: string, recordIds: readonly string[]): Promise<string[]> {
    const records = recordIds.map((recordId) => ({ recordId, version: 1 }));
    const body = { patientId, home, accessId, accessorOrg: home, records };
    const { permitted } = (await scenario.query(who, 'care.checkAccess', body, { handle })) as {
      permitted: { recordId: string }[];
    };
    return permitted.map(({ recordId }) => recordId);
  }

  beforeEach(async () => {
    scenario = new Scenario();
    const regulator = await administratorOf('RegulatorMSP');
    inspector = await person(regulator, 'inspector');
    const administrator = await administratorOf(home);
    const administrator2 = await administratorOf('Hospital2MSP');
    registrar = await person(administrator, 'registrar');
    cardiologist = await person(administrator, 'clinician', 'cardiology');
    emergency = await person(administrator, 'clinician', 'emergency');
    cleo = await person(administrator2, 'clinician', 'neurology');
    licenceOf = new Map([cardiologist, emergency, cleo].map(({ staffId }) => [staffId, randomUUID()]));
    for (const [staffId, licenceId] of licenceOf)
      applied(
        await scenario.submit(inspector, 'registry.grantLicence', {
          licenceId,
          kind: 'professional',
          staffId,
          validFrom: '2026-01-01T00:00:00Z',
          validUntil: '2027-01-01T00:00:00Z',
        }),
      );
    zoe = await identityOf(home);
    applied(
      await scenario.submit(
        registrar,
        'care.registerPatient',
        {
          patientId,
          didDocument: '{"id":"did:key:z"}',
          deviceKeys: [zoe.deviceKey],
          categoryKeys: keyPairsAtRegistration.map((pair) => ({ ...pair, publicKey })),
        },
        { handle },
      ),
    );
  });

  test('every care fact lies in a private collection with a salt, and no key shows an id', async () => {
    const [recordId] = await append(cardiologist, 'cardiology', 'lab_result');
    await open(zoe, [recordId!]);
    for (const [address, value] of scenario.ledger.values) {
      expect(address.startsWith('\u0001')).toBe(false);
      expect(JSON.parse(value)).toHaveProperty('salt');
      expect(address).not.toContain(patientId);
      expect(address).not.toContain(recordId!);
    }
  });

  test('a patient is named by id and handle that belong together', async () => {
    const outcome = await scenario.submit(
      zoe,
      'care.openAccess',
      { patientId, home, accessId: randomUUID(), purposeOfUse: 'PATRQT', categories: ['lab_result'] },
      { handle: 'f'.repeat(32) },
    );
    expect(outcome).toMatchObject({ code: 'handle_mismatch', httpStatus: 403 });
  });

  test('records form one hash chain that recomputes', async () => {
    const ids = [
      ...(await append(cardiologist, 'cardiology', 'lab_result', 3)),
      ...(await append(emergency, 'emergency', 'vitals')),
    ];
    const answer = (await scenario.query(
      cardiologist,
      'care.readRecords',
      { patientId, home, records: ids.map((recordId) => ({ recordId, version: 1 })) },
      { handle },
    )) as { head: { length: number; hash: string }; records: RecordFact[] };
    expect(answer.head.length).toBe(4);
    expect(brokenLinks(answer.records, answer.head)).toEqual([]);
    const forged = answer.records.map((fact, index) => (index === 1 ? { ...fact, cid: `b${'c'.repeat(58)}` } : fact));
    expect(brokenLinks(forged, answer.head)).toMatchObject([{ sequence: 2, reason: 'hash' }]);
    expect(brokenLinks(answer.records.slice(0, 3), answer.head)).toEqual([{ sequence: 4, reason: 'missing' }]);
    expect(brokenLinks([answer.records[0]!, ...answer.records.slice(2)], answer.head)).toMatchObject([
      { sequence: 2, reason: 'missing' },
      { sequence: 3, reason: 'previous_hash' },
    ]);
  });

  test('of a record version that the ledger does not have the proof says so, beside those that it has', async () => {
    const [recordId] = await append(cardiologist, 'cardiology', 'lab_result');
    const records = [1, 9].map((version) => ({ recordId, version }));
    const asked = { patientId, home, records };
    const answer = await scenario.query(cardiologist, 'care.readRecords', asked, { handle });
    expect(answer).toMatchObject({ head: { length: 1 }, records: [{ recordId, version: 1 }, null] });
  });

  test('the authoring department and the patient read without consent, others do not, and the refusal is a fact', async () => {
    const ids = await append(cardiologist, 'cardiology', 'lab_result');
    expect(applied(await open(cardiologist, ids))).toMatchObject({ basis: [{ kind: 'author' }] });
    expect(applied(await open(zoe, ids, { purposeOfUse: 'PATRQT' }))).toMatchObject({ basis: [{ kind: 'self' }] });
    const refused = await open(emergency, ids);
    expect(refused).toMatchObject({ status: 'refused', code: 'consent_missing', httpStatus: 403 });
    const written = [...scenario.ledger.values.values()].filter((value) => value.includes('"t":"access"'));
    expect(written.map((value) => JSON.parse(value).decision as string).sort()).toEqual(['deny', 'permit', 'permit']);
  });

  test('a consent permits at once, within its category, and a revocation ends it at once', async () => {
    const ids = await append(cardiologist, 'cardiology', 'lab_result');
    const other = await append(cardiologist, 'cardiology', 'diagnosis');
    const granted = consent(toPerson(emergency), { categories: ['lab_result'] });
    applied(await care(zoe, 'grantConsent', granted));
    const access = applied(await open(emergency, ids)) as { accessId: string };
    expect(access).toMatchObject({ decision: 'permit', basis: [{ kind: 'consent', consentId: granted.consentId }] });
    expect(await open(emergency, other)).toMatchObject({ code: 'consent_missing' });
    const check = () =>
      scenario.query(
        emergency,
        'care.checkAccess',
        { patientId, home, accessId: access.accessId, accessorOrg: home, records: [{ recordId: ids[0], version: 1 }] },
        { handle },
      );
    expect(await check()).toMatchObject({ permitted: [{ recordId: ids[0] }] });
    applied(await care(zoe, 'revokeConsent', { consentId: granted.consentId, grantee: granted.grantee }));
    expect(await check()).toMatchObject({ permitted: [] });
    expect(await open(emergency, ids)).toMatchObject({ code: 'consent_missing' });
  });

  test('a record may name an earlier batch of its patient and its author’s department, and no other', async () => {
    const first = appendOf(cardiologist, 'cardiology', 'lab_result', 1);
    applied(await care(cardiologist, 'appendRecords', first.body, first.key));
    const again = appendOf(cardiologist, 'cardiology', 'lab_result', 1, first.batchId);
    applied(await care(cardiologist, 'appendRecords', again.body, again.key));
    const unknown = appendOf(cardiologist, 'cardiology', 'lab_result', 1, randomUUID());
    const foreign = appendOf(emergency, 'emergency', 'lab_result', 1, first.batchId);
    const elsewhere = appendOf(cardiologist, 'cardiology', 'vitals', 1, first.batchId);
    const refusals = [
      await care(cardiologist, 'appendRecords', unknown.body, unknown.key),
      await care(emergency, 'appendRecords', foreign.body, foreign.key),
      await care(cardiologist, 'appendRecords', elsewhere.body, elsewhere.key),
    ];
    expect(refusals).toMatchObject([
      { code: 'validation_failed', pointer: '/records/0/batchId' },
      { code: 'validation_failed', pointer: '/records/0/batchId' },
      { code: 'validation_failed', pointer: '/records/0/category' },
    ]);
  });

  test('twenty appends in one transaction take as many messages to the peer as one', async () => {
    const commands = (count: number) =>
      Array.from({ length: count }, () => {
        const { key, body } = appendOf(cardiologist, 'cardiology', 'lab_result', 1);
        return scenario.command('care.appendRecords', { patientId, home, ...body }, { handle, key });
      });
    const one = await scenario.endorse(cardiologist, commands(1));
    const twenty = await scenario.endorse(cardiologist, commands(20));
    expect(twenty.outcome.outcomes.every(({ status }) => status === 'applied')).toBe(true);
    expect(one.simulation.messages).toBeLessThanOrEqual(5);
    expect(twenty.simulation.messages).toBe(one.simulation.messages);
  });

  test('a revocation writes only to the collection for which one endorser suffices', async () => {
    const granted = consent(toPerson(emergency));
    applied(await care(zoe, 'grantConsent', granted));
    const { simulation } = await scenario.endorse(zoe, [
      scenario.command(
        'care.revokeConsent',
        { patientId, home, consentId: granted.consentId, grantee: granted.grantee },
        { handle },
      ),
    ]);
    expect([...simulation.writes.values()].map(({ collection }) => collection)).toEqual([
      'access_HospitalMSP',
      'access_HospitalMSP',
    ]);
  });

  test('a key is wrapped only under a grant key of the same consent that is sealed to the same recipient', async () => {
    const grantKey = { keyId: randomUUID(), recipient: emergency.staffId, sealed: 'AA' };
    const wrap = {
      wrapId: randomUUID(),
      kind: 'seed',
      category: 'lab_result',
      confidentiality: 'N',
      epoch: 0,
      recipient: emergency.staffId,
      sealed: 'AA',
    };
    const grantOf = (keyId: string, recipient = emergency.staffId) =>
      consent(toPerson(emergency), { grantKeys: [grantKey], wraps: [{ ...wrap, keyId, recipient }] });
    const granted = grantOf(grantKey.keyId);
    applied(await care(zoe, 'grantConsent', granted));
    const refused = { code: 'validation_failed', pointer: '/wraps/0/keyId' };
    expect(await care(zoe, 'grantConsent', grantOf(randomUUID()))).toMatchObject(refused);
    expect(await care(zoe, 'grantConsent', grantOf(grantKey.keyId, cleo.staffId))).toMatchObject(refused);
    const other = consent(toPerson(emergency));
    applied(await care(zoe, 'grantConsent', other));
    const more = { wraps: [{ ...wrap, wrapId: randomUUID(), keyId: grantKey.keyId }] };
    expect(await care(zoe, 'addWraps', { consentId: other.consentId, ...more })).toMatchObject(refused);
    applied(await care(zoe, 'addWraps', { consentId: granted.consentId, ...more }));
  });

  test('a concurrent revocation invalidates an access in flight', async () => {
    const ids = await append(cardiologist, 'cardiology', 'lab_result');
    const granted = consent(toPerson(emergency));
    applied(await care(zoe, 'grantConsent', granted));
    const records = [{ recordId: ids[0], version: 1 }];
    const accessId = accessIdOf(originOf(emergency, 'in flight'));
    const inFlight = await scenario.endorse(emergency, [
      scenario.command(
        'care.openAccess',
        { patientId, home, accessId, purposeOfUse: 'TREAT', records },
        { handle, key: 'in flight' },
      ),
    ]);
    applied(await care(zoe, 'revokeConsent', { consentId: granted.consentId, grantee: granted.grantee }));
    expect(scenario.ledger.commit(inFlight.simulation)).toBe('MVCC_READ_CONFLICT');
  });

  test('only the patient grants and revokes', async () => {
    expect(await care(cardiologist, 'grantConsent', consent(toPerson(emergency)))).toMatchObject({
      code: 'not_own_patient',
    });
  });

  test('an access is served for 15 minutes', async () => {
    const ids = await append(cardiologist, 'cardiology', 'lab_result');
    const { accessId } = applied(await open(cardiologist, ids)) as { accessId: string };
    const body = { patientId, home, accessId, accessorOrg: home, records: [{ recordId: ids[0], version: 1 }] };
    const check = () => scenario.query(cardiologist, 'care.checkAccess', body, { handle });
    scenario.now += 15 * 60_000 - 1;
    await expect(check()).resolves.toMatchObject({ permitted: [{ recordId: ids[0] }] });
    scenario.now += 1;
    await expect(check()).rejects.toMatchObject({ code: 'access_expired' });
  });

  test('a counted consent answers counted_basis, then counts, and the last access is the last', async () => {
    const ids = await append(cardiologist, 'cardiology', 'lab_result');
    applied(await care(zoe, 'grantConsent', consent(toPerson(emergency), { maxAccesses: 2 })));
    expect(await open(emergency, ids)).toMatchObject({ code: 'counted_basis', httpStatus: 409 });
    applied(await open(emergency, ids, { counted: true }));
    applied(await open(emergency, ids, { counted: true }));
    expect(await open(emergency, ids, { counted: true })).toMatchObject({ code: 'consent_missing' });
  });

  test('an access that rests on an uncounted basis too still pays for what only a counted consent permits', async () => {
    const counted = await append(cardiologist, 'cardiology', 'lab_result');
    const own = await append(emergency, 'emergency', 'vitals');
    applied(await care(zoe, 'grantConsent', consent(toPerson(emergency), { maxAccesses: 1 })));
    expect(await open(emergency, [...own, ...counted])).toMatchObject({ code: 'counted_basis' });
    const both = applied(await open(emergency, [...own, ...counted], { counted: true }));
    expect(both).toMatchObject({ decision: 'permit', withheld: 0 });
    const { accessId } = both as { accessId: string };
    expect(await served(emergency, accessId, [...own, ...counted])).toEqual([...own, ...counted]);
    const spent = applied(await open(emergency, [...own, ...counted], { counted: true }));
    expect(spent).toMatchObject({ decision: 'permit', withheld: 1, basis: [{ kind: 'author' }] });
    expect(await served(emergency, (spent as { accessId: string }).accessId, [...own, ...counted])).toEqual(own);
  });

  test('under an access to a category nothing is served on a counted consent that it did not count', async () => {
    const free = await append(cardiologist, 'cardiology', 'lab_result');
    const counted = await append(cardiologist, 'cardiology', 'lab_result');
    applied(await care(zoe, 'grantConsent', consent(toPerson(emergency), { recordIds: free })));
    applied(await care(zoe, 'grantConsent', consent(toPerson(emergency), { maxAccesses: 1, recordIds: counted })));
    const { accessId } = applied(
      await care(emergency, 'openAccess', {
        purposeOfUse: 'TREAT',
        categories: ['lab_result'],
      }),
    ) as { accessId: string };
    expect(await served(emergency, accessId, [...free, ...counted])).toEqual(free);
  });

  test('another hospital is served nothing under the access of a third', async () => {
    applied(await care(zoe, 'grantConsent', consent(toPerson(cleo), { categories: ['lab_result'] })));
    const ids = await append(cardiologist, 'cardiology', 'lab_result');
    const { accessId } = applied(await open(cleo, ids)) as { accessId: string };
    const body = { patientId, home, accessId, records: [{ recordId: ids[0], version: 1 }] };
    const check = (accessorOrg: string) =>
      scenario.query(cardiologist, 'care.checkAccess', { ...body, accessorOrg }, { handle });
    await expect(check('Hospital2MSP')).resolves.toMatchObject({ permitted: [{ recordId: ids[0] }] });
    await expect(check('Hospital3MSP')).rejects.toMatchObject({ code: 'access_not_permitted' });
  });

  test('a licence that is suspended, or a person who is, ends accesses that run', async () => {
    const ids = await append(cardiologist, 'cardiology', 'lab_result');
    const { accessId } = applied(await open(cardiologist, ids)) as { accessId: string };
    expect(await served(cardiologist, accessId, ids)).toEqual(ids);
    const licence = { licenceId: licenceOf.get(cardiologist.staffId), staffId: cardiologist.staffId };
    applied(await scenario.submit(inspector, 'registry.changeLicence', { ...licence, change: 'suspend' }));
    await expect(served(cardiologist, accessId, ids)).rejects.toMatchObject({ code: 'licence_suspended' });
  });

  test('a person of another hospital is decided from exchange_H alone, before and after the grant', async () => {
    const before = await append(cardiologist, 'cardiology', 'lab_result');
    applied(await care(zoe, 'grantConsent', consent(toPerson(cleo), { categories: ['lab_result'] })));
    expect(await open(cleo, before)).toMatchObject({ code: 'record_not_found' });
    applied(await care(zoe, 'mirrorRecords', { records: before.map((recordId) => ({ recordId, version: 1 })) }));
    const after = await append(cardiologist, 'cardiology', 'lab_result');
    expect(applied(await open(cleo, [...before, ...after]))).toMatchObject({ decision: 'permit', withheld: 0 });
    const unopened = await append(cardiologist, 'cardiology', 'diagnosis');
    expect(await open(cleo, unopened)).toMatchObject({ code: 'record_not_found' });
  });

  test('a consent to records opens them to other hospitals, with their later versions, and nothing else', async () => {
    const [shared, other, second] = await append(cardiologist, 'cardiology', 'lab_result', 3);
    applied(await care(zoe, 'grantConsent', consent(toPerson(cleo), { recordIds: [second, shared] })));
    const mirror = (recordId: string) => care(zoe, 'mirrorRecords', { records: [{ recordId, version: 1 }] });
    expect(await mirror(other!)).toMatchObject({ code: 'consent_missing' });
    applied(await mirror(shared!));
    applied(await mirror(second!));
    const openVersion = (recordId: string, version: number) => open(cleo, [], { records: [{ recordId, version }] });
    expect(applied(await openVersion(shared!, 1))).toMatchObject({ decision: 'permit' });

    const { body } = appendOf(cardiologist, 'cardiology', 'lab_result', 2);
    const versions = [shared, other].map((recordId, index) => ({ ...body.records[index]!, recordId, version: 2 }));
    applied(await care(cardiologist, 'appendRecords', { ...body, records: versions }));
    const [later] = await append(cardiologist, 'cardiology', 'lab_result');
    expect(applied(await openVersion(shared!, 2))).toMatchObject({ decision: 'permit' });
    for (const [recordId, version] of [
      [other!, 2],
      [later!, 1],
    ] as const)
      expect(await openVersion(recordId, version)).toMatchObject({ code: 'record_not_found' });

    const withdraw = (recordId: string) =>
      care(cardiologist, 'withdrawRecord', { recordId, version: 3, withdrawn: 'entered-in-error' });
    applied(await withdraw(other!));
    applied(await withdraw(shared!));
    expect(await openVersion(other!, 3)).toMatchObject({ code: 'record_not_found' });
    expect(await openVersion(shared!, 2)).toMatchObject({ code: 'entered_in_error' });
  });

  test('an amendment continues the newest version, once', async () => {
    const [recordId] = await append(cardiologist, 'cardiology', 'lab_result');
    const amend = (version: number) => {
      const batchId = randomUUID();
      return care(cardiologist, 'appendRecords', {
        batches: [
          {
            batchId,
            category: 'lab_result',
            confidentiality: 'N',
            epoch: 0,
            sealedToCategory: 'AA',
            authorGroup: 'cardiology',
            groupEpoch: 0,
            sealedToGroup: 'AA',
          },
        ],
        records: [
          {
            recordId,
            version,
            batchId,
            category: 'lab_result',
            clinicalDate: '2025',
            cid: `b${'a'.repeat(58)}`,
            sha256: 'a'.repeat(64),
            size: 1,
            wrappedKey: 'AA',
            sealed: 'AA',
          },
        ],
      });
    };
    applied(await amend(2));
    expect(await amend(2)).toMatchObject({ code: 'version_conflict' });
    expect(await amend(4)).toMatchObject({ code: 'record_not_found' });
    expect(await amend(1)).toMatchObject({ code: 'validation_failed', pointer: '/records/0/recordId' });
  });

  test('a withdrawn record is read by its authors and the patient, by others no more, whatever version they ask for', async () => {
    const [recordId] = await append(cardiologist, 'cardiology', 'lab_result');
    applied(await care(zoe, 'grantConsent', consent(toPerson(emergency), { categories: ['lab_result'] })));
    const { accessId } = applied(await open(emergency, [recordId!])) as { accessId: string };
    const withdraw = (who: Identity, version: number, withdrawn = 'entered-in-error') =>
      care(who, 'withdrawRecord', { recordId, version, withdrawn });
    expect(await withdraw(zoe, 2)).toMatchObject({ code: 'unknown_identity' });
    expect(await withdraw(cardiologist, 3)).toMatchObject({ code: 'record_not_found' });
    const { length } = applied(await withdraw(cardiologist, 2)) as { length: number };
    expect(length).toBe(2);
    expect(await withdraw(cardiologist, 2)).toMatchObject({ code: 'version_conflict' });
    expect(await withdraw(cardiologist, 3)).toMatchObject({ code: 'entered_in_error' });
    expect(await served(emergency, accessId, [recordId!])).toEqual([]);
    expect(await open(emergency, [recordId!])).toMatchObject({ code: 'entered_in_error', httpStatus: 410 });
    applied(await open(cardiologist, [recordId!]));
    applied(await open(zoe, [recordId!], { purposeOfUse: 'PATRQT' }));
    const records = [1, 2].map((version) => ({ recordId, version }));
    const answer = (await scenario.query(
      cardiologist,
      'care.readRecords',
      { patientId, home, records },
      { handle },
    )) as { head: { length: number; hash: string }; records: RecordFact[] };
    expect(brokenLinks(answer.records, answer.head)).toEqual([]);
    const unsaid = answer.records.map((fact) => ({ ...fact, withdrawn: undefined }) as unknown as RecordFact);
    expect(brokenLinks(unsaid, answer.head)).toMatchObject([{ sequence: 2, reason: 'hash' }]);
  });

  test('what was recorded in the wrong chart is shown to its authors alone, not to that chart’s patient', async () => {
    const [recordId] = await append(cardiologist, 'cardiology', 'lab_result');
    applied(await care(cardiologist, 'withdrawRecord', { recordId, version: 2, withdrawn: 'wrong-patient' }));
    expect(await open(zoe, [recordId!], { purposeOfUse: 'PATRQT' })).toMatchObject({ code: 'entered_in_error' });
    applied(await open(cardiologist, [recordId!]));
  });

  test('a withdrawal reaches the other hospitals to which the category is opened', async () => {
    applied(await care(zoe, 'grantConsent', consent(toPerson(cleo), { categories: ['lab_result'] })));
    const [recordId] = await append(cardiologist, 'cardiology', 'lab_result');
    applied(await open(cleo, [recordId!]));
    applied(await care(cardiologist, 'withdrawRecord', { recordId, version: 2, withdrawn: 'entered-in-error' }));
    expect(await open(cleo, [recordId!])).toMatchObject({ code: 'entered_in_error' });
  });

  test('of two devices that amend or withdraw at once, one wins and the other is told', async () => {
    const [recordId] = await append(cardiologist, 'cardiology', 'lab_result');
    const command = (withdrawn: string) =>
      scenario.command('care.withdrawRecord', { patientId, home, recordId, version: 2, withdrawn }, { handle });
    const [one, two] = [
      await scenario.endorse(cardiologist, [command('entered-in-error')]),
      await scenario.endorse(cardiologist, [command('wrong-patient')]),
    ];
    expect(scenario.ledger.commit(one.simulation)).toBe('VALID');
    expect(scenario.ledger.commit(two.simulation)).toBe('MVCC_READ_CONFLICT');
    const again = await scenario.endorse(cardiologist, [command('wrong-patient')]);
    expect(again.outcome.outcomes).toMatchObject([{ code: 'version_conflict', httpStatus: 409 }]);
  });

  test('a suspended professional licence ends writing and opening', async () => {
    const nurse = await person(await administratorOf(home), 'nurse', 'cardiology');
    const ids = await append(cardiologist, 'cardiology', 'lab_result');
    expect(await open(nurse, ids)).toMatchObject({ code: 'licence_required' });
  });
});
