/** The gateway dies while a revocation's new key epoch is on its way: the next process ends what was begun. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openNetwork } from '@chain-of-care/network';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { batchKeysOf, recordVersions } from '../../../gateway-api/src/readmodel/queries/care.ts';
import { openedAlone, secretsOf } from '../e2e/rest/hospitalSecrets.fixture.ts';
import { home, newRecord, World, type RegisteredPatient } from '../e2e/rest/world.fixture.ts';
import { changedGateway } from '../system/changedGateway.ts';
import { network } from '../system/networks.ts';
import type { Json } from '../system/rest.ts';
import { until } from '../system/until.ts';

const gateway = 'hospital-gateway';
const category = 'lab_result';
const world = new World(network);
let folder: string;
let benId: string;
let adaId: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'key-rotation-'));
  await network.start();
  benId = await world.clinician(home, 'emergency');
  adaId = await world.clinician(home, 'cardiology');
}, 300_000);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await network.start();
}, 120_000);

interface Write {
  readonly text: string;
  readonly key: string;
  /** Of the record, once it is acknowledged. */
  id?: string;
}

type Acknowledged = Write & { readonly id: string };

/** Appends until it is told to stop, one after another; what is not acknowledged is repeated with its key. */
class Appender {
  readonly writes: Write[] = [];
  readonly #patient: RegisteredPatient;
  readonly #over = new AbortController();
  readonly #running: Promise<void>;

  constructor(patient: RegisteredPatient) {
    this.#patient = patient;
    this.#running = this.#run();
  }

  /** Resolves when so many are acknowledged. */
  async reaches(count: number): Promise<void> {
    while (this.acknowledged.length < count) await delay(50);
  }

  /** Resolves when all that was begun is acknowledged. */
  async finish(): Promise<readonly Acknowledged[]> {
    this.#over.abort();
    await this.#running;
    return this.acknowledged;
  }

  get acknowledged(): readonly Acknowledged[] {
    return this.writes.flatMap(({ id, ...write }) => (id === undefined ? [] : [{ ...write, id }]));
  }

  async #run(): Promise<void> {
    while (!this.#over.signal.aborted) {
      const write: Write = { text: `result ${this.writes.length}`, key: randomUUID() };
      this.writes.push(write);
      while (write.id === undefined) {
        await this.#send(write);
        await delay(100);
      }
    }
  }

  async #send(write: Write): Promise<void> {
    const laboratory = await world.people.as(home, 'integration');
    const { chart } = this.#patient;
    const answer = await laboratory
      .post<{ records: { id: string }[] }>(`${chart}/records`, newRecord(write.text), { key: write.key })
      .catch(() => undefined);
    if (answer?.status === 201) write.id = answer.body.records[0]!.id;
  }
}

/** Where in the gateway's work on a patient's epochs it is killed: `kill` stands for that. */
const moments = [
  {
    moment: 'before anything is written',
    from: 'const fates = await',
    to: (kill: string) => `${kill} const fates = await`,
  },
  {
    moment: 'when the epoch has begun and nobody has its seed',
    from: 'submitAll(identity, acts);',
    to: (kill: string) => `submitAll(identity, acts.slice(0, 1)); ${kill}`,
  },
  {
    moment: 'when all is written and nothing is known of it',
    from: 'submitAll(identity, acts);',
    to: (kill: string) => `submitAll(identity, acts); ${kill}`,
  },
];

/** A gateway that kills itself there, for the patient whose id is in the file. */
async function runMortalGateway(file: string, { from, to }: (typeof moments)[number]): Promise<void> {
  const fs = `process.getBuiltinModule('node:fs')`;
  const isMarked = `${fs}.existsSync(${JSON.stringify(file)}) && ${fs}.readFileSync(${JSON.stringify(file)}, 'utf8') === patientId`;
  const kill = `if (${isMarked}) process.kill(process.pid, 'SIGKILL');`;
  const opened = await openNetwork({ name: network.name });
  await opened.runGatewayWith(home, changedGateway([{ file: 'consents/keyEpochs.js', from, to: to(kill) }]));
}

async function ended(pid: number): Promise<void> {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline; await delay(50)) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
  }
  throw new Error('the gateway did not die');
}

test.each(moments)(
  'killed $moment: the rotation ends after the start, and all that was appended is for those who may read it',
  async (moment) => {
    const patient = await world.patient();
    const { chart, session, id: patientId } = patient;
    const grant = async (to: string): Promise<string> => {
      const consent = { grantee: { kind: 'person', mspId: home, id: to }, categories: [category] };
      return (await session.create<{ id: string }>(`${chart}/consents`, consent)).id;
    };
    const [ben, ada] = [await grant(benId), await grant(adaId)];
    const file = join(folder, patientId);
    await runMortalGateway(file, moment);
    const pid = await network.pid(gateway);
    const appender = new Appender(patient);
    await appender.reaches(3);
    await writeFile(file, patientId);
    const key = randomUUID();
    const path = `/v1/consents/${ben}/revocation`;
    await session.post(path, {}, { key }).catch(() => undefined);
    await ended(pid);
    await network.start();
    await session.create(path, {}, { key });
    const afterwards = new Appender(patient);
    await afterwards.reaches(3);
    const written = [...(await appender.finish()), ...(await afterwards.finish())];

    const renewed = (items: readonly Json[]) => items.some(({ interaction }) => interaction === 'renew');
    await until<{ items: Json[] }>(session, `${chart}/audit-events?type=key&limit=200`, ({ items }) => renewed(items));
    const texts = written.map(({ text }) => text);
    expect(await readBy('dr-ada', chart, written)).toEqual(texts);
    expect(await readBy(patient.subject, chart, written)).toEqual(texts);
    await expect(readBy('dr-ben', chart, written)).rejects.toThrow('consent_missing');

    const all = await secretsOf(network);
    try {
      const epochs = new Set<number>();
      for (const { id, text } of written) {
        const [fact] = await recordVersions(all.readModel.db, [{ recordId: id }]);
        const [batch] = await batchKeysOf(all.readModel.db, [fact!.batchId]);
        epochs.add(batch!.epoch);
        const ciphertext = await all.ciphertext(fact!.cid);
        expect(await openedAlone(all, adaId, ada, id, ciphertext)).toBe(text);
        const isOld = batch!.epoch === 0;
        expect(await openedAlone(all, benId, ben, id, ciphertext)).toBe(isOld ? text : undefined);
        // Whatever was begun after the revocation was acknowledged is sealed to the new keys.
        if (afterwards.acknowledged.some((write) => write.id === id)) expect(batch!.epoch).toBe(1);
      }
      expect(epochs).toEqual(new Set([0, 1]));
    } finally {
      await all.readModel.close();
    }
  },
  300_000,
);

async function readBy(user: string, chart: string, records: readonly { readonly id: string }[]): Promise<string[]> {
  const session = await world.people.as(home, user);
  const asked = { purposeOfUse: 'TREAT', reason: 'ward round', categories: [category] };
  const { id: access } = await session.create<{ id: string }>(`${chart}/accesses`, asked);
  return Promise.all(
    records.map(async ({ id }) => {
      const { bytes } = await session.get(`/v1/accesses/${access}/records/${id}/content`);
      return Buffer.from(bytes).toString('utf8');
    }),
  );
}
