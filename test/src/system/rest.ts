/** A plain outside client of the API: fetch, a token, an idempotency key for each POST. */
import { randomUUID } from 'node:crypto';

export type Json = Record<string, unknown>;

export interface Answer<Body = Json> {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed when it is JSON, otherwise an empty object; see `bytes`. */
  readonly body: Body;
  readonly bytes: Uint8Array;
  readonly milliseconds: number;
}

/** RFC 9457, as every error comes. */
export interface ProblemBody extends Json {
  readonly type?: string;
  readonly title?: string;
  readonly status?: number;
  readonly code?: string;
  readonly detail?: string;
}

export interface Page<Item = Json> extends Json {
  readonly items: readonly Item[];
  readonly nextCursor?: string;
}

export interface RequestOptions {
  /** The caller's idempotency key; a fresh one when absent, none when null. */
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

/** The answer was not the one that was needed. */
export class UnexpectedAnswer extends Error {
  override readonly name = 'UnexpectedAnswer';
  readonly answer: Answer;

  constructor(what: string, answer: Answer) {
    super(`${what}: ${answer.status} ${Buffer.from(answer.bytes).toString('utf8').slice(0, 2000)}`);
    this.answer = answer;
  }
}

const defaultTimeoutMs = 90_000;

export class RestSession {
  readonly base: string;
  readonly #token: string | undefined;

  /** @param token of the caller; absent: a caller without one */
  constructor(base: string, token?: string) {
    this.base = base;
    this.#token = token;
  }

  get<Body = Json>(path: string, options: RequestOptions = {}): Promise<Answer<Body>> {
    return this.send<Body>('GET', path, undefined, { key: null, ...options });
  }

  post<Body = Json>(path: string, body?: unknown, options: RequestOptions = {}): Promise<Answer<Body>> {
    return this.send<Body>('POST', path, body === undefined ? undefined : JSON.stringify(body), {
      ...options,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...options.headers },
    });
  }

  /** As {@link get}. @throws UnexpectedAnswer unless it is 2xx */
  async read<Body = Json>(path: string, options: RequestOptions = {}): Promise<Body> {
    return demandOk(`GET ${path}`, await this.get<Body>(path, options)).body;
  }

  /** As {@link post}. @throws UnexpectedAnswer unless it is 2xx */
  async create<Body = Json>(path: string, body?: unknown, options: RequestOptions = {}): Promise<Body> {
    return demandOk(`POST ${path}`, await this.post<Body>(path, body, options)).body;
  }

  /** Any request. Nothing about the body is assumed: it is sent as it is. */
  async send<Body = Json>(
    method: string,
    path: string,
    body: RequestInit['body'] | undefined,
    { key = randomUUID(), headers = {}, timeoutMs = defaultTimeoutMs }: RequestOptions = {},
  ): Promise<Answer<Body>> {
    const begun = performance.now();
    const response = await fetch(`${this.base}${path}`, {
      method,
      headers: {
        ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
        ...(key === null ? {} : { 'idempotency-key': key }),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const milliseconds = performance.now() - begun;
    return {
      status: response.status,
      headers: response.headers,
      bytes,
      body: parsed(response, bytes) as Body,
      milliseconds,
    };
  }
}

function parsed(response: Response, bytes: Uint8Array): unknown {
  const isJson = /[/+]json\b/.test(response.headers.get('content-type') ?? '');
  return isJson && bytes.length > 0 ? JSON.parse(Buffer.from(bytes).toString('utf8')) : {};
}

export function demandOk<Body>(what: string, answer: Answer<Body>): Answer<Body> {
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw new UnexpectedAnswer(what, answer as Answer);
}
