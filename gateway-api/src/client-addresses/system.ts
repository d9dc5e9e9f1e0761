/** `/api/system`: whether it works, shown by doing it. */
import type { OpenedAccesses } from '../accesses/openedAccesses.ts';
import { writers } from '../auth/audiences.ts';
import { route, type Route } from '../http/route.ts';
import { IntegrityReport } from '../integrity/dto.ts';
import { reportedCheck } from '../integrity/reports.ts';
import type { Services } from '../services.ts';
import { ContractParams, SelfTest, SystemStatus } from './dto.ts';
import { contractTest, doctorWorkflow, patientWorkflow } from './selfTests.ts';

const tag = 'client addresses';
const operators = ['administrator', 'privacy-officer', ...writers] as const;
/** Each writes to the ledger. */
const rateLimit = { windowMs: 60_000, limit: 10 };
const tested = { 200: { description: 'each step, and what failed', body: SelfTest } };

export function systemRoutes(services: Services, accesses: OpenedAccesses): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/system/status',
      operationId: 'getSystemStatus',
      tag,
      summary: 'Whether the gateway reaches the ledger and how far its read model is',
      audience: 'public',
      readsState: false,
      responses: { 200: { description: 'now', body: SystemStatus } },
      async handler() {
        const [{ height, blocks, pendingPrivateWrites }, { ok }] = await Promise.all([
          services.readModel.lag(),
          contractTest(services, 'registry'),
        ]);
        const body: SystemStatus = {
          status: ok && services.readModel.failure === undefined ? 'operational' : 'degraded',
          organization: services.profile.mspId,
          ledgerReachable: ok,
          ...(height === undefined ? {} : { blockHeight: height }),
          blocksBehind: blocks,
          pendingPrivateWrites,
          checkedAt: new Date(services.clock()).toISOString(),
        };
        return { status: 200, headers: { 'cache-control': 'no-store' }, body };
      },
    }),
    route({
      method: 'get',
      path: '/api/system/test/patient-workflow',
      operationId: 'testPatientWorkflow',
      tag,
      summary: 'As the canary patient: access, content, audit, integrity',
      audience: operators,
      rateLimit,
      responses: tested,
      handler: async ({ caller, requestId }) => ({
        status: 200,
        body: await patientWorkflow(services, accesses, caller, requestId),
      }),
    }),
    route({
      method: 'get',
      path: '/api/system/test/doctor-workflow',
      operationId: 'testDoctorWorkflow',
      tag,
      summary: 'As the caller, in the canary patient’s chart: record, access, content, audit',
      audience: writers,
      rateLimit,
      responses: tested,
      handler: async ({ caller, requestId }) => ({
        status: 200,
        body: await doctorWorkflow(services, accesses, caller, requestId),
      }),
    }),
    route({
      method: 'get',
      path: '/api/system/test/blockchain/:contract',
      operationId: 'testContract',
      tag,
      summary: 'Asks a contract, on the own peer, a question whose answer is known',
      audience: operators,
      params: ContractParams,
      responses: tested,
      handler: async ({ params: { contract } }) => ({ status: 200, body: await contractTest(services, contract) }),
    }),
    route({
      method: 'get',
      path: '/api/system/integrity-report',
      operationId: 'reportOwnIntegrity',
      tag,
      summary: 'The caller’s chain recomputed, compared with the ledger, every ciphertext hashed',
      audience: ['patient'],
      responses: { 200: { description: 'what was checked and what broke', body: IntegrityReport } },
      handler: async ({ caller }) => ({
        status: 200,
        body: await reportedCheck(services, caller.id, { content: true }, caller),
      }),
    }),
  ];
}
