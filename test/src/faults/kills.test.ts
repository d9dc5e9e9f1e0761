import { beforeAll, describe, expect, test } from '@jest/globals';
import { World, type RegisteredPatient } from '../e2e/rest/world.fixture.ts';
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
