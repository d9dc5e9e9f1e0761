/** Whom a consent may name, and what is inside and outside of it: each kind at the real gateway. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import { network } from '../../system/networks.ts';
import type { RestSession } from '../../system/rest.ts';
import { home, World, type RegisteredPatient } from './world.fixture.ts';

const world = new World(network);
let ben: RestSession;
let benId: string;

beforeAll(async () => {
  await network.start();
  ben = await world.people.as(home, 'dr-ben');
  benId = await world.clinician(home, 'emergency');
  // A consent to a role is sealed to a key that the hospital publishes for it.
  const admin = await world.people.as(home, 'admin');
  for (const group of ['role:clinician', 'role:nurse']) await admin.post('/v1/group-keys', { group, epoch: 0 });
}, 300_000);

async function asked({ chart }: RegisteredPatient, records: readonly string[]) {
  const body = { purposeOfUse: 'TREAT', reason: 'ward round', records: records.map((id) => ({ id })) };
  return ben.post<{ id: string; code?: string; withheld?: number }>(`${chart}/accesses`, body);
}

const granted = ({ chart, session }: RegisteredPatient, consent: object) =>
  session.create<{ id: string }>(`${chart}/consents`, consent);

describe('a consent', () => {
  const kinds: readonly (readonly [string, () => object, () => object])[] = [
    ['a person', () => ({ kind: 'person', mspId: home, id: benId }), () => ({ kind: 'person', mspId: home, id: '' })],
    [
      'a department',
      () => ({ kind: 'department', mspId: home, id: 'emergency' }),
      () => ({ kind: 'department', mspId: home, id: 'cardiology' }),
    ],
    [
      'a role',
      () => ({ kind: 'role', mspId: home, id: 'clinician' }),
      () => ({ kind: 'role', mspId: home, id: 'nurse' }),
    ],
    ['an organisation', () => ({ kind: 'organization', mspId: home }), () => ({})],
    ['the care team', () => ({ kind: 'care-team', mspId: home }), () => ({})],
    ['everyone', () => ({ kind: 'everyone' }), () => ({})],
  ];

  test.each(kinds)(
    'to %s opens to them, not to others, and a denial of the same wins over it',
    async (kind, to, toOther) => {
      const patient = await world.patient();
      const record = await world.append(patient);
      const { session, chart } = patient;
      if (kind === 'the care team') await session.create(`${chart}/care-team`, { member: { mspId: home, id: benId } });
      const [grantee, other] = [to(), toOther()];
      if (Object.keys(other).length > 0) {
        const id = 'id' in other && other.id === '' ? await world.clinician(home, 'cardiology') : undefined;
        await granted(patient, { grantee: { ...other, ...(id === undefined ? {} : { id }) } });
        expect((await asked(patient, [record])).body).toMatchObject({ code: 'consent_missing' });
      }
      await granted(patient, { grantee });
      const access = await asked(patient, [record]);
      expect(access.status).toBe(201);
      const content = await ben.get(`/v1/accesses/${access.body.id}/records/${record}/content`);
      expect(content.status).toBe(200);
      await granted(patient, { grantee, decision: 'deny' });
      expect((await asked(patient, [record])).body).toMatchObject({ code: 'consent_denied' });
    },
  );

  test('is beaten by the exception inside it: of a permission what it takes out, of a denial what it leaves', async () => {
    const patient = await world.patient();
    const [plain, excepted] = [
      await world.append(patient),
      await world.append(patient, { clinicalDate: '2024-05-01' }),
    ];
    const grantee = { kind: 'person', mspId: home, id: benId };
    const of2024 = { period: { start: '2024', end: '2024' } };
    const permission = await granted(patient, { grantee, categories: ['lab_result'], exceptions: [of2024] });
    const opens = async () =>
      [await asked(patient, [plain]), await asked(patient, [excepted])].map(({ status }) => status);
    expect(await opens()).toEqual([201, 403]);
    await patient.session.create(`/v1/consents/${permission.id}/revocation`);
    await granted(patient, { grantee, categories: ['lab_result'] });
    expect(await opens()).toEqual([201, 201]);
    await granted(patient, { grantee, decision: 'deny', categories: ['lab_result'], exceptions: [of2024] });
    expect(await opens()).toEqual([403, 201]);
  });
});
