import { beforeAll, describe, expect, test } from '@jest/globals';
import { World, home, newRecord, type RegisteredPatient } from '../e2e/rest/world.fixture.ts';
import { network } from '../system/networks.ts';
import { WriteLoad } from './load.fixture.ts';

const writes = 200;
const patientsUnderLoad = 10;
const world = new World(network);
let patients: RegisteredPatient[];

beforeAll(async () => {
  await network.start();
  patients = [];
  for (let index = 0; index < patientsUnderLoad; index += 1) patients.push(await world.patient());
}, 600_000);

/** The running chaincode server of the hospital: its name ends in the sequence. */
async function chaincodeServer(): Promise<string> {
  const { stdout } = await network.command('status', '--json');
  return /"(hospital-chaincode-\d+)"/.exec(stdout)![1]!;
}

describe(`SIGKILL in the middle of ${writes} concurrent writes`, () => {
  test.each([
    ['an orderer', async () => 'pharma-orderer'],
    ['the regulator’s peer', async () => 'regulator-peer'],
    ['the hospital’s peer', async () => 'hospital-peer'],
    ['a chaincode process', chaincodeServer],
    ['the gateway', async () => 'hospital-gateway'],
  ])(
    '%s: what was acknowledged is there once, the rest says whether to retry, start repairs',
    async (_what, nameOf) => {
      const name = await nameOf();
      const load = new WriteLoad(world, patients, writes);
      const before = await load.records();
      const report = await load.run(() => network.kill(name));
      expect(report.unclear).toEqual([]);
      if (name !== 'hospital-gateway') expect(report.unanswered).toBe(0);
      await network.start();
      await load.finish();
      expect(await load.audit()).toEqual([]);
      expect(await load.records()).toBe(before + writes);
    },
    600_000,
  );
});

describe('the regulator’s peer is down', () => {
  const downMs = process.env['TEST_LONG'] === '1' ? 600_000 : 10_000;

  test('charts open, revocations hold; record writes say that they cannot be made now', async () => {
    const [patient] = patients;
    const { chart, session } = patient!;
    const ada = await world.people.as(home, 'dr-ada');
    const ben = await world.people.as(home, 'dr-ben');
    const { records } = await ada.create<{ records: { id: string }[] }>(`${chart}/records`, newRecord());
    const asked = { purposeOfUse: 'TREAT', reason: 'ward round', records: [{ id: records[0]!.id }] };
    const grantee = { kind: 'person', mspId: home, id: await world.clinician(home, 'emergency') };
    const consent = await session.create<{ id: string }>(`${chart}/consents`, { grantee });
    await network.kill('regulator-peer');
    const until = Date.now() + downMs;
    do {
      const access = await ben.create<{ id: string }>(`${chart}/accesses`, asked);
      const content = await ben.get(`/v1/accesses/${access.id}/records/${records[0]!.id}/content`);
      expect(content.status).toBe(200);
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    } while (Date.now() < until);
    const write = await ada.post(`${chart}/records`, newRecord());
    expect([202, 503]).toContain(write.status);
    if (write.status === 503) expect(write.headers.get('retry-after')).not.toBeNull();
    await session.create(`/v1/consents/${consent.id}/revocation`);
    expect((await ben.post(`${chart}/accesses`, asked)).body).toMatchObject({ code: 'consent_missing' });
    await network.start();
    await ada.create(`${chart}/records`, newRecord());
  }, 900_000);
});
