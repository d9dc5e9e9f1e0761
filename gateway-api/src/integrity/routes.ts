import { Readable } from 'node:stream';
import { patientSide } from '../auth/audiences.ts';
import type { Caller } from '../auth/caller.ts';
import { page } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { route, type Route } from '../http/route.ts';
import { accepted, type Work } from '../operations/operation.ts';
import { isOnPatientSide, requireNotOtherPatient } from '../patients/access.ts';
import { PatientParams } from '../patients/dto.ts';
import type { Services } from '../services.ts';
import { IntegrityReport, ListReports, NewIntegrityCheck, ReportParams } from './dto.ts';
import { reportPage } from './reportPage.ts';
import { reportById, reportedCheck, reportsOf } from './reports.ts';
import { checkEveryChart } from './schedule.ts';

const readers = [...patientSide, 'privacy-officer', 'registrar'] as const;

/** Integrity: the chain recomputed, compared with the ledger, every ciphertext hashed. No content is opened. */
export function integrityRoutes(services: Services): Route[] {
  const readable = async (caller: Caller, reportId: string): Promise<IntegrityReport> => {
    const report = await reportById(services, reportId);
    if (report === undefined) throw new Problem('not_found');
    if (caller.kind !== 'staff' && !(await isOnPatientSide(services, caller, report.patientId)))
      throw new Problem('not_found');
    return report;
  };
  return [
    route({
      method: 'post',
      path: '/v1/patients/:patientId/integrity-checks',
      operationId: 'checkIntegrity',
      tag: 'integrity',
      summary: 'Verifies the patient’s record chain and, unless told otherwise, every ciphertext',
      description:
        'With `records` only those are compared and hashed, many at once. What a replica can restore is restored.',
      audience: readers,
      params: PatientParams,
      body: NewIntegrityCheck,
      idempotent: false,
      responses: { 200: { description: 'what was checked and what broke; kept', body: IntegrityReport } },
      async handler({ params: { patientId }, body, caller }) {
        await requireNotOtherPatient(services, caller, patientId);
        const { content = true, records } = body;
        const extent = { content, ...(records === undefined ? {} : { records }) };
        const report = await reportedCheck(services, patientId, extent, caller);
        return { status: 200, headers: { location: `/v1/integrity-reports/${report.id}` }, body: report };
      },
    }),
    route({
      method: 'get',
      path: '/v1/patients/:patientId/integrity-reports',
      operationId: 'listIntegrityReports',
      tag: 'integrity',
      summary: 'Earlier checks of the chart, whoever asked for them',
      audience: readers,
      params: PatientParams,
      query: ListReports,
      responses: { 200: { description: 'newest first', list: IntegrityReport } },
      async handler(exchange) {
        const { params, query, caller } = exchange;
        await requireNotOtherPatient(services, caller, params.patientId);
        const { items, nextCursor } = await reportsOf(services, params.patientId, query);
        return page(exchange, items, nextCursor);
      },
    }),
    route({
      method: 'get',
      path: '/v1/integrity-reports/:reportId',
      operationId: 'getIntegrityReport',
      tag: 'integrity',
      summary: 'Who checked what and when, what broke, and the Merkle root over the chain',
      audience: readers,
      params: ReportParams,
      responses: { 200: { description: 'the report', body: IntegrityReport } },
      async handler({ params: { reportId }, caller }) {
        return { status: 200, body: await readable(caller, reportId) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/integrity-reports/:reportId/page',
      operationId: 'readIntegrityReport',
      tag: 'integrity',
      summary: 'The report as a page to read and print',
      audience: readers,
      params: ReportParams,
      responses: { 200: { description: 'HTML', contentType: 'text/html' } },
      async handler({ params: { reportId }, caller }) {
        const html = reportPage(await readable(caller, reportId));
        const headers = {
          'content-type': 'text/html; charset=utf-8',
          'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
        };
        return { status: 200, headers, stream: Readable.from([html]) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/integrity-runs',
      operationId: 'checkEveryChart',
      tag: 'integrity',
      summary: 'Verifies every chart of the hospital now, as the schedule does',
      audience: ['privacy-officer', 'administrator'],
      responses: { 202: { description: 'runs; ask /v1/operations/{id}' } },
      async handler({ caller, idempotency }) {
        const request = { id: idempotency.uuid('operation'), digest: 'integrity-run' };
        const work: Work = (report) => checkEveryChart(services, caller, report);
        return accepted(await services.operations.start(caller, 'integrity-run', work, request));
      },
    }),
  ];
}
