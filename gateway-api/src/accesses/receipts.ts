/** Read receipts: that content really left, not only that it might. Kept at the patient's home, also of other hospitals. */
import type { Access, RecordVersion } from '@chain-of-care/chaincode/model';
import { sql } from 'kysely';
import { mapPage, newestFirst } from '../readmodel/queries/newestFirst.ts';
import type { Page, PageParams } from '../readmodel/queries/page.ts';
import type { Services } from '../services.ts';
import type { ReadReceipt } from './dto.ts';

/** To be called before the first byte leaves. Ranges and repeats under one access are one receipt; one's own reads none. */
export async function keepReceipt(
  { readModel, clock }: Pick<Services, 'readModel' | 'clock'>,
  { accessId, patientId, accessorId, accessorOrg }: Access,
  { recordId, version }: RecordVersion,
): Promise<void> {
  if (accessorId === patientId) return;
  await readModel.db
    .insertInto('read_receipts')
    .values({
      patient_id: patientId,
      access_id: accessId,
      record_id: recordId,
      version,
      accessor_id: accessorId,
      accessor_org: accessorOrg,
      first_read_at: new Date(clock()).toISOString(),
    })
    .onConflict((conflict) => conflict.columns(['access_id', 'record_id', 'version']).doNothing())
    .execute();
}

/** Newest first. */
export async function receiptsOf(
  { readModel }: Pick<Services, 'readModel'>,
  patientId: string,
  params: PageParams,
): Promise<Page<ReadReceipt>> {
  const own = readModel.db
    .selectFrom('read_receipts')
    .selectAll()
    .select(sql<string>`access_id || '|' || record_id || '|' || version::text`.as('place'))
    .where('patient_id', '=', patientId);
  const rows = await newestFirst(readModel.db.selectFrom(own.as('own')).selectAll(), 'first_read_at', 'place', params);
  return mapPage(rows, (row) => ({
    accessId: row.access_id,
    recordId: row.record_id,
    version: row.version,
    accessorId: row.accessor_id,
    accessorOrg: row.accessor_org,
    firstReadAt: row.first_read_at.toISOString(),
  }));
}
