import { join } from 'node:path';
import { auditDemographics } from '../audit/demographicReads.ts';
import { chartRoles, writers } from '../auth/audiences.ts';
import type { Caller } from '../auth/caller.ts';
import { Problem } from '../http/problem.ts';
import { route, type Route } from '../http/route.ts';
import { accepted } from '../operations/operation.ts';
import { PatientParams } from '../patients/dto.ts';
import { RecordAppender } from '../records/append.ts';
import type { Services } from '../services.ts';
import { DirectoryEntryView, DirectoryQuery, ImportOperation, ImportQuery } from './dto.ts';
import { fhirJson, surveyBundle, type BundleSummary } from './fhir/index.ts';
import { importBundle } from './import.ts';
import { Spool } from './spool.ts';
import { startOnSpool } from './spooledWork.ts';
import { subjectDifferences } from './subjectMatch.ts';

const maxBundleBytes = 1024 ** 3;

/** FHIR R4 bundles into a chart. */
export function importRoutes(services: Services): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/patients/:patientId/imports',
      operationId: 'importBundle',
      tag: 'imports',
      summary: 'Imports a FHIR R4 bundle about the patient, of any size up to 1 GiB',
      description:
        'The bundle is read whole and refused or accepted first; then an operation appends its records. Its Patient must share an identifier with the patient, or the author confirms the subject, which the patient’s audit shows. Repeat with the same Idempotency-Key to finish an import that broke off: nothing is written twice.',
      audience: writers,
      params: PatientParams,
      query: ImportQuery,
      body: { stream: [fhirJson, 'application/json'], maxBytes: maxBundleBytes },
      responses: { 202: { description: 'accepted; see the operation', body: ImportOperation } },
      async handler({ params: { patientId }, query, caller, idempotency, stream }) {
        // Fails before the bundle is read when the author may not write here.
        await RecordAppender.for(services, caller, patientId);
        const spool = await Spool.of(join(services.config.dataDirectory, 'spool'), stream);
        const isConfirmed = query.subject === 'confirmed';
        const summary = await surveyed(services, caller, patientId, spool, isConfirmed).catch(
          async (error: unknown) => {
            await spool.dispose();
            throw error;
          },
        );
        const bundle = { summary, open: () => spool.read() };
        const operation = await startOnSpool(
          services.operations,
          spool,
          caller,
          'import',
          (report) => importBundle(services, caller, patientId, bundle, idempotency, report),
          { id: idempotency.uuid('operation'), digest: `${patientId}|${spool.sha256}` },
        );
        return accepted(operation);
      },
    }),
    route({
      method: 'get',
      path: '/v1/directory-entries',
      operationId: 'getDirectoryEntry',
      tag: 'imports',
      summary: 'An organisation, practitioner or place that an import brought',
      audience: chartRoles,
      query: DirectoryQuery,
      responses: { 200: { description: 'the entry', body: DirectoryEntryView } },
      async handler({ query: { type, source } }) {
        const row = await services.readModel.db
          .selectFrom('directory_entries')
          .selectAll()
          .where('resource_type', '=', type)
          .where('source_id', '=', source)
          .executeTakeFirst();
        if (row === undefined) throw new Problem('not_found');
        const { resource_type: resourceType, source_id: sourceId, name, content: resource } = row;
        return { status: 200, body: { resourceType, sourceId, name, resource } };
      },
    }),
  ];
}

/**
 * @throws Problem of a bundle that cannot be imported; subject_not_matched when nothing shows that it is about the patient
 *   and the author does not confirm it; already_exists when it names an identifier of another patient
 */
async function surveyed(
  services: Services,
  caller: Caller,
  patientId: string,
  spool: Spool,
  isConfirmed: boolean,
): Promise<BundleSummary> {
  const summary = await surveyBundle(spool.read());
  const { identifiers, index } = summary.patient;
  for (const { system = '', value } of identifiers) {
    const known = await services.demographics.findByIdentifier({ system, value });
    if (known === undefined || known === patientId) continue;
    await auditDemographics(services, caller, known, 'search');
    throw new Problem('already_exists', {
      detail: "an identifier of the bundle's Patient belongs to another patient",
      members: { patientId: known },
    });
  }
  const differences = subjectDifferences(await services.demographics.get(patientId), summary.patient);
  if (differences.length > 0 && !isConfirmed)
    throw new Problem('subject_not_matched', {
      errors: differences.map((element) => ({
        pointer: `/entry/${index}/resource/${element}`,
        code: 'subject_not_matched',
        detail: element === 'identifier' ? 'none is one of the patient' : "is not the patient's",
      })),
    });
  if (differences.length > 0) await auditDemographics(services, caller, patientId, 'import-confirmed');
  return summary;
}
