import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { queuedStatementPrefix } from '@chain-of-care/chaincode/model';
import { fromBase64Url } from '../encoding/index.ts';
import { fileQueueStore } from '../node/queueStore.ts';
import { RestClient } from '../rest/restClient.ts';
import { generateDeviceKey, importDevicePublicKey, verifyFabricSignature } from '../signing/index.ts';
import { OfflineQueue } from './queue.ts';
import { queuedStatement } from './statement.ts';

const gtin = '00300021200107';
const eventTime = '2026-03-01T10:00:00+01:00';

describe('a queue of events without connection', () => {
  let directory: string;
  let queue: OfflineQueue;
  let sent: { readonly statement: string }[][];
  const online = (answer: (events: { statement: string }[]) => Response) =>
    new RestClient({
      baseUrl: 'http://gateway',
      retry: { attempts: 1, baseDelayMs: 0, maxDelayMs: 0 },
      fetch: async (_input, init) => {
        const { events } = JSON.parse(init?.body as string) as { events: { statement: string }[] };
        sent.push(events);
        return answer(events);
      },
    });
  const results = (events: readonly unknown[]): Response =>
    Response.json({ results: events.map((_, index) => ({ status: 'applied', eventId: String(index) })) });

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'queue-'));
    sent = [];
    queue = new OfflineQueue(await generateDeviceKey(), fileQueueStore(join(directory, 'queue.json')));
  });
  afterEach(() => rm(directory, { recursive: true }));

  test('signs the statement with the device key over its own prefix, and survives a restart', async () => {
    const { statement, publicKey, signature } = await queue.add({ event: 'dispense', packs: [{ gtin, serial: 'A' }] });
    const key = await importDevicePublicKey(fromBase64Url(publicKey));
    const check = (text: string) =>
      verifyFabricSignature(key, fromBase64Url(signature), new TextEncoder().encode(text));
    expect(await check(queuedStatementPrefix + statement)).toBe(true);
    expect(await check(statement)).toBe(false);
    const kept = JSON.parse(await readFile(join(directory, 'queue.json'), 'utf8')) as unknown[];
    expect(kept).toEqual(await queue.pending());
  });

  test('hands in everything in its order, and keeps what got no answer', async () => {
    for (let index = 0; index < 60; index += 1)
      await queue.add({ event: 'dispense', packs: [{ gtin, serial: `S${index}` }], eventTime });
    let requests = 0;
    const rest = online((events) => {
      requests += 1;
      if (requests === 2) throw new TypeError('connection lost');
      return results(events);
    });
    expect(await queue.flush(rest)).toHaveLength(50);
    expect(await queue.pending()).toHaveLength(10);
    expect(
      sent[0]!.map(({ statement }) => (JSON.parse(statement) as { packs: { serial: string }[] }).packs[0]!.serial),
    ).toEqual(Array.from({ length: 50 }, (_, index) => `S${index}`));
    expect(await queue.flush(online(results))).toHaveLength(10);
    expect(await queue.pending()).toEqual([]);
  });

  test('the same thing done twice in a millisecond is two events', async () => {
    const now = new Date('2026-03-01T09:00:00Z');
    const store = fileQueueStore(join(directory, 'queue.json'));
    const still = new OfflineQueue(await generateDeviceKey(), store, () => now);
    const twice = [1, 2].map(
      async () => (await still.add({ event: 'dispense', packs: [{ gtin, serial: 'A' }] })).statement,
    );
    const [first, second] = await Promise.all(twice);
    expect(first).not.toBe(second);
    expect((await still.pending()).map(({ statement }) => statement)).toEqual([first, second]);
  });

  test('a refused event leaves the queue with its conflicts', async () => {
    await queue.add({ event: 'dispense', packs: [{ gtin, serial: 'A' }] });
    const refused = { status: 'refused', code: 'locked', conflicts: ['e1'] };
    expect(await queue.flush(online(() => Response.json({ results: [refused] })))).toEqual([refused]);
    expect(await queue.pending()).toEqual([]);
  });
});

describe('a statement', () => {
  test('names packs by GTIN-14 and serial, whatever was scanned, and gives a shipment its id', () => {
    const scan = `(01)${gtin}(21)S1(10)L1`;
    const sscc = '395060001000000010';
    const statement = JSON.parse(
      queuedStatement({
        event: 'ship',
        eventTime,
        recipient: '4260000000028',
        packs: [{ scan }, { gtin: '300021200107', serials: ['S2'] }],
        containers: [sscc],
      }),
    ) as Record<string, unknown>;
    expect(statement).toEqual({
      type: 'ship',
      eventTime,
      recipient: '4260000000028',
      packs: [
        { gtin, serial: 'S1', lot: 'L1' },
        { gtin, serial: 'S2' },
      ],
      containers: [sscc],
      shipmentId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  test('that names no event or no pack is refused before it is signed', () => {
    expect(() => queuedStatement({ event: 'recall' as never, eventTime })).toThrow('validation_failed');
    expect(() => queuedStatement({ event: 'dispense', eventTime: 'now' })).toThrow('validation_failed');
    expect(() => queuedStatement({ event: 'dispense', eventTime, packs: [{ scan: '(10)L1' }] })).toThrow();
  });
});
