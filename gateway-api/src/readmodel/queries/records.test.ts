import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { readModelInMemory } from '../readModel.fixture.ts';
import { countRecords, recordsOfPatient, recordStatuses } from './records.ts';

const patientId = randomUUID();

const row = (
  sequence: number,
  recordId: string,
  version: number,
  withdrawn: 'entered-in-error' | 'wrong-patient' | null,
) => ({
  ...{ record_id: recordId, version, patient_id: patientId, sequence, withdrawn, category: 'lab_result' as const },
  ...{ confidentiality: 'N' as const, clinical_date: '2026-01-01', author_id: patientId, author_org: 'HospitalMSP' },
  ...{ author_group: 'psychiatry', cid: 'c', sha256: 'a'.repeat(64), size: 1, batch_id: patientId, wrapped_key: 'A' },
  ...{ sealed: 'A', record_time: '2026-01-01T00:00:00.000Z', previous_hash: '0', hash: `${sequence}`, terms: null },
  ...{ tx_id: 't', block_number: 1 },
});

test('what is about somebody else is in no list of the patient’s own and not counted, in no version', async () => {
  const readModel = await readModelInMemory();
  const [right, wrong, other] = [randomUUID(), randomUUID(), randomUUID()];
  const rows = [row(1, right, 1, null), row(2, wrong, 1, null), row(3, wrong, 2, 'entered-in-error')];
  rows.push(row(4, other, 1, null), row(5, other, 2, 'wrong-patient'));
  await readModel.db.insertInto('records').values(rows).execute();
  const listed = async (own: { ofPatientOnly?: true }) =>
    Promise.all(
      recordStatuses.map(async (status) => {
        const { items } = await recordsOfPatient(readModel.db, patientId, { status, ...own });
        expect(await countRecords(readModel.db, patientId, { status, ...own })).toBe(items.length);
        return items.map(({ sequence }) => sequence);
      }),
    );
  expect(await listed({ ofPatientOnly: true })).toEqual([[1], [3], [3, 2, 1]]);
  expect(await listed({})).toEqual([[1], [5, 3], [5, 4, 3, 2, 1]]);
  await readModel.close();
});
