import { randomUUID } from 'node:crypto';
import { Consortium } from '@chain-of-care/chaincode/model';
import type { TransactionSpec, WriteSpec } from './blocks/ledger.fixture.ts';
import { ReadModel, type ReadModelOptions } from './readModel.ts';

export const consortium = new Consortium([
  { mspId: 'HospitalMSP', role: 'hospital', name: 'Hospital' },
  { mspId: 'OtherHospitalMSP', role: 'hospital', name: 'Other hospital' },
  { mspId: 'PharmaMSP', role: 'pharma', name: 'Pharma' },
  { mspId: 'RegulatorMSP', role: 'regulator', name: 'Regulator' },
]);

/**
 * A read model of its own, of the hospital unless told otherwise: in memory, or with `TEST_DATABASE_URL` in a new
 * database of that PostgreSQL server.
 */
export async function readModelInMemory(options: Partial<ReadModelOptions> = {}): Promise<ReadModel> {
  const server = process.env['TEST_DATABASE_URL'];
  return ReadModel.open({
    ...(server === undefined || options.directory !== undefined ? {} : { databaseUrl: await newDatabase(server) }),
    consortium,
    mspId: 'HospitalMSP',
    chaincode: 'chain-of-care',
    log: { warn: () => undefined, error: () => undefined },
    ...options,
  });
}

async function newDatabase(server: string): Promise<string> {
  const { default: pg } = await import('pg');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  return new URL(`/${name}`, server).toString();
}

export const staffValue = (staffId: string, differs: object = {}): object => ({
  t: 'staff',
  v: 1,
  staffId,
  mspId: 'HospitalMSP',
  role: 'clinician',
  department: 'cardiology',
  status: 'active',
  registeredAt: '2026-01-01T00:00:00Z',
  ...differs,
});

export const staffWrite = (staffId: string, differs: object = {}, write: Partial<WriteSpec> = {}): WriteSpec => ({
  collection: 'clinical',
  key: `staff|${staffId}`,
  value: staffValue(staffId, differs),
  ...write,
});

export const writing = (...writes: readonly WriteSpec[]): TransactionSpec => ({ writes });
