import { describe, expect, it } from '@jest/globals';
import { Consortium, Refusal, type Command } from '@chain-of-care/chaincode/model';
import { Problem } from '../http/problem.ts';
import { Metrics } from '../metrics/metrics.ts';
import type { Act } from './act.ts';
import { Endorsers } from './endorsers.ts';
import type { Failure } from './failure.ts';
import { CommittedRefusal, Pipeline, type PipelineLimits } from './pipeline.ts';
import type { Batch, BatchFate, Transactor } from './transactor.ts';

const consortium = new Consortium([
  { mspId: 'HospitalMSP', role: 'hospital', name: 'Hospital' },
  { mspId: 'PharmaMSP', role: 'pharma', name: 'Pharma' },
  { mspId: 'RegulatorMSP', role: 'regulator', name: 'Regulator' },
]);
const limits: PipelineLimits = {
  windowMs: 1,
  maxBatch: 10,
  maxBytes: 10_000,
  maxInFlight: 2,
  maxQueued: 1000,
  maxAttempts: 4,
  repeatWithinMs: 10_000,
  backoffMs: 1,
};
const identity = { mspId: 'HospitalMSP', certificate: '', deviceKey: 'd'.repeat(64), keyName: 'k' };
const other = { ...identity, deviceKey: 'e'.repeat(64) };

/** A ledger that applies each key once and fails as told. */
class FakeTransactor implements Transactor {
  readonly batches: Batch[] = [];
  readonly applied = new Set<string>();
  fail: (batch: Batch, attempt: number) => Failure | undefined = () => undefined;
  /** Fails after the batch was committed. */
  failAfter: (batch: Batch, attempt: number) => Failure | undefined = () => undefined;

  async transact(batch: Batch): Promise<BatchFate> {
    this.batches.push(batch);
    const attempt = this.batches.length;
    await new Promise((resolve) => setTimeout(resolve, 5));
    const failure = this.fail(batch, attempt);
    if (failure !== undefined) return { failure };
    const outcomes = batch.commands.map(({ key, body }: Command) => {
      if ((body as { refuse?: boolean }).refuse)
        return { status: 'refused', code: 'wrong_state', httpStatus: 409 } as const;
      if ((body as { deny?: boolean }).deny)
        return { status: 'refused', code: 'consent_missing', httpStatus: 403, result: { accessId: 'a' } } as const;
      if (this.applied.has(key)) return { status: 'replayed', result: key } as const;
      this.applied.add(key);
      return { status: 'applied', result: key } as const;
    });
    const late = this.failAfter(batch, attempt);
    if (late !== undefined) return { failure: late };
    const writes = outcomes.filter((outcome) => outcome.status === 'applied' || 'result' in outcome).length;
    const outcome = { v: 1, outcomes, writes } as const;
    return writes === 0
      ? { outcome }
      : { outcome, transaction: { transactionId: `t${attempt}`, blockNumber: BigInt(attempt) } };
  }

  async ask(): Promise<{ answer: unknown }> {
    return { answer: 42 };
  }
}

const committed: string[] = [];

function pipelineOf(transactor: Transactor, differs: Partial<PipelineLimits> = {}): Pipeline {
  return new Pipeline(
    transactor,
    new Endorsers(consortium, 'HospitalMSP', Date.now),
    { ...limits, ...differs },
    new Metrics(),
    Date.now,
    ({ transactionId }) => committed.push(transactionId),
  );
}

let next = 0;
function act(differs: Partial<Act> = {}): Act {
  next += 1;
  const key = next.toString(16).padStart(64, '0');
  return { type: 'care.appendRecords', body: {}, key, touches: { writes: ['care_HospitalMSP'] }, ...differs };
}

describe('the submit pipeline', () => {
  it('sends the first act at once and gathers the rest while it is under way', async () => {
    const transactor = new FakeTransactor();
    const pipeline = pipelineOf(transactor);
    const acts = Array.from({ length: 9 }, () => act());
    const decided = await Promise.all([
      pipeline.submit(identity, acts[0]!),
      new Promise((resolve) => setTimeout(resolve, 2)).then(() =>
        Promise.all(acts.slice(1).map((one) => pipeline.submit(identity, one))),
      ),
    ]);
    expect(decided).toHaveLength(2);
    expect(transactor.batches.map(({ commands }) => commands.length)).toEqual([1, 8]);
  });

  it('tells of every commit before it answers, of a committed refusal too', async () => {
    const pipeline = pipelineOf(new FakeTransactor());
    committed.length = 0;
    await pipeline.submit(identity, act());
    expect(committed).toHaveLength(1);
    await expect(pipeline.submit(identity, act({ body: { deny: true } }))).rejects.toThrow(CommittedRefusal);
    expect(committed).toHaveLength(2);
    await expect(pipeline.submit(identity, act({ body: { refuse: true } }))).rejects.toThrow();
    expect(committed).toHaveLength(2);
  });

  it('never puts two identities, accesses and writes, or different policies into one transaction', async () => {
    const transactor = new FakeTransactor();
    const pipeline = pipelineOf(transactor);
    await Promise.all([
      pipeline.submit(identity, act()),
      pipeline.submit(other, act()),
      pipeline.submit(identity, act({ kind: 'access' })),
      pipeline.submit(identity, act({ touches: { writes: ['registry'] } })),
    ]);
    expect(transactor.batches.map(({ commands }) => commands.length)).toEqual([1, 1, 1, 1]);
  });

  it('never has one head in two transactions under way, and keeps the order of its acts', async () => {
    const transactor = new FakeTransactor();
    const pipeline = pipelineOf(transactor, { maxBatch: 2, maxInFlight: 4 });
    let underWay = 0;
    const original = transactor.transact.bind(transactor);
    transactor.transact = async (batch) => {
      underWay += 1;
      expect(underWay).toBe(1);
      const fate = await original(batch);
      underWay -= 1;
      return fate;
    };
    const acts = Array.from({ length: 7 }, () => act({ head: 'p' }));
    await pipeline.submitAll(identity, acts);
    expect(transactor.batches.flatMap(({ commands }) => commands.map(({ key }) => key))).toEqual(
      acts.map(({ key }) => key),
    );
  });

  it('names as endorsers those whom the policies need', async () => {
    const transactor = new FakeTransactor();
    const pipeline = pipelineOf(transactor);
    await pipeline.submit(identity, act({ touches: { writes: ['access_HospitalMSP'] } }));
    await pipeline.submit(identity, act({ touches: { writes: ['care_HospitalMSP'] } }));
    expect(transactor.batches.map(({ endorsers }) => endorsers)).toEqual([
      ['HospitalMSP'],
      ['HospitalMSP', 'RegulatorMSP'],
    ]);
  });

  it('turns to another member when one does not answer and the policy lets it', async () => {
    const transactor = new FakeTransactor();
    transactor.fail = ({ endorsers }) =>
      endorsers.includes('RegulatorMSP') ? { kind: 'unavailable', members: ['RegulatorMSP'] } : undefined;
    await pipelineOf(transactor).submit(
      identity,
      act({ type: 'supply.registerLot', touches: { writes: [undefined] } }),
    );
    expect(transactor.batches.map(({ endorsers }) => endorsers)).toEqual([
      ['HospitalMSP', 'RegulatorMSP'],
      ['HospitalMSP', 'PharmaMSP'],
    ]);
  });

  it('splits a batch that meets a conflict and applies every act once', async () => {
    const transactor = new FakeTransactor();
    transactor.fail = ({ commands }) =>
      commands.length > 2 ? { kind: 'conflict', reason: 'MVCC_READ_CONFLICT' } : undefined;
    const decided = await pipelineOf(transactor).submitAll(
      identity,
      Array.from({ length: 8 }, () => act()),
    );
    expect(decided.map(({ outcome }) => outcome.status)).toEqual(Array.from({ length: 8 }, () => 'applied'));
    expect(transactor.applied.size).toBe(8);
  });

  it('gives up after a bounded number of conflicts', async () => {
    const transactor = new FakeTransactor();
    transactor.fail = () => ({ kind: 'conflict', reason: 'MVCC_READ_CONFLICT' });
    await expect(pipelineOf(transactor).submit(identity, act())).rejects.toMatchObject({
      code: 'conflict',
      status: 409,
    });
    expect(transactor.batches).toHaveLength(limits.maxAttempts);
  });

  it('does not propose again after the time for repeats, however few the proposals', async () => {
    const transactor = new FakeTransactor();
    transactor.fail = () => ({ kind: 'unavailable', members: ['RegulatorMSP'] });
    const pipeline = pipelineOf(transactor, { repeatWithinMs: 1 });
    await expect(pipeline.submit(identity, act())).rejects.toMatchObject({ code: 'unavailable' });
    expect(transactor.batches).toHaveLength(1);
  });

  it('finds an act applied whose commit status was lost, and applies it only once', async () => {
    const transactor = new FakeTransactor();
    transactor.failAfter = (_batch, attempt) => (attempt === 1 ? { kind: 'unknown' } : undefined);
    const applied = await pipelineOf(transactor).submit(identity, act());
    expect(applied.replayed).toBe(true);
    expect(transactor.applied.size).toBe(1);
  });

  it('never says that nothing was written when an earlier proposal may have been committed', async () => {
    const transactor = new FakeTransactor();
    transactor.fail = (_batch, attempt) => (attempt === 1 ? { kind: 'unknown' } : { kind: 'unavailable', members: [] });
    await expect(pipelineOf(transactor).submit(identity, act())).rejects.toMatchObject({
      code: 'commit_unknown',
      status: 504,
    });
  });

  it('answers 503 when nobody can endorse', async () => {
    const transactor = new FakeTransactor();
    transactor.fail = () => ({ kind: 'unavailable', members: ['RegulatorMSP'] });
    const error: unknown = await pipelineOf(transactor)
      .submit(identity, act())
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'unavailable', status: 503 });
    expect((error as Problem).headers['retry-after']).toBeDefined();
  });

  it('lets a command that breaks the chaincode fail alone', async () => {
    const transactor = new FakeTransactor();
    transactor.fail = ({ commands }) =>
      commands.some(({ body }) => (body as { poison?: boolean }).poison)
        ? { kind: 'chaincode', detail: 'x' }
        : undefined;
    const pipeline = pipelineOf(transactor);
    const acts = [act(), act({ body: { poison: true } }), act(), act()];
    const fates = await Promise.allSettled(acts.map((one) => pipeline.submit(identity, one)));
    expect(fates.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  });

  it('throws a refusal with its code, and one that was committed with its transaction', async () => {
    const pipeline = pipelineOf(new FakeTransactor());
    const refused: unknown = await pipeline
      .submit(identity, act({ body: { refuse: true } }))
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Refusal);
    expect(refused).not.toBeInstanceOf(CommittedRefusal);
    const denied: unknown = await pipeline
      .submit(identity, act({ body: { deny: true } }))
      .catch((error: unknown) => error);
    expect(denied).toBeInstanceOf(CommittedRefusal);
    expect(denied).toMatchObject({ code: 'consent_missing', result: { accessId: 'a' } });
    expect((denied as CommittedRefusal).transaction?.transactionId).toBe('t2');
  });

  it("never proposes a self-custody person's act again", async () => {
    const transactor = new FakeTransactor();
    transactor.fail = () => ({ kind: 'conflict', reason: 'MVCC_READ_CONFLICT' });
    await expect(pipelineOf(transactor).submit(identity, act({ repeatable: false }))).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(transactor.batches).toHaveLength(1);
  });

  it('refuses more than the queue holds, and drains', async () => {
    const transactor = new FakeTransactor();
    const pipeline = pipelineOf(transactor, { maxQueued: 3 });
    const fates = Promise.allSettled(Array.from({ length: 5 }, () => pipeline.submit(identity, act())));
    await pipeline.drain();
    expect((await fates).filter(({ status }) => status === 'rejected')).toHaveLength(2);
    expect(transactor.applied.size).toBe(3);
  });
});
