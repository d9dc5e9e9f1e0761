/** The client's stories about records: by REST and by the client's classes, at one hospital and across two. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Grantee, RecordCategory } from '@chain-of-care/chaincode/model';
import { openNetwork } from '@chain-of-care/network';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { changedGateway } from '../../system/changedGateway.ts';
import { largeNetwork } from '../../system/networks.ts';
import { home, World } from '../rest/world.fixture.ts';
import { ClientFace, refusalOf, RestFace, type CareFace } from './careFaces.fixture.ts';

const away = 'Hospital2MSP';
/** A day of an approval, so that one passes here. */
const dayMs = 20_000;
const categories: RecordCategory[] = ['prescription'];
let world: World;

beforeAll(async () => {
  await largeNetwork.start();
  const opened = await openNetwork({ name: largeNetwork.name });
  const change = { file: 'access-requests/request.js', from: 'dayMs = 24 * 3600_000', to: `dayMs = ${dayMs}` };
  for (const mspId of [home, away]) await opened.runGatewayWith(mspId, changedGateway([change]));
  world = new World(largeNetwork);
}, 400_000);

afterAll(() => largeNetwork.start(), 300_000);

interface Clinician {
  readonly mspId: string;
  readonly user: string;
  readonly department: string;
}
const ada: Clinician = { mspId: home, user: 'dr-ada', department: 'cardiology' };
const ben: Clinician = { mspId: home, user: 'dr-ben', department: 'emergency' };
const cleo: Clinician = { mspId: away, user: 'dr-cleo', department: 'oncology' };

const faces = { REST: RestFace, 'the client’s classes': ClientFace };
/** The patient is registered where the author works: only there it can be written into the chart. */
const places = {
  'at one hospital': { author: ada, reader: ben },
  'read at the second hospital': { author: ada, reader: cleo },
  'written at the second hospital': { author: cleo, reader: ben },
};
const cells = Object.entries(faces).flatMap(([by, Face]) =>
  Object.entries(places).map(([where, { author, reader }]) => ({ by, where, Face, author, reader })),
);

interface Story {
  readonly patientId: string;
  readonly patient: CareFace;
  readonly author: CareFace;
  readonly reader: CareFace;
  readonly readerId: string;
  readonly grantee: Grantee;
  /** What the reader needs of a patient of another hospital. */
  readonly referral?: object;
  /** Resolves when what was acknowledged at one hospital shows at the other. */
  readonly settled: () => Promise<void>;
}

describe.each(cells)('by $by, $where', ({ Face, author, reader }) => {
  const isAcross = author.mspId !== reader.mspId;
  const login = async (mspId: string, user: string): Promise<CareFace> =>
    new Face(await world.people.gateway(mspId), await world.people.token(mspId, user));

  async function begin(): Promise<Story> {
    const { id: patientId, subject, session, chart } = await world.patient(author.mspId);
    const readerId = await world.clinician(reader.mspId, reader.department);
    return {
      patientId,
      patient: await login(author.mspId, subject),
      author: await login(author.mspId, author.user),
      reader: await login(reader.mspId, reader.user),
      readerId,
      grantee: { kind: 'person', mspId: reader.mspId, id: readerId },
      ...(isAcross ? { referral: await session.read(`${chart}/referral`) } : {}),
      settled: async () => (isAcross ? largeNetwork.level() : undefined),
    };
  }
  const reading = ({ referral }: Story) => (referral === undefined ? {} : { referral });

  test('a prescription is stored, opened for an hour and two accesses, read until they run out; a revocation ends it', async () => {
    const story = await begin();
    const { patientId, patient, author: doctor, reader: colleague, grantee, settled } = story;
    const id = await doctor.store(patientId, 'Ramipril 5 mg');
    const prescription = [{ id, text: 'Ramipril 5 mg' }];
    const read = () => colleague.read(patientId, reading(story));
    expect(await refusalOf(read())).toBe('consent_missing');

    const expiresAt = new Date(Date.now() + 3600_000).toISOString();
    await patient.grant(patientId, { grantee, categories, purposes: ['TREAT'], expiresAt, maxAccesses: 2 });
    await settled();
    expect(await read()).toEqual(prescription);
    expect(await read()).toEqual(prescription);
    expect(await refusalOf(read())).toBe('consent_missing');

    const again = await patient.grant(patientId, { grantee, categories });
    await settled();
    expect(await read()).toEqual(prescription);
    await patient.revoke(again);
    expect(await refusalOf(read())).toBe('consent_missing');
  });

  test('a token for 24 hours opens once, to whom it names; one that is taken back opens nothing', async () => {
    const story = await begin();
    const { patientId, patient, author: doctor, reader: colleague, readerId, referral, settled } = story;
    const id = await doctor.store(patientId, 'Metformin 500 mg');
    const grantee = { mspId: reader.mspId, id: readerId };
    const wanted = { records: [{ id }], expiresInHours: 24, grantee };
    const [once, never] = [await patient.share(patientId, wanted), await patient.share(patientId, wanted)];
    await settled();
    expect(await colleague.redeem(once.secret, referral)).toEqual([{ id, text: 'Metformin 500 mg' }]);
    expect(await refusalOf(colleague.redeem(once.secret, referral))).toBe('token_ended');
    await patient.revokeToken(never.id);
    await settled();
    expect(await refusalOf(colleague.redeem(never.secret, referral))).toBe('token_ended');
  });

  test('a clinician asks, the patient chooses one record for a day, it is read, and the day ends', async () => {
    const story = await begin();
    const { patientId, patient, author: doctor, reader: colleague, settled } = story;
    const chosen = await doctor.store(patientId, 'first');
    await doctor.store(patientId, 'second');
    const wanted = { reason: 'transferred to us', categories, days: 7 };
    const requestId = await colleague.request(patientId, { ...wanted, ...reading(story) });
    await settled();
    const [inbox] = await patient.requests();
    expect(inbox).toMatchObject({ id: requestId, reason: wanted.reason, status: 'requested' });

    await patient.approve(requestId, { records: [chosen], days: 1 });
    const endsAt = Date.now() + dayMs;
    await settled();
    const own = (await colleague.requests()).find(({ id }) => id === requestId);
    expect(own).toMatchObject({ status: 'approved' });
    expect(await colleague.read(patientId, reading(story))).toEqual([{ id: chosen, text: 'first' }]);
    await delay(endsAt - Date.now());
    expect(await refusalOf(colleague.read(patientId, reading(story)))).toBe('consent_missing');
  });

  test('the patient sees who read and who was refused, by filter and as a file, and that nothing was altered', async () => {
    const story = await begin();
    const { patientId, patient, author: doctor, reader: colleague, readerId, grantee, settled } = story;
    const recordId = await doctor.store(patientId, 'Bisoprolol 2.5 mg');
    await refusalOf(colleague.read(patientId, reading(story)));
    await patient.grant(patientId, { grantee, categories });
    await settled();
    const from = new Date().toISOString();
    await colleague.read(patientId, { ...reading(story), recordIds: [recordId] });
    await doctor.read(patientId, { recordIds: [recordId] });
    await settled();

    const decisionsOf = async (filter: Parameters<CareFace['audit']>[1]) =>
      (await patient.audit(patientId, filter)).map(({ decision }) => decision);
    expect(await decisionsOf({})).toEqual(['permit', 'permit', 'deny']);
    expect(await decisionsOf({ accessor: readerId })).toEqual(['permit', 'deny']);
    expect(await decisionsOf({ accessor: readerId, from })).toEqual(['permit']);
    expect(await decisionsOf({ decision: 'deny', record: recordId })).toEqual(['deny']);
    expect(await decisionsOf({ basis: 'author' })).toEqual(['permit']);
    expect(await decisionsOf({ purpose: 'HPAYMT' })).toEqual([]);
    const [read] = await patient.audit(patientId, { accessor: readerId });
    expect(read).toMatchObject({ accessorOrg: reader.mspId, reason: 'as agreed', purposeOfUse: 'TREAT' });
    const lines = (await patient.auditFile(patientId, { type: 'access', accessor: readerId })).trimEnd().split('\r\n');
    expect(lines).toHaveLength(3);
    expect(await patient.integrity(patientId)).toMatchObject({ valid: true, brokenLinks: [], totalRecords: 1 });
  });

  const writes = isAcross
    ? 'writes nothing into the chart of a patient of the other hospital'
    : 'writes into the chart';
  test(`the reader ${writes}`, async () => {
    const { patientId, reader: colleague, patient } = await begin();
    const attempt = refusalOf(colleague.store(patientId, 'none'));
    expect(await attempt).toBe(isAcross ? 'patient_not_found' : 'it was not refused');
    expect(await patient.integrity(patientId)).toMatchObject({ valid: true, totalRecords: isAcross ? 0 : 1 });
  });
});
