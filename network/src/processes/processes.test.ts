import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DataFolder } from '../config/paths.ts';
import { formatIdentity, isAlive, ownIdentity, parseIdentity } from './identity.ts';
import { withLock } from './lock.ts';
import { accepts, isFree } from './ports.ts';
import { Processes, type ProcessPlan } from './processes.ts';

let home: string;
let data: DataFolder;
let processes: Processes;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'processes-'));
  data = new DataFolder('test', home);
  processes = new Processes(data);
});

afterEach(async () => {
  for (const name of await processes.names()) await processes.end(name);
  rmSync(home, { recursive: true, force: true });
});

const sleeper = (name: string, script = 'sleep 60'): ProcessPlan => ({
  name,
  command: ['/bin/sh', '-c', script],
  environment: {},
  folder: home,
  ports: [],
  ready: async () => (await processes.find(name)) !== undefined,
});

/** A port that nobody uses at the moment. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

const recordOf = (name: string): string => join(data.processes, `${name}.pid`);

describe('identity of a process', () => {
  test('a pid with another start is another process', () => {
    const own = ownIdentity();
    expect(isAlive(own)).toBe(true);
    expect(isAlive({ ...own, start: `${own.start}1` })).toBe(false);
  });

  test('a record reads back, and one of an earlier boot is nobody', () => {
    const own = ownIdentity();
    expect(parseIdentity(formatIdentity(own))).toEqual(own);
    expect(parseIdentity(`${own.pid} another-boot\n${own.start}\n`)).toBeUndefined();
    expect(parseIdentity('')).toBeUndefined();
  });
});

describe('processes', () => {
  test('one is started once, however often it is asked for', async () => {
    expect(await processes.launch(sleeper('a'))).toBe(true);
    const first = await processes.find('a');
    expect(await processes.launch(sleeper('a'))).toBe(false);
    expect(await processes.find('a')).toEqual(first);
  });

  test('killed, it is not there, and is started again', async () => {
    await processes.launch(sleeper('a'));
    const first = await processes.find('a');
    await processes.kill('a');
    expect(await processes.find('a')).toBeUndefined();
    expect(await processes.launch(sleeper('a'))).toBe(true);
    expect(await processes.find('a')).not.toEqual(first);
  });

  test('what has taken over the pid of an ended process is not touched', async () => {
    await processes.launch(sleeper('a'));
    const stranger = ownIdentity();
    await processes.end('a');
    writeFileSync(recordOf('a'), formatIdentity({ pid: stranger.pid, start: '1' }));
    expect(await processes.end('a')).toBe(false);
    expect(isAlive(stranger)).toBe(true);
  });

  test('one that does not listen to SIGTERM is killed after its grace', async () => {
    await processes.launch(sleeper('deaf', `trap '' TERM; while :; do sleep 0.1; done`));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const identity = await processes.find('deaf');
    expect(await processes.end('deaf', 300)).toBe(true);
    expect(isAlive(identity!)).toBe(false);
  });

  test('once it has ended, its ports are free, however long its threads take to end', async () => {
    const port = await freePort();
    // A second thread with much memory outlives the first one by the time that the system needs to take it back.
    const hold = `new (require('node:worker_threads').Worker)(
      "globalThis.held = Buffer.alloc(200e6, 1); setInterval(() => held.length, 1000);" +
      "require('node:net').createServer().listen(${port}, '127.0.0.1')", { eval: true });`;
    const plan = {
      ...sleeper('threads'),
      command: [process.execPath, '-e', hold] as const,
      ready: () => accepts('127.0.0.1', port),
    };
    await processes.launch(plan);
    await processes.awaitReady(plan);
    await processes.kill('threads');
    expect(await isFree('127.0.0.1', port)).toBe(true);
  }, 60_000);

  test('one that ends at once is told with the cause in its log', async () => {
    const plan = { ...sleeper('broken', 'echo "panic: no such port"; echo later; exit 2'), ready: async () => false };
    await processes.launch(plan);
    await expect(processes.awaitReady(plan)).rejects.toThrow('broken ended at once: panic: no such port');
  });

  test('its record is readable by its owner’s programs and names its pid', async () => {
    await processes.launch(sleeper('a'));
    const identity = await processes.find('a');
    expect(readFileSync(recordOf('a'), 'utf8')).toContain(`${identity!.pid} `);
  });
});

describe('lock', () => {
  test('two do not work at the same time, and the second is told of the first', async () => {
    const lock = join(home, 'lock');
    const order: string[] = [];
    const told: number[] = [];
    const hold = async () => {
      order.push('first in');
      await new Promise((resolve) => setTimeout(resolve, 400));
      order.push('first out');
    };
    const first = withLock(lock, () => undefined, hold);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await withLock(
      lock,
      (pid) => told.push(pid),
      async () => {
        order.push('second in');
      },
    );
    await first;
    expect(order).toEqual(['first in', 'first out', 'second in']);
    expect(told).toEqual([process.pid]);
  });

  test('a dead holder’s lock is taken over', async () => {
    const lock = join(home, 'lock');
    writeFileSync(lock, formatIdentity({ pid: process.pid, start: '1' }));
    expect(
      await withLock(
        lock,
        () => undefined,
        async () => 'done',
      ),
    ).toBe('done');
  });

  test('it is given back when the work fails', async () => {
    const lock = join(home, 'lock');
    const failing = withLock(
      lock,
      () => undefined,
      () => Promise.reject(new Error('no')),
    );
    await expect(failing).rejects.toThrow('no');
    expect(
      await withLock(
        lock,
        () => undefined,
        async () => 'done',
      ),
    ).toBe('done');
  });
});
