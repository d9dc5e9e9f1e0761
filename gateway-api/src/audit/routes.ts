import { KeyError, openNote } from '@chain-of-care/client';
import type { Caller } from '../auth/caller.ts';
import { CustodialPatientKeys } from '../custody/patientKeys.ts';
import { page } from '../http/page.ts';
import { route, type Route } from '../http/route.ts';
import { requireOwnPatient } from '../patients/access.ts';
import { PatientParams } from '../patients/dto.ts';
import { accessesOfPatient, type AccessFact } from '../readmodel/queries/care.ts';
import { mergedPage } from '../readmodel/queries/mergedPage.ts';
import { mapPage } from '../readmodel/queries/newestFirst.ts';
import type { Page } from '../readmodel/queries/page.ts';
import type { Services } from '../services.ts';
import { demographicReadsOf } from './demographicReads.ts';
import { AuditEventView, ListAuditEvents } from './dto.ts';

/**
 * The patient's audit: every decided access, permitted and denied, with who, what, when, why and on what basis; and who of
 * the staff saw their demographics.
 */
export function auditRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/patients/:patientId/audit-events',
      operationId: 'listAuditEvents',
      tag: 'audit',
      summary: 'Accesses to the patient’s records, permitted and denied, and who saw their demographics',
      audience: ['patient'],
      params: PatientParams,
      query: ListAuditEvents,
      responses: { 200: { description: 'newest first', list: AuditEventView } },
      async handler(exchange) {
        const { params, query, caller } = exchange;
        requireOwnPatient(caller, params.patientId);
        const { items, nextCursor } = mergedPage(await eventsOfTypes(services, caller, query), query);
        return page(exchange, items, nextCursor);
      },
    }),
  ];
}

async function eventsOfTypes(
  services: Services,
  caller: Caller,
  query: ListAuditEvents,
): Promise<readonly Page<AuditEventView>[]> {
  const { type, decision } = query;
  const pages: Page<AuditEventView>[] = [];
  if (type !== 'demographics') {
    const { items, ...rest } = await accessesOfPatient(services.readModel.db, caller.id, query);
    pages.push({ items: await Promise.all(items.map((access) => auditEvent(services, caller, access))), ...rest });
  }
  if (type !== 'access' && decision === undefined)
    pages.push(
      mapPage(await demographicReadsOf(services, caller.id, query), (read) => ({ type: 'demographics', ...read })),
    );
  return pages;
}

async function auditEvent(services: Services, caller: Caller, access: AccessFact): Promise<AuditEventView> {
  const { accessId: id, recordTime, accessorId, accessorOrg, accessorRole, accessorGroup, purposeOfUse } = access;
  const { decision, code, basis, records, categories, withheld, transactionId, blockNumber } = access;
  const reason = await reasonOf(services, caller.id, access);
  return {
    id,
    type: 'access',
    recordTime,
    accessorId,
    accessorOrg,
    accessorRole,
    purposeOfUse,
    decision,
    basis,
    withheld,
    ...(accessorGroup === undefined ? {} : { accessorGroup }),
    ...(reason === undefined ? {} : { reason }),
    ...(code === undefined ? {} : { code }),
    ...(records === undefined ? {} : { records: records.map(({ recordId, version }) => ({ id: recordId, version })) }),
    ...(categories === undefined ? {} : { categories }),
    transactionId,
    blockNumber,
  };
}

/** @returns undefined where no reason was given, or it is not sealed to the patient (another hospital's access) */
async function reasonOf(
  { keystore }: Services,
  patientId: string,
  { accessId, sealedReason }: AccessFact,
): Promise<string | undefined> {
  if (sealedReason === undefined) return undefined;
  const key = { patientId, category: 'other', confidentiality: 'N', epoch: 0 } as const;
  const seed = await new CustodialPatientKeys(keystore).seed(key);
  const note = { kind: 'access', patientId, id: accessId } as const;
  try {
    return await openNote(sealedReason, note, { id: patientId, seed });
  } catch (error) {
    if (error instanceof KeyError && error.code === 'note_not_for_recipient') return undefined;
    throw error;
  }
}
