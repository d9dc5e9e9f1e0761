/** The routes of verification and labels over the small story, with callers by name and a ledger that takes everything. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Caller, CallerRole } from '../auth/caller.ts';
import type { Act, Applied } from '../fabric/act.ts';
import { queueOfTest, runApp, type RunningApp } from '../http/app.fixture.ts';
import { labelRoutes } from '../labels/routes.ts';
import { createLog } from '../log.ts';
import { RunningOperations } from '../operations/operations.ts';
import { operationsInMemory } from '../operations/operationStore.fixture.ts';
import type { ReadModel } from '../readmodel/index.ts';
import { consortium, readModelInMemory } from '../readmodel/readModel.fixture.ts';
import type { Services } from '../services.ts';
import { pharmacy, plant, story, time, uuid } from '../supply/story.fixture.ts';
import { verificationRoutes } from './routes.ts';

const identity = (mspId: string) => ({ mspId, certificate: '', deviceKey: 'a'.repeat(64), keyName: 'k' });
const callers: Readonly<Record<string, Partial<Caller> & { role: CallerRole }>> = {
  maker: { role: 'manufacturer', gln: plant, identity: identity('PharmaMSP') },
  pharmacist: { role: 'pharmacist', gln: pharmacy, id: uuid(2), identity: identity('HospitalMSP') },
  stranger: { role: 'distributor', gln: '4260000000042', identity: identity('PharmaMSP') },
  outsider: { role: 'distributor', gln: '4260000000059', identity: identity('DistributorMSP') },
  patient: { role: 'patient', kind: 'patient', id: uuid(77), identity: identity('HospitalMSP') },
  administrator: { role: 'administrator', identity: identity('HospitalMSP') },
};

async function authenticate(authorization: string | undefined): Promise<Caller | undefined> {
  const known = callers[authorization?.slice('Bearer '.length) ?? ''];
  if (known === undefined) return undefined;
  return { issuer: 'i', subject: 's', kind: 'staff', id: uuid(1), scopes: [], ...known } as Caller;
}

export interface VerificationApp {
  readonly app: RunningApp;
  readonly services: Services;
  readonly model: ReadModel;
  /** What tests change and look at. */
  readonly world: {
    now: number;
    ledgerFails: boolean;
    /** Acts that reached the ledger. */
    submitted: Act[];
  };
  close(): Promise<void>;
}

export async function openVerificationApp(): Promise<VerificationApp> {
  const world: VerificationApp['world'] = { now: Date.parse(time(60)), ledgerFails: false, submitted: [] };
  const model = await readModelInMemory();
  await model.catchUp(story(), 2n);
  const log = createLog('silent');
  const operations = new RunningOperations(operationsInMemory(), queueOfTest, Date.now, log);
  const ledger = {
    async submit(_identity: unknown, act: Act): Promise<Applied> {
      if (world.ledgerFails) throw new Error('no ledger');
      world.submitted.push(act);
      return {
        result: {},
        replayed: false,
        transaction: { transactionId: `t${world.submitted.length}`, blockNumber: 9n },
      };
    },
  };
  const config = {
    publicUrl: 'https://gateway.example',
    dataDirectory: await mkdtemp(join(tmpdir(), 'verification-')),
    publicVerifications: 50,
    verificationPlans: { free: 3, enterprise: 0 },
    verificationGuesses: 4,
    verificationAnchorMinutes: 60,
  };
  const services = {
    readModel: model,
    consortium,
    clock: () => world.now,
    config,
    ledger,
    operations,
    serviceIdentity: identity('HospitalMSP'),
    profile: { mspId: 'HospitalMSP' },
    log,
  } as Partial<Record<keyof Services, unknown>> as unknown as Services;
  const routes = [...verificationRoutes(services), ...labelRoutes(services)];
  const app = await runApp(routes, { authenticate, operations });
  return {
    app,
    services,
    model,
    world,
    async close() {
      await app.close();
      await model.close();
      await rm(config.dataDirectory, { recursive: true, force: true });
    },
  };
}
