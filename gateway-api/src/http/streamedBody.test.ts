import { Agent, createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { StreamedBody } from './streamedBody.ts';

let server: Server;
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

beforeAll(async () => {
  server = createServer((incoming, outgoing) => {
    const { stream } = new StreamedBody(incoming, 10_000_000, 'application/octet-stream');
    const readOne = async (): Promise<void> => {
      for await (const _ of stream) break;
    };
    void readOne().finally(() => {
      outgoing.statusCode = 503;
      outgoing.end('no');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  agent.destroy();
  server.close();
});

const post = (bytes: number): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const { port } = server.address() as AddressInfo;
    const outgoing = request({ port, agent, method: 'POST', timeout: 3_000 }, (incoming) => {
      incoming.resume().on('end', () => resolve(incoming.statusCode));
    });
    outgoing.on('error', reject).on('timeout', () => outgoing.destroy(new Error('nothing came')));
    outgoing.end(Buffer.alloc(bytes));
  });

test('whoever stops reading in the middle is answered, and so is the next request on the connection', async () => {
  expect(await post(5_000_000)).toBe(503);
  expect(await post(10)).toBe(503);
});
