/** Checks with their reports: who, when, what was checked, what broke. They stay; a broken chart is told of at once. */
import { randomUUID } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { Caller } from '../auth/caller.ts';
import type { Database } from '../readmodel/index.ts';
import { mapPage, newestFirst } from '../readmodel/queries/newestFirst.ts';
import type { Page, PageParams } from '../readmodel/queries/page.ts';
import type { Services } from '../services.ts';
import { checkIntegrity, type Extent } from './check.ts';
import type { IntegrityFindings, IntegrityReport } from './dto.ts';

type Row = Selectable<Database['integrity_reports']>;

/**
 * Checks a chart and keeps the report.
 *
 * @param by absent for the gateway's own schedule
 * @throws as {@link checkIntegrity}
 */
export async function reportedCheck(
  services: Services,
  patientId: string,
  extent: Extent,
  by?: Pick<Caller, 'id' | 'role'>,
): Promise<IntegrityReport> {
  const findings = await checkIntegrity(services, patientId, extent);
  const blockNumber = services.readModel.height ?? 0;
  const report: IntegrityReport = {
    id: randomUUID(),
    patientId,
    ...(by === undefined ? {} : { checkedBy: by.id, checkedByRole: by.role }),
    ...findings,
  };
  services.metrics.integrityChecks.inc({ result: resultOf(findings) });
  await services.readModel.db
    .insertInto('integrity_reports')
    .values({
      report_id: report.id,
      patient_id: patientId,
      checked_at: report.checkedAt,
      valid: report.valid,
      block_number: blockNumber,
      report: JSON.stringify(report),
    })
    .execute();
  if (!report.valid) services.notifications.readAgain(blockNumber);
  return report;
}

function resultOf({ valid, healed }: IntegrityFindings): 'passed' | 'healed' | 'failed' {
  if (!valid) return 'failed';
  return healed.length === 0 ? 'passed' : 'healed';
}

export async function reportById(
  { readModel }: Pick<Services, 'readModel'>,
  reportId: string,
): Promise<IntegrityReport | undefined> {
  const query = readModel.db.selectFrom('integrity_reports').select('report').where('report_id', '=', reportId);
  return (await query.executeTakeFirst())?.report;
}

/** A patient's reports, newest first. */
export async function reportsOf(
  { readModel }: Pick<Services, 'readModel'>,
  patientId: string,
  params: PageParams,
): Promise<Page<IntegrityReport>> {
  const own = readModel.db.selectFrom('integrity_reports').selectAll().where('patient_id', '=', patientId);
  const rows = readModel.db.selectFrom(own.as('own')).selectAll();
  return mapPage<Row, IntegrityReport>(
    await newestFirst(rows, 'checked_at', 'report_id', params),
    ({ report }) => report,
  );
}
