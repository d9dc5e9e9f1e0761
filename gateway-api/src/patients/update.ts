/** Demographics changed by a registrar: in the vault alone, under If-Match, with a line in the patient's audit. */
import { auditDemographics } from '../audit/demographicReads.ts';
import type { Caller } from '../auth/caller.ts';
import { etagOf, requireIfMatch } from '../http/conditional.ts';
import { Problem } from '../http/problem.ts';
import type { Exchange } from '../http/route.ts';
import type { Services } from '../services.ts';
import { IdentifierTaken } from '../vault/demographics/index.ts';
import type { PatientUpdate } from './dto.ts';

/** ETag of what the vault has now. */
export async function demographicsTag({ demographics }: Services, patientId: string): Promise<string> {
  return etagOf(await demographics.get(patientId));
}

/**
 * @throws Problem 428, 412; patient_not_found; already_exists naming the patient who has one of the identifiers
 */
export async function updateDemographics(
  services: Services,
  exchange: Pick<Exchange, 'header'>,
  caller: Caller,
  patientId: string,
  update: PatientUpdate,
): Promise<void> {
  const known = await services.demographics.get(patientId);
  if (known === undefined) throw new Problem('patient_not_found');
  requireIfMatch(exchange, etagOf(known));
  await auditDemographics(services, caller, patientId, 'update');
  try {
    await services.demographics.put(patientId, { ...known, ...update });
  } catch (error) {
    if (!(error instanceof IdentifierTaken)) throw error;
    await auditDemographics(services, caller, error.patientId, 'search');
    throw new Problem('already_exists', {
      detail: 'another patient has this identifier',
      errors: [{ pointer: '/identifiers', code: 'already_exists', detail: 'names a registered patient' }],
      members: { patientId: error.patientId },
    });
  }
}
