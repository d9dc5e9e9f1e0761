import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { Metrics } from '../metrics/metrics.ts';
import { readModelInMemory } from '../readmodel/readModel.fixture.ts';
import type { Services } from '../services.ts';
import { checkEveryChart } from './schedule.ts';

test('a chart of which nothing can be said is counted, and the next one is verified all the same', async () => {
  const readModel = await readModelInMemory();
  const known = {
    ...{ home: 'HospitalMSP', did: 'd', did_document: '{}', status: 'active' as const },
    registered_at: '2026-01-01T00:00:00.000Z',
  };
  const rows = [1, 2].map((index) => ({ ...known, patient_id: randomUUID(), handle: `${index}` }));
  await readModel.db.insertInto('patients').values(rows).execute();
  const metrics = new Metrics();
  const asked: string[] = [];
  const services = {
    readModel,
    metrics,
    profile: { mspId: 'HospitalMSP' },
    log: { warn: () => undefined },
    facts: {
      patient: async (patientId: string) => {
        asked.push(patientId);
        throw new Error('the ledger does not answer');
      },
    },
  } as unknown as Services;
  expect(await checkEveryChart(services)).toEqual({ charts: 2, failed: 0, healed: 0, unchecked: 2 });
  expect(asked.toSorted()).toEqual(rows.map(({ patient_id: id }) => id).toSorted());
  expect((await metrics.integrityChecks.get()).values).toMatchObject([{ labels: { result: 'unchecked' }, value: 2 }]);
  await readModel.close();
});
