import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { all } from '../../demo/careStory.ts';
import { changedChaincode, type ChangedChaincode } from '../../system/changedChaincode.ts';
import { network } from '../../system/networks.ts';
import { home, newRecord, World } from './world.fixture.ts';

const world = new World(network);

beforeAll(() => network.start(), 300_000);

interface Chart {
  readonly records: readonly unknown[];
  readonly consents: unknown;
  readonly audit: readonly unknown[];
}

/** What must not change: the patient's records, consents and audit as the patient sees them. */
async function chartOf(world_: World, chart: string, subject: string): Promise<Chart> {
  const session = await new World(world_.network).people.as(home, subject);
  return {
    records: await all(session, `${chart}/records`),
    consents: await session.read(`${chart}/consents`),
    audit: await all(session, `${chart}/audit-events`),
  };
}

/** Nothing is lost or changed; the audit also tells of the start itself, which looks the seeded patients up. */
const kept = ({ records, consents, audit }: Chart): unknown => ({
  records: expect.arrayContaining([...records]),
  consents,
  audit: expect.arrayContaining([...audit]),
});

describe('a consortium that stops and starts', () => {
  let chart: string;
  let before: Chart;

  beforeAll(async () => {
    const zoe = await world.people.as(home, 'patient-zoe');
    const registrar = await world.people.as(home, 'registrar');
    const found = await registrar.read<{ items: { id: string }[] }>(
      `/v1/patients?identifier=${encodeURIComponent('urn:chain-of-care:example|zoe-0001')}`,
    );
    chart = `/v1/patients/${found.items[0]!.id}`;
    const ada = await world.people.as(home, 'dr-ada');
    const { records } = await ada.create<{ records: { id: string }[] }>(`${chart}/records`, newRecord());
    const grantee = { kind: 'person', mspId: home, id: await world.clinician(home, 'emergency') };
    await zoe.create(`${chart}/consents`, { grantee, categories: ['lab_result'] });
    const ben = await world.people.as(home, 'dr-ben');
    await ben.create(`${chart}/accesses`, {
      purposeOfUse: 'TREAT',
      reason: 'night shift',
      records: [{ id: records[0]!.id }],
    });
    before = await chartOf(world, chart, 'patient-zoe');
  });

  test('start on a running one says so quickly and changes nothing', async () => {
    const begun = performance.now();
    expect(await network.start()).toContain('runs already');
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  test('a read model made anew from block 0 has the same rows', async () => {
    const { status, stdout, stderr } = await network.command('rebuild', 'hospital');
    expect([status, status === 0 ? '' : stdout + stderr]).toEqual([0, '']);
    await network.start();
    expect(await chartOf(world, chart, 'patient-zoe')).toEqual(kept(before));
  }, 300_000);

  test('stop and start keep all state', async () => {
    await network.stop();
    await network.start();
    expect(await chartOf(world, chart, 'patient-zoe')).toEqual(kept(before));
    const ada = await new World(network).people.as(home, 'dr-ada');
    await ada.create(`${chart}/records`, newRecord());
  }, 300_000);

  describe('with a changed chaincode', () => {
    const rule = ['the licence is', 'by the changed rule the licence is'] as const;
    let chaincode: ChangedChaincode;

    beforeAll(async () => {
      chaincode = await changedChaincode({ file: 'rules/licences.js', from: rule[0], to: rule[1] });
    });
    afterAll(() => chaincode.remove());

    interface Deployed {
      readonly sequence: number;
      readonly digest: string;
    }

    const deployed = async (): Promise<Deployed> =>
      (JSON.parse((await network.command('status', '--json')).stdout) as { chaincode: Deployed }).chaincode;

    /** What the chaincode says of reinstating a licence that is active. */
    async function said(): Promise<unknown> {
      const inspector = await new World(network).people.as('RegulatorMSP', 'inspector');
      const { items } = await inspector.read<{ items: { licenceId: string; status: string }[] }>('/v1/licences');
      const { licenceId } = items.find(({ status }) => status === 'active')!;
      return (await inspector.post(`/v1/licences/${licenceId}/reinstatement`)).body['detail'];
    }

    /** Starts while records are written, one after the other. @returns how many were */
    async function startUnderWrites(): Promise<number> {
      const ada = await new World(network).people.as(home, 'dr-ada');
      const started = new AbortController();
      const start = network.start().finally(() => started.abort());
      let written = 0;
      for (; !started.signal.aborted; written += 1) await ada.create(`${chart}/records`, newRecord());
      await start;
      return written;
    }

    test.each([
      ['start deploys it as the next sequence: writes go on, old data is read, the changed rule holds', true],
      ['start deploys the former one in the same way', false],
    ])(
      '%s',
      async (_rule, changed) => {
        before = await chartOf(world, chart, 'patient-zoe');
        const former = await deployed();
        expect(await said()).toBe(`${rule[changed ? 0 : 1]} active`);
        chaincode.choose(changed);
        const written = await startUnderWrites();
        const now = await deployed();
        expect(now.sequence).toBe(former.sequence + 1);
        expect(now.digest).not.toBe(former.digest);
        expect(await said()).toBe(`${rule[changed ? 1 : 0]} active`);
        expect(written).toBeGreaterThan(0);
        const after = await chartOf(world, chart, 'patient-zoe');
        expect(after).toEqual(kept(before));
        expect(after.records).toHaveLength(before.records.length + written);
        expect(await network.start()).toContain('runs already');
      },
      300_000,
    );
  });
});
