import { route, type Route } from '../http/route.ts';
import { requireNotOtherPatient } from '../patients/access.ts';
import { PatientParams } from '../patients/dto.ts';
import type { Services } from '../services.ts';
import { checkIntegrity } from './check.ts';
import { IntegrityCheck, NewIntegrityCheck } from './dto.ts';

/** Integrity: the chain recomputed, compared with the ledger, every ciphertext hashed. No content is opened. */
export function integrityRoutes(services: Services): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/patients/:patientId/integrity-checks',
      operationId: 'checkIntegrity',
      tag: 'integrity',
      summary: 'Verifies the patient’s record chain and, unless told otherwise, every ciphertext',
      audience: ['patient', 'privacy-officer', 'registrar'],
      params: PatientParams,
      body: NewIntegrityCheck,
      idempotent: false,
      responses: { 200: { description: 'what was checked and what broke', body: IntegrityCheck } },
      async handler({ params: { patientId }, body, caller }) {
        requireNotOtherPatient(caller, patientId);
        return { status: 200, body: await checkIntegrity(services, patientId, body.content ?? true) };
      },
    }),
  ];
}
