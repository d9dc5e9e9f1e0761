/** What happens when: events and scans by tick, so that what one actor does in one tick is one request. */
import type { SupplyCommand } from '../../../gateway-api/src/supply/eventDto.ts';
import type { Caller } from '../../../gateway-api/src/auth/caller.ts';
import type { MemoryGateway } from './memoryGateway.fixture.ts';
import type { Trader } from './trade.fixture.ts';

/** A quarter of a day: what depends on one another is at least one tick apart. */
export const tickMs = 6 * 3_600_000;
export const ticksOfDay = 4;
/** When tick 0 is. */
export const worldBegin = Date.parse('2026-03-02T09:00:00Z');
const minuteMs = 60_000;

export type EventBody = Pick<SupplyCommand, 'type'> & Partial<SupplyCommand>;

export interface EventStep {
  readonly tick: number;
  readonly by: Trader;
  /** A function when it names what an earlier step brought about, as a shipment. */
  readonly event: EventBody | (() => EventBody);
  /** `applied`, or the code with which it must be refused; absent: whatever comes. */
  readonly expected?: string;
  readonly done?: (outcome: EventOutcome) => void;
}

export interface EventOutcome {
  readonly status: string;
  readonly code?: string;
  readonly detail?: string;
  readonly shipmentId?: string;
  readonly alertId?: string;
}

/** Any other request. */
export interface CallStep {
  readonly tick: number;
  readonly by: Caller | undefined;
  readonly operationId: string;
  readonly body: object;
  readonly params?: object | (() => object);
  readonly done?: (answer: Readonly<Record<string, unknown>>) => void;
}

export interface ScanStep {
  readonly tick: number;
  readonly by: Caller | undefined;
  readonly body: object;
  readonly judged: (answer: Verified) => void;
}

export interface Verified {
  readonly riskBand: 'accept' | 'review' | 'quarantine' | 'reject';
  readonly riskScore: number;
  readonly riskFactors: readonly { readonly code: string }[];
}

export class Agenda {
  readonly #events = new Map<number, EventStep[]>();
  readonly #calls = new Map<number, CallStep[]>();
  readonly #scans = new Map<number, ScanStep[]>();
  #last = 0;

  event(step: EventStep): void {
    this.#put(this.#events, step);
  }

  call(step: CallStep): void {
    this.#put(this.#calls, step);
  }

  scan(step: ScanStep): void {
    this.#put(this.#scans, step);
  }

  /** Does everything in order: in a tick first events, then other requests, then scans. */
  async run(gateway: MemoryGateway): Promise<void> {
    for (let tick = 0; tick <= this.#last; tick += 1) {
      gateway.now = worldBegin + tick * tickMs;
      const events = this.#events.get(tick) ?? [];
      await gateway.together(() => recordAll(gateway, events));
      for (const { operationId, by, body, params, done } of this.#calls.get(tick) ?? []) {
        gateway.now += minuteMs;
        const answer = await gateway.call(operationId, by, body, typeof params === 'function' ? params() : params);
        if (answer.status >= 300) throw new Error(`${operationId}: ${JSON.stringify(answer)}`);
        done?.(answer.body);
      }
      for (const { by, body, judged } of this.#scans.get(tick) ?? []) {
        const answer = await gateway.call('verifyPack', by, body);
        if (answer.status !== 200) throw new Error(`scan: ${JSON.stringify(answer)}`);
        judged(answer.body as unknown as Verified);
      }
    }
  }

  #put<Step extends { readonly tick: number }>(steps: Map<number, Step[]>, step: Step): void {
    this.#last = Math.max(this.#last, step.tick);
    const at = steps.get(step.tick);
    if (at === undefined) steps.set(step.tick, [step]);
    else at.push(step);
  }
}

const commandsOfRequest = 200;

async function recordAll(gateway: MemoryGateway, events: readonly EventStep[]): Promise<void> {
  for (const by of new Set(events.map((step) => step.by))) {
    gateway.now += minuteMs;
    await record(
      gateway,
      by,
      events.filter((step) => step.by === by),
    );
  }
}

async function record(gateway: MemoryGateway, by: Trader, steps: readonly EventStep[]): Promise<void> {
  for (let from = 0; from < steps.length; from += commandsOfRequest) {
    const some = steps.slice(from, from + commandsOfRequest);
    const commands = some.map(({ event }) => (typeof event === 'function' ? event() : event));
    const { status, body } = await gateway.call('recordSupplyEvents', by.caller, { commands });
    if (status !== 200) throw new Error(`events: ${JSON.stringify(body)}`);
    for (const [index, outcome] of (body['results'] as readonly EventOutcome[]).entries()) {
      const { expected, done } = some[index]!;
      const came = outcome.code ?? 'applied';
      if (expected !== undefined && came !== expected)
        throw new Error(`${came} instead of ${expected}: ${JSON.stringify([commands[index], outcome])}`);
      done?.(outcome);
    }
  }
}
