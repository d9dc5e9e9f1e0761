/** A consent once more: as it was, with another end. */
import type { Caller } from '../auth/caller.ts';
import { Problem } from '../http/problem.ts';
import type { Derivation } from '../idempotency/derivation.ts';
import type { ConsentFact } from '../readmodel/queries/care.ts';
import type { Services } from '../services.ts';
import type { NewConsent } from './dto.ts';
import { grantConsent, type Granted } from './grant.ts';

/**
 * @param expiresAt absent: from now for as long as before
 * @throws Problem validation_failed for a consent without an end; Refusal consent_already_ended for a revoked one,
 *   consent_not_found for one that somebody passed on
 */
export async function renewConsent(
  services: Services,
  caller: Caller,
  former: ConsentFact,
  expiresAt: string | undefined,
  idempotency: Derivation,
): Promise<Granted> {
  const until = expiresAt ?? endAsBefore(former, services.clock());
  if (until === undefined)
    throw new Problem('validation_failed', {
      errors: [{ pointer: '/expiresAt', code: 'validation_failed', detail: 'the consent has no end' }],
    });
  const { grantee, decision, level, purposes, categories, confidentialities, recordIds, period } = former;
  const { maxAccesses, exceptions, mayDelegate } = former;
  const again: NewConsent = {
    grantee,
    decision,
    level,
    expiresAt: until,
    ...(purposes === undefined ? {} : { purposes }),
    ...(categories === undefined ? {} : { categories }),
    ...(confidentialities === undefined ? {} : { confidentialities }),
    ...(recordIds === undefined ? {} : { recordIds }),
    ...(period === undefined ? {} : { period }),
    ...(maxAccesses === undefined ? {} : { maxAccesses }),
    ...(exceptions === undefined ? {} : { exceptions }),
    ...(mayDelegate === undefined ? {} : { mayDelegate }),
  };
  return grantConsent(services, caller, former.patientId, again, idempotency, { renews: former.consentId });
}

function endAsBefore({ grantedAt, expiresAt }: ConsentFact, nowMs: number): string | undefined {
  if (expiresAt === undefined) return undefined;
  return new Date(nowMs + Date.parse(expiresAt) - Date.parse(grantedAt)).toISOString();
}
