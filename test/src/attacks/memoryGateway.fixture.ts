/**
 * The gateway's own supply routes over the in-memory ledger: real contracts decide, their write sets become blocks, the
 * real projection makes tables of them (PGlite), the real handlers answer. Only Fabric, HTTP and the clock are not there.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Request } from 'express';
import { Refusal, type Command, type Outcome } from '@chain-of-care/chaincode/model';
import { identityOf, Scenario, type Identity } from '../../../chaincode/src/ledger/scenario.fixture.ts';
import type { Caller, LedgerIdentity } from '../../../gateway-api/src/auth/caller.ts';
import type { Act, Applied, Decided, Ledger, Question } from '../../../gateway-api/src/fabric/act.ts';
import { Problem } from '../../../gateway-api/src/http/problem.ts';
import type { Reply, Route } from '../../../gateway-api/src/http/route.ts';
import { Derivation } from '../../../gateway-api/src/idempotency/derivation.ts';
import { createLog } from '../../../gateway-api/src/log.ts';
import { Metrics } from '../../../gateway-api/src/metrics/metrics.ts';
import { FixtureLedger, type TransactionSpec } from '../../../gateway-api/src/readmodel/blocks/ledger.fixture.ts';
import { ReadModel } from '../../../gateway-api/src/readmodel/index.ts';
import type { Services } from '../../../gateway-api/src/services.ts';
import { alertRoutes } from '../../../gateway-api/src/supply/alertRoutes.ts';
import { eventRoutes } from '../../../gateway-api/src/supply/eventRoutes.ts';
import { LaterActs } from '../../../gateway-api/src/supply/laterActs.ts';
import { productRoutes } from '../../../gateway-api/src/supply/productRoutes.ts';
import { RefusalReports } from '../../../gateway-api/src/supply/refusalReports.ts';
import { verificationRoutes } from '../../../gateway-api/src/verification/routes.ts';

const regulator = 'RegulatorMSP';
const commandsOfTransaction = 100;
/** Nobody is limited: the attackers are judged by what they do, not by how often they ask. */
const verification = {
  verificationPlans: { free: 0, enterprise: 0 },
  verificationAnchorMinutes: 1_440,
  publicVerifications: 0,
  verificationGuesses: 1_000_000,
};

/** Commits to the in-memory ledger and projects what was written, at once or, told so, when it is told to settle. */
class ProjectedLedger implements Ledger {
  readonly scenario = new Scenario();
  readonly #blocks = new FixtureLedger();
  readonly #readModel: ReadModel;
  readonly #certificates = new Map<string, Identity>();
  /** Whether a write can be read as soon as it is acknowledged: it costs a database transaction each. */
  isSettledAtOnce = true;
  #waiting: TransactionSpec[] = [];

  constructor(readModel: ReadModel) {
    this.#readModel = readModel;
  }

  async identity(mspId: string, unit: 'client' | 'admin' = 'client'): Promise<LedgerIdentity> {
    const identity = await identityOf(mspId, unit);
    this.#certificates.set(identity.deviceKey, identity);
    const { certificate, deviceKey } = identity;
    return { mspId, certificate: Buffer.from(certificate).toString('utf8'), deviceKey, keyName: deviceKey };
  }

  async submit<Result>(identity: LedgerIdentity, act: Act): Promise<Applied<Result>> {
    const [decided] = await this.submitAll<Result>(identity, [act]);
    const { outcome } = decided!;
    if (outcome.status === 'refused') throw new Refusal(outcome.code, outcome.detail, outcome.pointer);
    return { result: outcome.result, replayed: outcome.status === 'replayed' };
  }

  async submitAll<Result>(identity: LedgerIdentity, acts: readonly Act[]): Promise<readonly Decided<Result>[]> {
    const decided: Decided<Result>[] = [];
    for (let from = 0; from < acts.length; from += commandsOfTransaction)
      decided.push(...(await this.#commit<Result>(identity, acts.slice(from, from + commandsOfTransaction))));
    return decided;
  }

  async query<Result>({ deviceKey }: LedgerIdentity, { type, body }: Question): Promise<Result> {
    return (await this.scenario.query(this.#certificates.get(deviceKey)!, type, body)) as Result;
  }

  async #commit<Result>({ deviceKey }: LedgerIdentity, acts: readonly Act[]): Promise<Decided<Result>[]> {
    const { scenario } = this;
    const commands = acts.map(({ type, body, key, fingerprint }): Command => ({
      type,
      body,
      key,
      ...(fingerprint === undefined ? {} : { fingerprint }),
    }));
    scenario.now += 1;
    const { outcome, simulation } = await scenario.endorse(this.#certificates.get(deviceKey)!, commands, regulator);
    const outcomes = outcome.outcomes as Outcome<Result>[];
    if (outcome.writes === 0) return outcomes.map((each) => ({ outcome: each }));
    if (scenario.ledger.commit(simulation) !== 'VALID') throw new Error('MVCC_READ_CONFLICT');
    const writes = [...simulation.writes.values()].map(({ collection, key, value }) => ({
      key,
      ...(collection === undefined ? {} : { collection }),
      ...(value === undefined ? {} : { value }),
    }));
    this.#waiting.push({ txId: simulation.transactionId, time: new Date(scenario.now).toISOString(), writes });
    if (this.isSettledAtOnce) await this.settle();
    return outcomes.map((each) => ({ outcome: each }));
  }

  async settle(): Promise<void> {
    if (this.#waiting.length === 0) return;
    this.#blocks.add(...this.#waiting);
    this.#waiting = [];
    await this.#readModel.catchUp(this.#blocks, BigInt(this.#blocks.height - 1));
  }
}

export interface Answer<Body = Readonly<Record<string, unknown>>> {
  readonly status: number;
  readonly body: Body;
}

export class MemoryGateway {
  readonly ledger: ProjectedLedger;
  readonly readModel: ReadModel;
  readonly #dataDirectory: string;
  readonly #routes: ReadonlyMap<string, Route>;

  private constructor(ledger: ProjectedLedger, readModel: ReadModel, dataDirectory: string, routes: readonly Route[]) {
    this.ledger = ledger;
    this.readModel = readModel;
    this.#dataDirectory = dataDirectory;
    this.#routes = new Map(routes.map((route) => [route.operationId, route]));
  }

  /** The regulator's, who sees everything that is not a secret between two. */
  static async open(): Promise<MemoryGateway> {
    const log = createLog('silent');
    const { consortium } = new Scenario();
    const readModel = await ReadModel.open({ consortium, mspId: regulator, chaincode: 'chain-of-care', log });
    const ledger = new ProjectedLedger(readModel);
    const secrets = new Map<string, Uint8Array>();
    const dataDirectory = await mkdtemp(join(tmpdir(), 'attacks-'));
    const services = {
      config: { dataDirectory, publicUrl: 'https://gateway.example', ...verification },
      log,
      clock: () => ledger.scenario.now,
      profile: { mspId: regulator, members: [] },
      consortium,
      ledger,
      readModel,
      keystore: {
        put: async (name: string, value: Uint8Array) => void secrets.set(name, value),
        get: async (name: string) => secrets.get(name),
        derived: (name: string) => createHash('sha256').update(name).digest(),
      },
      serviceIdentity: await ledger.identity(regulator),
      metrics: new Metrics(),
    } as unknown as Services;
    const reports = new RefusalReports(join(dataDirectory, 'refusals'), ledger, log, services.serviceIdentity);
    const supply = { ...services, commerceLater: new LaterActs(join(dataDirectory, 'commerce'), ledger, log) };
    return new MemoryGateway(ledger, readModel, dataDirectory, [
      ...productRoutes(services),
      ...eventRoutes(supply, reports),
      ...alertRoutes(services),
      ...verificationRoutes(services),
    ]);
  }

  get now(): number {
    return this.ledger.scenario.now;
  }

  set now(timeMs: number) {
    this.ledger.scenario.now = Math.max(timeMs, this.ledger.scenario.now);
  }

  /** Does work whose parts need not see each other's writes: they become readable together, at its end. */
  async together(work: () => Promise<void>): Promise<void> {
    this.ledger.isSettledAtOnce = false;
    await work();
    this.ledger.isSettledAtOnce = true;
    await this.ledger.settle();
  }

  /** Does as the route of this operation does; a problem becomes its answer. @throws what is no problem */
  async call(operationId: string, caller: Caller | undefined, body: object, params: object = {}): Promise<Answer> {
    const route = this.#routes.get(operationId);
    if (route === undefined) throw new Error(`there is no operation ${operationId}`);
    const submitter = caller?.identity.deviceKey ?? 'anonymous';
    try {
      const { status, body: answer }: Reply = await route.handler({
        params,
        query: {},
        body,
        get caller(): Caller {
          if (caller === undefined) throw new Problem('token_required');
          return caller;
        },
        optionalCaller: caller,
        idempotency: new Derivation(new Uint8Array(32), submitter, randomUUID(), JSON.stringify(body)),
        requestId: 'r',
        signal: new AbortController().signal,
        stream: Readable.from([]),
        header: () => undefined,
        prefersAsync: false,
        raw: { ip: '192.0.2.1', get: () => undefined, headers: {} } as unknown as Request,
      });
      return { status, body: answer as Answer['body'] };
    } catch (error) {
      if (!(error instanceof Problem) && !(error instanceof Refusal)) throw error;
      return { status: error.status, body: { code: error.code, detail: error.detail } };
    }
  }

  async close(): Promise<void> {
    await this.readModel.close();
    await rm(this.#dataDirectory, { recursive: true, force: true });
  }
}
