import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { clinician, queueOfTest } from '../http/app.fixture.ts';
import { createLog } from '../log.ts';
import { operationsInMemory } from '../operations/operationStore.fixture.ts';
import { RunningOperations } from '../operations/operations.ts';
import { chunksOf, collected } from './fhir/chunks.fixture.ts';
import { Spool } from './spool.ts';
import { startOnSpool } from './spooledWork.ts';

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'spooled-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});

test('a body is read by the operation that it starts; one sent again, or with another one’s key, holds no disk', async () => {
  const operations = new RunningOperations(operationsInMemory(), queueOfTest, Date.now, createLog('silent'));
  const spools: Spool[] = [];
  const started = async (text: string) => {
    const spool = await Spool.of(directory, chunksOf(text));
    spools.push(spool);
    const work = async () => Buffer.concat(await collected(spool.read())).toString();
    const request = { id: '00000000-0000-4000-9000-000000000001', digest: spool.sha256 };
    return startOnSpool(operations, spool, clinician, 'import', work, request);
  };
  const { id } = await started('a');
  expect(await started('a')).toMatchObject({ id });
  await expect(started('b')).rejects.toMatchObject({ code: 'idempotency_key_reused' });
  await operations.drain();
  expect(await operations.get(clinician, id)).toMatchObject({ status: 'succeeded', result: 'a' });
  expect(spools).toHaveLength(3);
  for (const spool of spools) await expect(collected(spool.read())).rejects.toThrow();
});
