/**
 * First answers of POSTs by Idempotency-Key: a repeat gets the first answer, another request with the same key is
 * refused, a repeat while the first is running is told so. They are kept in memory, and written behind for the next
 * process; what a crash loses of them the ledger's own record and the derived ids lead to the same effect.
 */
import { createHmac } from 'node:crypto';
import { Refusal } from '@chain-of-care/chaincode/model';
import { Problem } from '../http/problem.ts';
import type { Reply } from '../http/route.ts';
import type { StreamedBody } from '../http/streamedBody.ts';

interface Entry {
  readonly request: string;
  readonly at: number;
  body?: string;
  reply?: Reply;
  error?: Error;
}

/** A first answer at its end. */
export interface KeptAnswer {
  readonly id: string;
  /** Digest of the request. */
  readonly request: string;
  /** Digest of a body that was a stream, if it was read to its end. */
  readonly body?: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly end: { readonly reply: Reply } | { readonly error: Refusal | Problem };
}

/** Where first answers outlive the process. */
export interface AnswerStore {
  /** Takes an answer to be written soon. */
  keep(answer: KeptAnswer): void;
  /** Newest first. @param since milliseconds since the epoch */
  since(since: number, limit: number): Promise<readonly KeptAnswer[]>;
}

export const keptMs = 24 * 3600 * 1000;

/** Problems after which a repeat with the same key is meant to try again. */
const passing: ReadonlySet<string> = new Set([
  'conflict',
  'idempotency_in_progress',
  'rate_limited',
  'payload_too_large',
  'request_timeout',
  'clock_skew',
  'chain_head_moved',
]);

export class FirstAnswers {
  readonly #entries = new Map<string, Entry>();
  readonly #secret: Uint8Array;
  readonly #store: AnswerStore;
  readonly #capacity: number;
  readonly #clock: () => number;

  /** @param capacity answers kept at the most; the oldest go first */
  constructor(secret: Uint8Array, store: AnswerStore, clock: () => number, capacity = 50_000) {
    this.#secret = secret;
    this.#store = store;
    this.#clock = clock;
    this.#capacity = capacity;
  }

  /** Takes up what an earlier process kept; to be called before requests are taken. */
  async recover(): Promise<void> {
    const kept = await this.#store.since(this.#clock() - keptMs, this.#capacity);
    for (const { id, end, ...entry } of [...kept].reverse()) this.#entries.set(id, { ...entry, ...end });
  }

  /**
   * Runs a request once for its key.
   *
   * @param submitter who asks
   * @param request digest of method, path, headers and body
   * @param streamed the body where it is a stream: its digest is kept with the answer, and a repeat's compared with it
   * @returns the reply, and whether it is the first one's
   * @throws Refusal idempotency_key_reused (422), idempotency_in_progress (409); what `run` throws
   */
  async once(
    submitter: string,
    clientKey: string,
    request: string,
    run: () => Promise<Reply>,
    streamed?: Pick<StreamedBody, 'digest' | 'readToEnd'>,
  ): Promise<{ readonly reply: Reply; readonly replayed: boolean }> {
    const id = this.#idOf(submitter, clientKey);
    const known = this.#sameRequest(id, request);
    if (known !== undefined) {
      if (known.error === undefined && known.reply === undefined) throw new Refusal('idempotency_in_progress');
      if (known.body !== undefined && known.body !== (await streamed?.readToEnd()))
        throw new Refusal('idempotency_key_reused');
      if (known.reply === undefined) throw known.error!;
      return { reply: known.reply, replayed: true };
    }
    const entry: Entry = { request, at: this.#clock() };
    this.#add(id, entry);
    try {
      const reply = await run();
      // A 202 leads to an operation, which knows itself whether a repeat starts it again.
      if (reply.stream === undefined && reply.status !== 202) this.#end(id, entry, { reply }, streamed?.digest);
      else this.#entries.delete(id);
      return { reply, replayed: false };
    } catch (error) {
      if (isFinal(error)) this.#end(id, entry, { error }, streamed?.digest);
      else this.#entries.delete(id);
      throw error;
    }
  }

  /** @throws Refusal idempotency_key_reused when the key was used for another request */
  requireSame(submitter: string, clientKey: string, request: string): void {
    this.#sameRequest(this.#idOf(submitter, clientKey), request);
  }

  #idOf(submitter: string, clientKey: string): string {
    return createHmac('sha256', this.#secret).update(`${submitter}|${clientKey}`).digest('base64');
  }

  #sameRequest(id: string, request: string): Entry | undefined {
    const known = this.#known(id);
    if (known !== undefined && known.request !== request) throw new Refusal('idempotency_key_reused');
    return known;
  }

  #end(id: string, entry: Entry, end: KeptAnswer['end'], body: string | undefined): void {
    const { request, at } = entry;
    const read = body === undefined ? {} : { body };
    Object.assign(entry, read, end);
    this.#store.keep({ id, request, ...read, at, end });
  }

  #known(id: string): Entry | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined || this.#clock() - entry.at < keptMs) return entry;
    this.#entries.delete(id);
    return undefined;
  }

  #add(id: string, entry: Entry): void {
    if (this.#entries.size >= this.#capacity) {
      for (const [oldest, { reply, error }] of this.#entries) {
        if (reply === undefined && error === undefined) continue;
        this.#entries.delete(oldest);
        break;
      }
    }
    this.#entries.set(id, entry);
  }
}

function isFinal(error: unknown): error is Refusal | Problem {
  if (!(error instanceof Refusal) && !(error instanceof Problem)) return false;
  return error.status < 500 && error.status !== 401 && !passing.has(error.code);
}
