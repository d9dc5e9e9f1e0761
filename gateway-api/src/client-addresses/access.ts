/** An access that an address of the client's opens by itself: with its origin, and seen by the read model when it returns. */
import type { NewAccess } from '../accesses/dto.ts';
import { openAccess } from '../accesses/open.ts';
import type { Caller } from '../auth/caller.ts';
import { CommittedRefusal } from '../fabric/pipeline.ts';
import type { Derivation } from '../idempotency/derivation.ts';
import type { Services } from '../services.ts';

/** @returns the access's id @throws as {@link openAccess} */
export async function openOwnAccess(
  services: Services,
  caller: Caller,
  patientId: string,
  wanted: NewAccess,
  idempotency: Derivation,
): Promise<string> {
  const keep = async (transactionId: string | undefined): Promise<void> => {
    if (transactionId !== undefined) await services.origins.keep(transactionId, caller);
  };
  try {
    const { result, transaction } = await openAccess(services, caller, patientId, wanted, idempotency);
    await keep(transaction?.transactionId);
    await services.readModel.waitForAcknowledged();
    return result.accessId;
  } catch (error) {
    if (error instanceof CommittedRefusal) await keep(error.transaction?.transactionId);
    throw error;
  }
}
