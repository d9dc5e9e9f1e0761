/** What the store asks of an IPFS node, in memory, as healthy, slow, silent or full as a test wants it. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { cidOf } from '../../../gateway-api/src/vault/store/index.ts';

export type Mood = 'well' | 'slow' | 'silent' | 'full';

const slowMs = 700;

export class IpfsNode {
  readonly url: string;
  readonly #server: Server;
  readonly #blocks: Map<string, Buffer>;
  readonly #mood: { now: Mood };

  private constructor(server: Server, blocks: Map<string, Buffer>, mood: { now: Mood }) {
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    this.#server = server;
    this.#blocks = blocks;
    this.#mood = mood;
  }

  static async start(): Promise<IpfsNode> {
    const blocks = new Map<string, Buffer>();
    const mood: { now: Mood } = { now: 'well' };
    const server = createServer((request, response) => void answer(request, response, blocks, mood.now));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new IpfsNode(server, blocks, mood);
  }

  get size(): number {
    return this.#blocks.size;
  }

  set mood(mood: Mood) {
    this.#mood.now = mood;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  blocks: Map<string, Buffer>,
  mood: Mood,
): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://node');
  const body = await bytesOf(request).catch(() => undefined);
  if (mood === 'silent' || body === undefined) return;
  if (mood === 'slow') await delay(slowMs);
  const arg = (searchParams.get('arg') ?? '').replace('/ipfs/', '');
  const refuse = (message: string): void => {
    response.statusCode = 500;
    response.end(JSON.stringify({ Message: message, Code: 0, Type: 'error' }));
  };
  const block = blocks.get(arg);
  switch (pathname.replace('/api/v0/', '')) {
    case 'add': {
      if (mood === 'full') return refuse('write /blocks/put-1: no space left on device');
      const added = partsOf(body, request.headers['content-type'] ?? '').map((bytes, index) => {
        const cid = cidOf(createHash('sha256').update(bytes).digest());
        blocks.set(cid, bytes);
        return `${JSON.stringify({ Name: String(index), Hash: cid, Size: String(bytes.length) })}\n`;
      });
      return void response.end(added.join(''));
    }
    case 'block/stat':
      if (block === undefined) return refuse('block was not found locally (offline)');
      return void response.end(JSON.stringify({ Key: arg, Size: block.length }));
    case 'cat':
    case 'block/get':
      if (block === undefined) return refuse('block was not found locally (offline)');
      return void response.end(block);
    case 'files/stat':
      return refuse('file does not exist');
    case 'block/rm':
      for (const cid of searchParams.getAll('arg')) blocks.delete(cid);
      return void response.end('');
    default:
      return void response.end('');
  }
}

async function bytesOf(source: AsyncIterable<unknown>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of source) pieces.push(piece as Uint8Array);
  return Buffer.concat(pieces);
}

/** The files of a `multipart/form-data` body (RFC 7578). */
function partsOf(body: Buffer, type: string): readonly Buffer[] {
  const boundary = Buffer.from(`--${/boundary=(.+)$/.exec(type)?.[1] ?? ''}`);
  const parts: Buffer[] = [];
  for (let at = body.indexOf(boundary); at >= 0;) {
    const next = body.indexOf(boundary, at + boundary.length);
    if (next < 0) return parts;
    parts.push(body.subarray(body.indexOf('\r\n\r\n', at) + 4, next - 2));
    at = next;
  }
  return parts;
}
