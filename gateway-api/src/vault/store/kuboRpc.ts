/** Commands of an IPFS node over the RPC of Kubo (`/api/v0`), streamed both ways. */
import { randomUUID } from 'node:crypto';
import { Agent as PlainAgent, request as plainRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Patience } from './patience.ts';
import { StoreUnavailable } from './storeUnavailable.ts';

/** The node understood the command and says that it cannot be done; `message` is the node's. */
export class KuboRefusal extends Error {
  override readonly name = 'KuboRefusal';
}

export interface KuboAddress {
  /** Where the RPC listens: `http://127.0.0.1:5001`. */
  readonly url: string;
  /** Bearer token of the node's `API.Authorizations`. */
  readonly token?: string | undefined;
}

export type Parameters = Readonly<Record<string, string | number | boolean | readonly string[]>>;
type Bytes = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

const connectionsAtOnce = 64;
/** More than a node's JSON answer to any command of ours. */
const maxAnswerBytes = 16 * 1024 * 1024;

export class KuboRpc {
  readonly #base: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #limitMs: number;
  readonly #agent: PlainAgent;

  /** @param limitMs how long the node may do nothing before a command is given up */
  constructor({ url, token }: KuboAddress, limitMs: number) {
    this.#base = `${url}/api/v0/`;
    this.#headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    this.#limitMs = limitMs;
    const options = { keepAlive: true, maxSockets: connectionsAtOnce };
    this.#agent = url.startsWith('https:') ? new TlsAgent(options) : new PlainAgent(options);
  }

  /**
   * @returns the JSON documents of the answer
   * @throws KuboRefusal, StoreUnavailable
   */
  async call<Answer>(command: string, parameters: Parameters): Promise<readonly Answer[]> {
    return documents<Answer>(await this.stream(command, parameters));
  }

  /**
   * @returns the answer's bytes; they throw what happens on their way
   * @throws KuboRefusal, StoreUnavailable
   */
  async stream(command: string, parameters: Parameters): Promise<AsyncIterable<Uint8Array>> {
    return this.#send(command, parameters, {}, async (outgoing) => void outgoing.end());
  }

  /**
   * Sends files as `multipart/form-data` (RFC 7578); they are named by their place, from 0.
   *
   * @returns the JSON documents of the answer
   * @throws KuboRefusal, StoreUnavailable, what a file's own bytes throw
   */
  async upload<Answer>(command: string, parameters: Parameters, files: readonly Bytes[]): Promise<readonly Answer[]> {
    const boundary = randomUUID();
    const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
    const sources = files.map((file) => new Source(file));
    try {
      const answer = await this.#send(command, parameters, headers, (outgoing, patience) =>
        pipeline(Readable.from(multipart(sources, boundary, patience), { objectMode: false }), outgoing),
      );
      return await documents<Answer>(answer);
    } catch (error) {
      const failed = sources.find(({ failure }) => failure !== undefined);
      throw failed === undefined ? error : failed.failure!.error;
    }
  }

  async #send(
    command: string,
    parameters: Parameters,
    headers: Readonly<Record<string, string>>,
    write: (outgoing: ClientRequest, patience: Patience) => Promise<void>,
  ): Promise<AsyncIterable<Uint8Array>> {
    const url = new URL(command, this.#base);
    for (const [name, value] of Object.entries(parameters))
      for (const each of [value].flat()) url.searchParams.append(name, String(each));
    const request = url.protocol === 'https:' ? tlsRequest : plainRequest;
    const outgoing = request(url, {
      method: 'POST',
      agent: this.#agent,
      headers: { ...this.#headers, ...headers },
    });
    const patience = new Patience(this.#limitMs, (error) => outgoing.destroy(error));
    patience.start();
    try {
      const incoming = await answerTo(outgoing, () => write(outgoing, patience));
      const bytes = received(incoming, patience);
      if (incoming.statusCode === 200) return bytes;
      throw await refusal(incoming.statusCode ?? 0, bytes);
    } catch (error) {
      patience.stop();
      outgoing.destroy();
      throw error;
    }
  }
}

/** The node may answer before it has taken everything: an error is heard although the request was cut off. */
function answerTo(outgoing: ClientRequest, write: () => Promise<void>): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once('response', (incoming: IncomingMessage) => {
      // Whoever reads it is told; an answer that nobody reads must not end the process.
      incoming.on('error', () => undefined);
      resolve(incoming);
    });
    outgoing.on('error', (cause) => reject(asUnavailable(cause)));
    write().catch((cause: unknown) => reject(asUnavailable(cause)));
  });
}

async function* received(incoming: IncomingMessage, patience: Patience): AsyncGenerator<Uint8Array> {
  try {
    yield* patience.whileTaking(incoming);
  } catch (cause) {
    throw streamError(incoming) ?? asUnavailable(cause);
  }
  const said = streamError(incoming);
  if (said !== undefined) throw said;
}

/** What goes wrong after the first byte is said in a trailer. */
function streamError({ trailers }: IncomingMessage): KuboRefusal | undefined {
  const said = trailers['x-stream-error'];
  return said === undefined ? undefined : new KuboRefusal(said);
}

function asUnavailable(cause: unknown): StoreUnavailable {
  if (cause instanceof StoreUnavailable) return cause;
  return new StoreUnavailable('the IPFS node does not answer', { cause });
}

async function refusal(status: number, bytes: AsyncIterable<Uint8Array>): Promise<Error> {
  const text = await textOf(bytes);
  if (status !== 500) return new StoreUnavailable(`the IPFS node answers ${status}: ${text.slice(0, 200).trim()}`);
  try {
    const { Message } = JSON.parse(text) as { Message?: unknown };
    return new KuboRefusal(String(Message));
  } catch {
    return new KuboRefusal(text.slice(0, 200).trim());
  }
}

async function documents<Answer>(bytes: AsyncIterable<Uint8Array>): Promise<readonly Answer[]> {
  const lines = (await textOf(bytes)).split('\n').filter((line) => line.trim() !== '');
  try {
    return lines.map((line) => JSON.parse(line) as Answer);
  } catch (cause) {
    throw new StoreUnavailable('the IPFS node answers something else than JSON', { cause });
  }
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of bytes) {
    size += piece.length;
    if (size > maxAnswerBytes) throw new StoreUnavailable('the answer of the IPFS node is too long');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** A caller's bytes, with the failure that was theirs and not the connection's. */
class Source implements AsyncIterable<Uint8Array> {
  readonly #bytes: Bytes;
  failure: { readonly error: unknown } | undefined;

  constructor(bytes: Bytes) {
    this.#bytes = bytes;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    let isTaken = false;
    try {
      for await (const piece of this.#bytes) {
        isTaken = true;
        yield piece;
        isTaken = false;
      }
    } catch (error) {
      if (!isTaken) this.failure = { error };
      throw error;
    }
  }
}

async function* multipart(
  files: readonly AsyncIterable<Uint8Array>[],
  boundary: string,
  patience: Patience,
): AsyncGenerator<Uint8Array> {
  for (const [index, file] of files.entries()) {
    yield Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${index}"\r\n` +
        'Content-Type: application/octet-stream\r\n\r\n',
    );
    yield* patience.whileGiving(file);
    yield Buffer.from('\r\n');
  }
  yield Buffer.from(`--${boundary}--\r\n`);
}
