import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { storedType } from '../model/core/index.ts';
import { handleAddress, openAddress, publicAddress } from './address.ts';
import { MemoryLedger } from './memoryLedger.ts';
import { seal, unseal } from './seal.ts';
import { UnitOfWork } from './unitOfWork.ts';

const type = storedType<{ n: number }>('number');
const world = () => new MemoryLedger([{ name: 'care_A', members: ['A'] }]);
const simulate = (ledger: MemoryLedger, endorser = 'A') =>
  ledger.simulate({
    creator: { mspId: 'A', certificate: new Uint8Array() },
    timestampMs: 0,
    transient: new Map(),
    endorser,
  });
const at = publicAddress('number', '1');

describe('the unit of work', () => {
  test('a transaction sees its own writes and deletions, and writes each key once', async () => {
    const simulation = simulate(world());
    const work = new UnitOfWork(simulation, randomBytes(32));
    work.put(type, at, { n: 1 });
    expect(await work.get(type, at)).toMatchObject({ n: 1 });
    work.keep();
    work.put(type, at, { n: 2 });
    expect(await work.get(type, at)).toMatchObject({ n: 2 });
    work.keep();
    expect(await work.flush()).toBe(1);
    expect(Buffer.from([...simulation.writes.values()][0]!.value!).toString()).toBe('{"n":2,"t":"number","v":1}');
    work.delete(at);
    expect(await work.has(at)).toBe(false);
  });

  test('what a refused command staged is forgotten, what others wrote stays', async () => {
    const simulation = simulate(world());
    const work = new UnitOfWork(simulation, randomBytes(32));
    work.put(type, at, { n: 1 });
    work.keep();
    work.put(type, at, { n: 9 });
    work.put(type, publicAddress('number', '2'), { n: 9 });
    work.drop();
    expect(await work.get(type, at)).toMatchObject({ n: 1 });
    expect(await work.flush()).toBe(1);
  });

  test('a staged value does not change with the object it was made from', async () => {
    const work = new UnitOfWork(simulate(world()), randomBytes(32));
    const fields = { n: 1 };
    work.put(type, at, fields);
    fields.n = 2;
    expect(await work.get(type, at)).toMatchObject({ n: 1 });
  });

  test('a private value has a salt of its own, the same for every endorser', async () => {
    const ledger = world();
    const salt = randomBytes(32);
    const written = await Promise.all(
      ['x', 'y', 'x'].map(async (key) => {
        const simulation = simulate(ledger);
        const work = new UnitOfWork(simulation, salt);
        work.put(type, openAddress('care_A', 'number', key), { n: 1 });
        work.keep();
        await work.flush();
        return Buffer.from([...simulation.writes.values()][0]!.value!).toString();
      }),
    );
    expect(written[0]).toBe(written[2]);
    expect(written[0]).not.toBe(written[1]);
  });
});

describe('keys', () => {
  test('of a patient’s facts come from the handle: without it nothing recognises them', () => {
    const handle = '0'.repeat(32);
    const { key } = handleAddress('care_A', handle, 'record', 'id', '1');
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(key).not.toBe(createHash('sha256').update('record|id|1').digest('hex'));
    expect(handleAddress('care_A', '1'.repeat(32), 'record', 'id', '1').key).not.toBe(key);
  });
});

describe('the in-memory ledger', () => {
  test('a peer reads only collections of which its member is one', async () => {
    await expect(simulate(world(), 'B').getStates('care_A', ['x'])).rejects.toThrow('not a member');
  });
});

describe('the sealed answer', () => {
  test('opens with its key only, and is the same from every endorser', () => {
    const key = randomBytes(32);
    const sealed = seal(key, 'an answer');
    expect(seal(key, 'an answer')).toEqual(sealed);
    expect(unseal(key, sealed)).toBe('an answer');
    expect(() => unseal(randomBytes(32), sealed)).toThrow();
    sealed[14]! ^= 1;
    expect(() => unseal(key, sealed)).toThrow();
  });

  test('two answers under one key never share a nonce', () => {
    const key = randomBytes(32);
    const nonces = new Set(
      Array.from({ length: 100 }, (_, index) => Buffer.from(seal(key, `${index}`).subarray(0, 12)).toString('hex')),
    );
    expect(nonces.size).toBe(100);
  });
});
