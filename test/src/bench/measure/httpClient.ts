/** A client for load: one connection a caller, kept open, and no more work a request than Node's http does. */
import { randomUUID } from 'node:crypto';
import { Agent, request, type IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

export class LoadCaller {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #base: URL;
  readonly #token: string | undefined;

  constructor(base: string, token?: string) {
    this.#base = new URL(base);
    this.#token = token;
  }

  /** @throws Error with status and code unless the answer is 2xx */
  async post<Body>(path: string, body: unknown, { key }: { readonly key?: string } = {}): Promise<Body> {
    const headers = { 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }) };
    const answer = await this.send('POST', path, headers, JSON.stringify(body));
    return JSON.parse((await collected(answer)).toString('utf8')) as Body;
  }

  /** @returns the bytes of the answer. @throws Error unless it is 2xx */
  async get(path: string): Promise<Uint8Array> {
    return collected(await this.send('GET', path));
  }

  /** @param body whole, or in pieces */
  async send(
    method: 'GET' | 'POST',
    path: string,
    headers: Readonly<Record<string, string>> = {},
    body?: string | Iterable<Uint8Array>,
  ): Promise<IncomingMessage> {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request(
        {
          host: this.#base.hostname,
          port: this.#base.port,
          method,
          path,
          agent: this.#agent,
          headers: {
            ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
            ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
            ...headers,
          },
        },
        resolve,
      );
      sent.on('error', reject);
      if (body === undefined || typeof body === 'string') sent.end(body);
      else void Readable.from(body).pipe(sent);
    });
    const { statusCode = 0 } = answer;
    if (statusCode >= 200 && statusCode < 300) return answer;
    const problem = (await collected(answer)).toString('utf8');
    throw new Error(`${statusCode} ${/"code":"(\w+)"/.exec(problem)?.[1] ?? problem.slice(0, 80)}`);
  }

  close(): void {
    this.#agent.destroy();
  }
}

async function collected(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
