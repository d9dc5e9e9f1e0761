/** A clinician of the second hospital finds a patient by a short code and reads; what the patient sees of it at home. */
import { Patients } from '@chain-of-care/client';
import { beforeAll, expect, test } from '@jest/globals';
import { all } from '../../demo/careStory.ts';
import { largeNetwork } from '../../system/networks.ts';
import { home, newRecord, World } from '../rest/world.fixture.ts';

const world = new World(largeNetwork);
const away = 'Hospital2MSP';

const patientsAs = async (mspId: string, user: string): Promise<Patients> =>
  new Patients(await world.people.client(mspId, user));

beforeAll(() => largeNetwork.start(), 400_000);

test('a short code from home is redeemed away, once; the read there leaves a receipt and its origin for the patient', async () => {
  const patient = await world.patient();
  const ada = await world.people.as(home, 'dr-ada');
  const { records } = await ada.create<{ records: { id: string }[] }>(`${patient.chart}/records`, newRecord('sent on'));
  const recordId = records[0]!.id;
  const cleoId = await world.clinician(away, 'oncology');
  const grantee = { kind: 'person', mspId: away, id: cleoId };
  await patient.session.create(`${patient.chart}/consents`, { grantee, categories: ['lab_result'] });

  const { code } = await (await patientsAs(home, patient.subject)).referralCode(patient.id);
  const elsewhere = await patientsAs(away, 'dr-cleo');
  expect(await elsewhere.redeem(code)).toEqual({ patientId: patient.id, home });
  await expect(elsewhere.redeem(code)).rejects.toMatchObject({ code: 'not_found' });

  await largeNetwork.level();
  const cleo = await world.people.as(away, 'dr-cleo');
  const asked = { purposeOfUse: 'TREAT', reason: 'referred to us', categories: ['lab_result'] };
  const access = await cleo.create<{ id: string }>(`${patient.chart}/accesses`, asked);
  const content = await cleo.get(`/v1/accesses/${access.id}/records/${recordId}/content`);
  expect([content.status, Buffer.from(content.bytes).toString('utf8')]).toEqual([200, 'sent on']);

  await largeNetwork.level();
  expect(await all(patient.session, `${patient.chart}/read-receipts`)).toMatchObject([
    { accessId: access.id, recordId, accessorId: cleoId, accessorOrg: away },
  ]);
  const event = await patient.session.read(`${patient.chart}/audit-events/${access.id}`);
  expect(event).toMatchObject({
    reason: 'referred to us',
    accessorOrg: away,
    origin: { address: expect.any(String), place: { organization: away, department: 'oncology' } },
  });
  const [listed] = await all(patient.session, `${patient.chart}/audit-events?type=access&accessor=${cleoId}`);
  expect(listed).not.toHaveProperty('origin');
});
