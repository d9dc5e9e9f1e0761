/** An organisation with two peers: its gateway goes on with the one that is there. */
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, expect, test } from '@jest/globals';
import { largeNetwork } from '../../system/networks.ts';
import type { RestSession } from '../../system/rest.ts';
import { newRecord, recordsOnce, World, type RegisteredPatient } from '../rest/world.fixture.ts';

const owner = 'Hospital2MSP';
const [first, second] = ['hospital2-peer', 'hospital2-peer2'] as const;
const rounds = 2;
let patient: RegisteredPatient;
let cleo: RestSession;
let written = 0;

beforeAll(async () => {
  await largeNetwork.start();
  const world = new World(largeNetwork);
  patient = await world.patient(owner);
  cleo = await world.people.as(owner, 'dr-cleo');
}, 400_000);

/** Records are committed, decisions evaluated and the read model follows, at the first attempt of the caller. */
async function expectWorkGoesOn(): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    const text = `note ${(written += 1)}`;
    const { records } = await cleo.create<{ records: { id: string }[] }>(`${patient.chart}/records`, newRecord(text));
    const id = records[0]!.id;
    const asked = { purposeOfUse: 'TREAT', reason: 'ward round', records: [{ id }] };
    const access = await cleo.create<{ id: string }>(`${patient.chart}/accesses`, asked);
    const content = await cleo.get(`/v1/accesses/${access.id}/records/${id}/content`);
    expect([content.status, Buffer.from(content.bytes).toString('utf8')]).toEqual([200, text]);
  }
  expect(await recordsOnce(patient, written)).toHaveLength(written);
}

interface PeerStatus {
  readonly running: boolean;
  readonly height?: number;
}

async function statusOf(...names: readonly string[]): Promise<PeerStatus[]> {
  const { stdout } = await largeNetwork.command('status', '--json');
  const { processes } = JSON.parse(stdout) as { processes: (PeerStatus & { readonly name: string })[] };
  return names.map((name) => processes.find((candidate) => candidate.name === name)!);
}

/** Both peers come to have the same blocks. */
async function expectCaughtUp(): Promise<void> {
  for (const deadline = Date.now() + 30_000; ; await delay(500)) {
    const heights = (await statusOf(first, second)).map(({ height }) => height);
    if (heights[0] !== undefined && heights[0] === heights[1]) return;
    if (Date.now() > deadline) throw new Error(`the peers have ${heights.join(' and ')} blocks`);
  }
}

test.each([
  ['first', first],
  ['second', second],
])(
  'when the %s of two peers is killed the gateway goes on with the other; start brings it back',
  async (_which, killed) => {
    await expectWorkGoesOn();
    await largeNetwork.kill(killed);
    await expectWorkGoesOn();
    expect(await statusOf(killed)).toMatchObject([{ running: false }]);
    await largeNetwork.start();
    expect(await statusOf(killed)).toMatchObject([{ running: true }]);
    await expectWorkGoesOn();
    await expectCaughtUp();
  },
  300_000,
);
