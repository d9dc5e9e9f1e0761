/**
 * The gateway's own audit of demographics: they lie in its vault, not on the ledger, so who saw them is kept beside them.
 * Who, what, when, in which role; no name, no identifier.
 */
import { randomUUID } from 'node:crypto';
import type { Caller } from '../auth/caller.ts';
import { mapPage, newestFirst } from '../readmodel/queries/newestFirst.ts';
import type { Page, PageParams } from '../readmodel/queries/page.ts';
import type { Services } from '../services.ts';
import type { Demographics } from '../vault/demographics/index.ts';

/** `read`: shown. `search`: found by an exact identifier. `import-confirmed`: said to be the patient of a bundle. */
export const demographicInteractions = ['read', 'search', 'import-confirmed'] as const;
export type DemographicInteraction = (typeof demographicInteractions)[number];

export interface DemographicRead {
  readonly id: string;
  readonly interaction: DemographicInteraction;
  readonly accessorId: string;
  readonly accessorOrg: string;
  readonly accessorRole: string;
  readonly accessorGroup?: string;
  readonly recordTime: string;
}

type Kept = Pick<Services, 'readModel' | 'clock'>;

/** To be called before anything is shown. What patients see of themselves is not audited. */
export async function auditDemographics(
  { readModel, clock }: Kept,
  { kind, id, role, department, identity }: Caller,
  patientId: string,
  interaction: DemographicInteraction,
): Promise<void> {
  if (kind === 'patient' && id === patientId) return;
  await readModel.db
    .insertInto('demographic_reads')
    .values({
      read_id: randomUUID(),
      patient_id: patientId,
      reader_id: id,
      reader_org: identity.mspId,
      reader_role: role,
      reader_group: department ?? null,
      interaction,
      read_at: new Date(clock()).toISOString(),
    })
    .execute();
}

/** A patient's demographics for somebody: the one way to show them. @returns undefined when the patient is not here */
export async function demographicsFor(
  services: Kept & Pick<Services, 'demographics'>,
  caller: Caller,
  patientId: string,
  interaction: DemographicInteraction,
): Promise<Demographics | undefined> {
  const demographics = await services.demographics.get(patientId);
  if (demographics !== undefined) await auditDemographics(services, caller, patientId, interaction);
  return demographics;
}

export interface DemographicReadFilter extends PageParams {
  readonly accessor?: string;
  /** RFC 3339; `from` inclusive, `until` exclusive. */
  readonly from?: string;
  readonly until?: string;
}

/** Who saw a patient's demographics, newest first. */
export async function demographicReadsOf(
  { readModel }: Pick<Kept, 'readModel'>,
  patientId: string,
  filter: DemographicReadFilter,
): Promise<Page<DemographicRead>> {
  const { accessor, from, until } = filter;
  let reads = readModel.db.selectFrom('demographic_reads').selectAll().where('patient_id', '=', patientId);
  if (accessor !== undefined) reads = reads.where('reader_id', '=', accessor);
  if (from !== undefined) reads = reads.where('read_at', '>=', new Date(from));
  if (until !== undefined) reads = reads.where('read_at', '<', new Date(until));
  const page = await newestFirst(readModel.db.selectFrom(reads.as('own')).selectAll(), 'read_at', 'read_id', filter);
  return mapPage(page, (row) => ({
    id: row.read_id,
    interaction: row.interaction,
    accessorId: row.reader_id,
    accessorOrg: row.reader_org,
    accessorRole: row.reader_role,
    ...(row.reader_group === null ? {} : { accessorGroup: row.reader_group }),
    recordTime: row.read_at.toISOString(),
  }));
}
