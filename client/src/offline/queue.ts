/** The queue of premises without connection: sign now, hand in when the gateway answers again. */
import type { SupplyEventResult } from '../rest/supply.ts';
import { GatewayUnreachable } from '../rest/problem.ts';
import type { RestClient } from '../rest/restClient.ts';
import type { CryptoKeyPair } from '../webCrypto.ts';
import { queuedStatement, signStatement, type OfflineEvent, type SignedEvent } from './statement.ts';

/** Where the queue survives a restart of the device. */
export interface QueueStore {
  load(): Promise<readonly SignedEvent[]>;
  save(events: readonly SignedEvent[]): Promise<void>;
}

/** What became of a queued event; `conflicts` are the events in its way. */
export interface QueuedResult extends SupplyEventResult {
  readonly conflicts?: readonly string[];
}

/** Events that one request hands in. */
const eventsPerRequest = 50;

export class OfflineQueue {
  readonly #keys: CryptoKeyPair;
  readonly #store: QueueStore;
  readonly #now: () => Date;
  #lastTime = 0;
  #changed: Promise<void> = Promise.resolve();

  /** @param keys the device's pair; its public key is registered at the premises */
  constructor(keys: CryptoKeyPair, store: QueueStore, now: () => Date = () => new Date()) {
    this.#keys = keys;
    this.#store = store;
    this.#now = now;
  }

  /**
   * Signs an event and keeps it. Without a time of its own it gets the present one, later than that of the one before: two
   * statements of the same words and time are one event.
   *
   * @throws Refusal validation_failed, invalid_identifier
   */
  async add(event: Omit<OfflineEvent, 'eventTime'> & { readonly eventTime?: string }): Promise<SignedEvent> {
    const { eventTime = this.#laterTime(), event: kind, ...rest } = event;
    const statement = queuedStatement({ ...rest, event: kind as OfflineEvent['event'], eventTime });
    let signed!: SignedEvent;
    await this.#change(async (events) => {
      signed = await signStatement(this.#keys, statement);
      return [...events, signed];
    });
    return signed;
  }

  async pending(): Promise<readonly SignedEvent[]> {
    return this.#store.load();
  }

  /**
   * Hands in what waits, in its order. What has a result leaves the queue, also when it was refused: the ledger keeps it.
   *
   * @returns results of the events that left, in their order
   * @throws GatewayProblem; not for a gateway that cannot be reached: then the rest waits on
   */
  async flush(rest: RestClient): Promise<readonly QueuedResult[]> {
    const results: QueuedResult[] = [];
    for (;;) {
      const waiting = await this.#store.load();
      const events = waiting.slice(0, eventsPerRequest);
      if (events.length === 0) return results;
      try {
        const answer = (await rest.post('/v1/queued-events', { events })) as { readonly results: QueuedResult[] };
        results.push(...answer.results);
      } catch (error) {
        if (error instanceof GatewayUnreachable) return results;
        throw error;
      }
      await this.#change(async (kept) => kept.slice(events.length));
    }
  }

  /** One change after the other: none is lost to another that read before it. */
  #change(change: (events: readonly SignedEvent[]) => Promise<readonly SignedEvent[]>): Promise<void> {
    const saved = this.#changed.then(async () => this.#store.save(await change(await this.#store.load())));
    this.#changed = saved.catch(() => undefined);
    return saved;
  }

  #laterTime(): string {
    this.#lastTime = Math.max(this.#now().getTime(), this.#lastTime + 1);
    return new Date(this.#lastTime).toISOString();
  }
}
