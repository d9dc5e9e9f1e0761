/** What the store makes of a node's errors. The store on real nodes: `npm run test:ipfs`. */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { KuboStore, StoreUnavailable, type CiphertextStore } from './index.ts';
import { CiphertextHash, leafBytes } from './ciphertextHash.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

const token = 'a token of the node, 32 characters long'.replaceAll(/[ ,]/g, '-');
const limitMs = 300;
const bytes = randomBytes(1000);
const cid = cidOf(bytes);

let server: Server;
let url: string;
let answers: Record<string, Answer>;
let asked: string[];
let store: CiphertextStore;

beforeAll(async () => {
  server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', url);
    const command = pathname.replace('/api/v0/', '');
    asked.push(`${command} ${searchParams.getAll('arg').join(' ')}`.trim());
    void (answers[command] ?? refuse('no such command'))(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  [answers, asked] = [{ 'block/stat': json({ Key: cid, Size: bytes.length }), add: added(cid) }, []];
  store = new KuboStore({ url, token }, limitMs);
});
afterEach(() => server.closeIdleConnections());

function cidOf(content: Uint8Array): string {
  const hash = new CiphertextHash();
  hash.update(content);
  return hash.digest().cid;
}

const json =
  (body: object): Answer =>
  (request, response) =>
    void request.resume().on('end', () => response.end(`${JSON.stringify(body)}\n`));
const refuse =
  (message: string, status = 500): Answer =>
  (request, response) => {
    request.resume();
    response.statusCode = status;
    response.end(JSON.stringify({ Message: message, Code: 0, Type: 'error' }));
  };
const added = (root: string): Answer => json({ Name: '0', Hash: root, Size: '1008' });
const silent: Answer = (request) => void request.resume();

async function read(start?: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of await store.get(cid, start === undefined ? undefined : { start })) pieces.push(piece);
  return Buffer.concat(pieces);
}

test('the token goes to the node, and bytes go as multipart/form-data', async () => {
  const received: Buffer[] = [];
  let headers: IncomingMessage['headers'] = {};
  answers['add'] = async (request, response) => {
    headers = request.headers;
    for await (const piece of request) received.push(piece as Buffer);
    response.end(`{"Name":"0","Hash":"${cid}"}\n`);
  };
  expect(await store.put(bytes)).toMatchObject({ cid, size: 1000 });
  expect(headers).toMatchObject({ authorization: `Bearer ${token}`, 'transfer-encoding': 'chunked' });
  const boundary = /boundary=(.+)$/.exec(headers['content-type'] ?? '')![1]!;
  const body = Buffer.concat(received);
  expect(body.includes(bytes)).toBe(true);
  expect(body.subarray(0, boundary.length + 2).toString()).toBe(`--${boundary}`);
  expect(body.toString('latin1').endsWith(`\r\n--${boundary}--\r\n`)).toBe(true);
});

test('a node that names another content for what it was sent is not believed', async () => {
  answers['add'] = added(cidOf(randomBytes(3)));
  await expect(store.put(bytes)).rejects.toMatchObject({ code: 'integrity', cid });
});

test('a full disk of the node is an unavailable store, and the next write succeeds', async () => {
  answers['add'] = refuse('write /blocks/x: no space left on device');
  await expect(store.put(bytes)).rejects.toThrow(StoreUnavailable);
  answers['add'] = added(cid);
  expect(await store.put(bytes)).toMatchObject({ cid });
});

test('a table that takes no name keeps the write from being acknowledged', async () => {
  answers['add'] = added(`bafybei${'a'.repeat(52)}`);
  answers['files/cp'] = refuse('no space left on device');
  await expect(store.put(randomBytes(leafBytes + 1))).rejects.toThrow(StoreUnavailable);
  expect(asked.at(-1)).toMatch(/^files\/cp \/ipfs\/bafybei\w+ \/chain-of-care\/\w\w\/bafkrei\w+$/);
});

test('a node that does nothing is given up within the limit, reading and writing; others go on', async () => {
  const other = store.stat(cid);
  answers['add'] = silent;
  answers['cat'] = silent;
  const begun = Date.now();
  await expect(store.put(bytes)).rejects.toThrow('did nothing for 300 ms');
  await expect(read()).rejects.toThrow(StoreUnavailable);
  expect(Date.now() - begun).toBeLessThan(10 * limitMs);
  expect(await other).toMatchObject({ cid });
});

test('time that the caller takes to send or to read does not count', async () => {
  const slowly = async function* (): AsyncGenerator<Uint8Array> {
    yield bytes.subarray(0, 500);
    await delay(2 * limitMs);
    yield bytes.subarray(500);
  };
  expect(await store.put(slowly())).toMatchObject({ cid });
  answers['cat'] = (request, response) => {
    request.resume();
    response.write(bytes.subarray(0, 500));
    setTimeout(() => response.end(bytes.subarray(500)), 50);
  };
  const pieces: Uint8Array[] = [];
  for await (const piece of await store.get(cid)) {
    pieces.push(piece);
    await delay(2 * limitMs);
  }
  expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
});

test('what the source throws is what the caller hears', async () => {
  const failing = async function* (): AsyncGenerator<Uint8Array> {
    yield bytes;
    throw new RangeError('cut off');
  };
  await expect(store.put(failing())).rejects.toThrow(RangeError);
});

test('other bytes than asked for are refused, at the end of a whole and before the first of a range', async () => {
  const other = randomBytes(1000);
  answers['cat'] = (_request, response) => void response.end(other);
  await expect(read()).rejects.toMatchObject({ code: 'integrity', cid });
  answers['cat'] = (_request, response) => void response.end(bytes);
  answers['block/get'] = (_request, response) => void response.end(other);
  await expect(store.get(cid, { start: 10 })).rejects.toMatchObject({ code: 'integrity', cid });
});

test('a failure after the first byte is said in a trailer: a lost block is an object that is not there', async () => {
  answers['cat'] = (_request, response) => {
    response.writeHead(200, { trailer: 'X-Stream-Error' });
    response.write(bytes.subarray(0, 10));
    response.addTrailers({ 'X-Stream-Error': 'block was not found locally (offline)' });
    response.end();
  };
  await expect(read()).rejects.toMatchObject({ code: 'not_found', cid });
});

test('an answer that is cut off is an unavailable store', async () => {
  answers['cat'] = (_request, response) => {
    response.write(bytes.subarray(0, 10));
    setTimeout(() => response.destroy(), 20);
  };
  await expect(read()).rejects.toThrow(StoreUnavailable);
});

test('what no node has is not there; a node that is gone, refuses the token or babbles is unavailable', async () => {
  answers['block/stat'] = refuse('block was not found locally (offline): ipld: could not find x');
  answers['files/stat'] = refuse('file does not exist');
  expect(await store.stat(cid)).toBeUndefined();
  expect(await store.delete(cid)).toBe(false);
  await expect(store.verify(cid)).rejects.toMatchObject({ code: 'not_found' });
  await expect(store.stat('../etc/passwd')).rejects.toMatchObject({ code: 'cid' });
  answers['block/stat'] = refuse('Access Denied', 403);
  await expect(store.stat(cid)).rejects.toThrow(StoreUnavailable);
  answers['block/stat'] = (_request, response) => void response.end('<html>');
  await expect(store.stat(cid)).rejects.toThrow(StoreUnavailable);
  store = new KuboStore({ url: 'http://127.0.0.1:1' }, limitMs);
  await expect(store.stat(cid)).rejects.toThrow(StoreUnavailable);
  await expect(store.put(bytes)).rejects.toThrow(StoreUnavailable);
});
