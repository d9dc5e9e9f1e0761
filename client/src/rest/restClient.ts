/** REST against one gateway, as one caller: tokens, problems, idempotency keys, pages, safe repeats. */
import { resultOf, type Operation, type OperationWait } from './operation.ts';
import { GatewayUnreachable, problemOf } from './problem.ts';
import { defaultRetryPolicy, delayBefore, type RetryPolicy } from './retry.ts';

export interface RestClientOptions {
  /** Address of the gateway, e.g. `http://127.0.0.1:8081`. */
  readonly baseUrl: string;
  /** Access token, or where the present one comes from; absent for what is public. */
  readonly token?: string | (() => Promise<string>);
  readonly retry?: RetryPolicy;
  readonly fetch?: typeof fetch;
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

export type QueryValue = string | number | boolean | readonly string[] | undefined;
export type Query = Readonly<Record<string, QueryValue>>;

export interface PostOptions {
  /** Set it to repeat a request of another process; otherwise a random one is made and kept over the attempts. */
  readonly idempotencyKey?: string;
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /**
   * `Prefer: respond-async`: the gateway keeps the write until it is committed, also while a member that must endorse is
   * away, and the call waits for that. Not for files and streams.
   */
  readonly later?: OperationWait;
}

/** What `uploadStream` sends; a Blob can be sent again, a stream cannot. */
export type UploadBody = Blob | ReadableStream<Uint8Array>;

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor?: string;
}

interface Request {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: Query | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | UploadBody;
  readonly signal?: AbortSignal | undefined;
}

export class RestClient {
  readonly #baseUrl: string;
  readonly #token: (() => Promise<string>) | undefined;
  readonly #retry: RetryPolicy;
  readonly #fetch: typeof fetch;
  readonly #sleep: (milliseconds: number) => Promise<void>;

  constructor({ baseUrl, token, retry = defaultRetryPolicy, fetch: send, sleep = wait }: RestClientOptions) {
    this.#baseUrl = baseUrl.replace(/\/+$/, '');
    this.#token = typeof token === 'string' ? async () => token : token;
    this.#retry = retry;
    this.#fetch = send ?? ((input, init) => fetch(input, init));
    this.#sleep = sleep;
  }

  /** @returns the JSON of the answer. @throws GatewayProblem, GatewayUnreachable */
  async get(path: string, query?: Query): Promise<unknown> {
    const response = await this.#send({ method: 'GET', path, query, headers: {} });
    return response.json();
  }

  /**
   * @param body plain JSON
   * @returns the JSON of the answer
   * @throws GatewayProblem, GatewayUnreachable; with `later` OperationUnfinished
   */
  async post(path: string, body: object, options: PostOptions = {}): Promise<unknown> {
    if (options.later !== undefined) return this.#answerLater(path, body, options.later, options);
    return (await this.#postJson(path, body, options)).json();
  }

  /**
   * Posts with `Prefer: respond-async`.
   *
   * @param body plain JSON
   * @returns the operation that it became
   * @throws RangeError when it is one of the few that are always answered at once; GatewayProblem, GatewayUnreachable
   */
  async postLater(path: string, body: object, options: PostOptions = {}): Promise<Operation> {
    const response = await this.#postJson(path, body, preferringLater(options));
    if (response.status !== 202) throw new RangeError(`${path} was done at once`);
    return (await response.json()) as Operation;
  }

  /**
   * Posts bytes of any kind.
   *
   * @param mediaType of the bytes
   * @throws GatewayProblem, GatewayUnreachable
   */
  async upload(path: string, body: UploadBody, mediaType: string, options: PostOptions = {}): Promise<unknown> {
    const response = await this.#post(path, body, { 'content-type': mediaType }, options);
    return response.json();
  }

  /**
   * The bytes of a resource.
   *
   * @param range first and last byte, both included
   * @param more further headers
   * @throws GatewayProblem, GatewayUnreachable
   */
  async content(
    path: string,
    range?: readonly [first: number, last: number],
    more: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const headers = range === undefined ? {} : { range: `bytes=${range[0]}-${range[1]}` };
    return this.#send({ method: 'GET', path, headers: { accept: '*/*', ...headers, ...more } });
  }

  /**
   * A resource in another form than JSON.
   *
   * @param accept its media type
   * @throws GatewayProblem, GatewayUnreachable
   */
  async document(path: string, accept: string, query: Query = {}): Promise<Response> {
    return this.#send({ method: 'GET', path, query, headers: { accept } });
  }

  /**
   * Waits for work that was accepted to end; what is queued may take as long as a member of the network is away.
   *
   * @param id of the operation
   * @returns its result
   * @throws GatewayProblem: that which ended it, or of the question; OperationUnfinished; GatewayUnreachable
   */
  async operation(id: string, wait: OperationWait = {}): Promise<unknown> {
    const read = async () => (await this.get(path`/v1/operations/${id}`)) as Operation;
    return resultOf(read, wait, this.#sleep);
  }

  /**
   * Every item of a list, page after page as they are asked for.
   *
   * @throws GatewayProblem, GatewayUnreachable
   */
  async *list(path: string, query: Query = {}): AsyncGenerator<unknown, void, void> {
    let cursor: string | undefined;
    do {
      const { items, nextCursor } = (await this.get(path, { ...query, cursor })) as Page<unknown>;
      yield* items;
      cursor = nextCursor;
    } while (cursor !== undefined);
  }

  async #answerLater(path: string, body: object, wait: OperationWait, options: PostOptions): Promise<unknown> {
    const response = await this.#postJson(path, body, preferringLater(options));
    const answer: unknown = await response.json();
    if (response.headers.get('preference-applied') !== 'respond-async') return answer;
    const { id } = answer as Operation;
    return ((await this.operation(id, wait)) as { readonly body: unknown }).body;
  }

  async #postJson(path: string, body: object, options: PostOptions): Promise<Response> {
    return this.#post(path, JSON.stringify(body), { 'content-type': 'application/json' }, options);
  }

  async #post(
    path: string,
    body: string | UploadBody,
    headers: Readonly<Record<string, string>>,
    { idempotencyKey = crypto.randomUUID(), query, headers: more, signal }: PostOptions,
  ): Promise<Response> {
    const all = { ...headers, 'idempotency-key': idempotencyKey, ...more };
    return this.#send({ method: 'POST', path, query, headers: all, body, signal });
  }

  async #send(request: Request): Promise<Response> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.#sendOnce(request);
      } catch (error) {
        const delay = request.body instanceof ReadableStream ? undefined : delayBefore(error, attempt, this.#retry);
        if (delay === undefined || request.signal?.aborted === true) throw error;
        await this.#sleep(delay);
      }
    }
  }

  async #sendOnce({ method, path, query, headers, body, signal }: Request): Promise<Response> {
    const authorization = this.#token === undefined ? {} : { authorization: `Bearer ${await this.#token()}` };
    const init = {
      method,
      headers: { accept: 'application/json', ...headers, ...authorization },
      ...(body === undefined ? {} : { body }),
      ...(body instanceof ReadableStream ? { duplex: 'half' as const } : {}),
      ...(signal === undefined ? {} : { signal }),
    };
    const response = await this.#fetch(`${this.#baseUrl}${path}${queryText(query)}`, init).catch((cause: unknown) => {
      throw new GatewayUnreachable('the gateway did not answer', { cause });
    });
    if (!response.ok) throw await problemOf(response);
    return response;
  }
}

/** A path with its parts percent-encoded: serials may hold `/`. */
export function path(strings: TemplateStringsArray, ...parts: readonly string[]): string {
  return strings.reduce((text, literal, index) => `${text}${encodeURIComponent(parts[index - 1] ?? '')}${literal}`);
}

function preferringLater(options: PostOptions): PostOptions {
  return { ...options, headers: { ...options.headers, prefer: 'respond-async' } };
}

function queryText(query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    for (const each of Array.isArray(value) ? value : [value])
      if (each !== undefined) parameters.append(name, String(each));
  return parameters.size === 0 ? '' : `?${parameters.toString()}`;
}

async function wait(milliseconds: number): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, milliseconds);
  });
}
