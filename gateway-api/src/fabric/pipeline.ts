/**
 * The submit pipeline: acts wait in lanes, lanes send batches, a batch is proposed to the endorsers that its policies
 * need, and proposed again (split, after a growing pause) when state moved meanwhile. An act is applied once, however
 * often it is proposed: the ledger keeps its idempotency key.
 */
import {
  canonicalJson,
  contractOf,
  Refusal,
  type Command,
  type Outcome,
  type RefusalBody,
} from '@chain-of-care/chaincode/model';
import type { LedgerIdentity } from '../auth/caller.ts';
import { Problem } from '../http/problem.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Act, Applied, CommittedTransaction, Decided, Ledger, Question } from './act.ts';
import { touchesId, type Endorsers } from './endorsers.ts';
import { problemOfFailure, type Failure } from './failure.ts';
import { Lane, type LaneItem, type LaneLimits } from './lane.ts';
import type { BatchFate, Transactor } from './transactor.ts';

export interface PipelineLimits extends LaneLimits {
  /** Acts waiting or under way at the most. */
  readonly maxQueued: number;
  /** Proposals of an act at the most, the first included. */
  readonly maxAttempts: number;
  /** No new proposal of an act after so long: the caller is told to retry instead. */
  readonly repeatWithinMs: number;
  /** Pause before the second proposal; it doubles, with jitter, up to 2 s. */
  readonly backoffMs: number;
}

interface Queued extends LaneItem {
  readonly act: Act;
  readonly identity: LedgerIdentity;
}

/** `mayBeCommitted`: an earlier proposal of the same acts reached the orderers and its fate is not known. */
interface Attempt {
  readonly number: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly mayBeCommitted: boolean;
}

/** A refusal that is itself a fact on the ledger (an access that was denied). */
export class CommittedRefusal extends Refusal {
  readonly result: unknown;
  readonly transaction: CommittedTransaction | undefined;

  constructor({ code, detail, pointer }: RefusalBody, result: unknown, transaction: CommittedTransaction | undefined) {
    super(code, detail, pointer);
    this.result = result;
    this.transaction = transaction;
  }
}

export class Pipeline implements Ledger {
  readonly #transactor: Transactor;
  readonly #endorsers: Endorsers;
  readonly #limits: PipelineLimits;
  readonly #metrics: Metrics;
  readonly #clock: () => number;
  readonly #onCommitted: (transaction: CommittedTransaction) => void;
  readonly #lanes = new Map<string, Lane<Queued, Decided | Error>>();
  #queued = 0;
  #drained: (() => void) | undefined;

  constructor(
    transactor: Transactor,
    endorsers: Endorsers,
    limits: PipelineLimits,
    metrics: Metrics,
    clock: () => number = Date.now,
    onCommitted: (transaction: CommittedTransaction) => void = () => undefined,
  ) {
    this.#clock = clock;
    this.#onCommitted = onCommitted;
    this.#transactor = transactor;
    this.#endorsers = endorsers;
    this.#limits = limits;
    this.#metrics = metrics;
  }

  async submit<Result>(identity: LedgerIdentity, act: Act): Promise<Applied<Result>> {
    const { outcome, transaction } = await this.#decide(identity, act);
    if (outcome.status === 'refused') throw refusalOf(outcome, transaction);
    return {
      result: outcome.result as Result,
      replayed: outcome.status === 'replayed',
      ...(transaction === undefined || outcome.status === 'replayed' ? {} : { transaction }),
    };
  }

  async submitAll<Result>(identity: LedgerIdentity, acts: readonly Act[]): Promise<readonly Decided<Result>[]> {
    const fates = await Promise.allSettled(acts.map((act) => this.#decide(identity, act)));
    return fates.map((fate) => {
      if (fate.status === 'rejected') throw fate.reason;
      return fate.value as Decided<Result>;
    });
  }

  async query<Result>(identity: LedgerIdentity, question: Question): Promise<Result> {
    const asked = await this.#transactor.ask(identity, question);
    if ('failure' in asked) throw problemOfFailure(asked.failure, asked.cause);
    return asked.answer as Result;
  }

  /** Resolves when nothing waits or is under way any more. */
  async drain(): Promise<void> {
    if (this.#queued === 0) return;
    await new Promise<void>((resolve) => {
      this.#drained = resolve;
    });
  }

  async #decide(identity: LedgerIdentity, act: Act): Promise<Decided> {
    if (this.#queued >= this.#limits.maxQueued)
      throw new Problem('unavailable', { detail: 'too many acts are waiting', headers: { 'retry-after': '1' } });
    this.#count(1);
    try {
      const item: Queued = {
        act,
        identity,
        bytes: JSON.stringify(act.body).length,
        ...(act.head === undefined ? {} : { head: act.head }),
      };
      const fate = act.repeatable === false ? await this.#once(item) : await this.#laneOf(identity, act).add(item);
      if (fate instanceof Error) throw fate;
      return fate;
    } finally {
      this.#count(-1);
    }
  }

  /** The act of a self-custody person: alone, and proposed once. */
  async #once(item: Queued): Promise<Decided | Error> {
    const fate = await this.#propose([item]);
    return 'failure' in fate ? problemOfFailure(fate.failure, fate.cause) : decidedOf(fate, 0);
  }

  #laneOf(identity: LedgerIdentity, act: Act): Lane<Queued, Decided | Error> {
    const id = [identity.deviceKey, contractOf(act.type) ?? '', act.kind ?? 'write', touchesId(act.touches)].join('|');
    let lane = this.#lanes.get(id);
    if (lane === undefined) {
      if (this.#lanes.size >= 1000) this.#dropIdleLanes();
      lane = new Lane(this.#limits, (items) =>
        this.#settle(items, { number: 1, startedAt: this.#clock(), mayBeCommitted: false }),
      );
      this.#lanes.set(id, lane);
    }
    return lane;
  }

  #dropIdleLanes(): void {
    for (const [id, lane] of this.#lanes) if (lane.isIdle) this.#lanes.delete(id);
  }

  /** Proposes until every act has a fate. A batch that meets a conflict is split and its halves follow one another. */
  async #settle(items: readonly Queued[], attempt: Attempt): Promise<readonly (Decided | Error)[]> {
    const fate = await this.#propose(items);
    if (!('failure' in fate)) return items.map((_item, index) => decidedOf(fate, index));
    const { failure, cause } = fate;
    const mayBeCommitted = attempt.mayBeCommitted || failure.kind === 'unknown';
    if (this.#mayRepeat(attempt) && isWorthRepeating(failure)) {
      this.#metrics.retries.inc({ reason: failure.kind === 'conflict' ? failure.reason : failure.kind });
      await this.#pause(attempt.number);
      const parts = failure.kind === 'conflict' ? halves(items) : [items];
      return this.#settleParts(parts, { ...attempt, number: attempt.number + 1, mayBeCommitted });
    }
    // One command that the chaincode chokes on must not take its neighbours along.
    if (items.length > 1 && (failure.kind === 'refused' || failure.kind === 'chaincode'))
      return this.#settleParts(halves(items), { ...attempt, mayBeCommitted });
    const told: Failure = mayBeCommitted && isWorthRepeating(failure) ? { kind: 'unknown' } : failure;
    const error = problemOfFailure(told, cause);
    return items.map(() => error);
  }

  #mayRepeat({ number, startedAt }: Attempt): boolean {
    return number < this.#limits.maxAttempts && this.#clock() - startedAt < this.#limits.repeatWithinMs;
  }

  async #settleParts(parts: readonly (readonly Queued[])[], attempt: Attempt): Promise<(Decided | Error)[]> {
    const fates: (Decided | Error)[] = [];
    for (const part of parts) fates.push(...(await this.#settle(part, attempt)));
    return fates;
  }

  async #propose(items: readonly Queued[]): Promise<BatchFate> {
    const { act, identity } = items[0]!;
    const endorsers = this.#endorsers.choose(act.touches);
    if (endorsers === undefined)
      throw new Error(`no members can endorse what ${act.type} touches: ${canonicalJson(act.touches.writes)}`);
    this.#metrics.batchCommands.observe({ contract: contractOf(act.type) ?? '' }, items.length);
    const fate = await this.#transactor.transact({ identity, endorsers, commands: items.map(commandOf) });
    if (!('failure' in fate)) {
      this.#endorsers.reachable(endorsers);
      if (fate.transaction !== undefined) this.#onCommitted(fate.transaction);
    } else if (fate.failure.kind === 'unavailable')
      for (const mspId of fate.failure.members) this.#endorsers.unreachable(mspId);
    return fate;
  }

  async #pause(attempt: number): Promise<void> {
    const longest = Math.min(2000, this.#limits.backoffMs * 2 ** (attempt - 1));
    await new Promise((resolve) => setTimeout(resolve, longest * (0.5 + Math.random() / 2)));
  }

  #count(change: 1 | -1): void {
    this.#queued += change;
    this.#metrics.queuedActs.set(this.#queued);
    if (this.#queued === 0) this.#drained?.();
  }
}

/** After an unknown fate a repeat finds the command applied, or applies it: the ledger's record lets only one commit. */
function isWorthRepeating({ kind }: Failure): boolean {
  return kind === 'conflict' || kind === 'unavailable' || kind === 'undelivered' || kind === 'unknown';
}

function halves<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  if (items.length < 2) return [items];
  const middle = Math.ceil(items.length / 2);
  return [items.slice(0, middle), items.slice(middle)];
}

function commandOf({ act: { type, key, handle, body, fingerprint } }: Queued): Command {
  return {
    type,
    key,
    body,
    ...(handle === undefined ? {} : { handle }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
  };
}

function decidedOf(fate: Extract<BatchFate, { outcome: unknown }>, index: number): Decided | Error {
  const outcome = fate.outcome.outcomes[index];
  if (outcome === undefined) return new Error('the ledger answered fewer outcomes than commands');
  return fate.transaction === undefined ? { outcome } : { outcome, transaction: fate.transaction };
}

function refusalOf(
  outcome: Extract<Outcome, { status: 'refused' }>,
  transaction: CommittedTransaction | undefined,
): Refusal {
  if (outcome.result !== undefined) return new CommittedRefusal(outcome, outcome.result, transaction);
  return new Refusal(outcome.code, outcome.detail, outcome.pointer);
}
