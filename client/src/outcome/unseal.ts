import type { BatchOutcome } from '@chain-of-care/chaincode/model';
import { fromUtf8 } from '../encoding/index.ts';
import { openAesGcm } from '../primitives/index.ts';
import { OutcomeError } from './errors.ts';

/**
 * Opens the sealed answer of a submit ({@link sealedPayload} of the response): `nonce(12) ‖ ciphertext ‖ tag(16)`, AES-256-GCM.
 *
 * @param sealKey 32 bytes, of {@link SealedProposal}
 * @throws OutcomeError outcome_unsealing_failed, outcome_malformed
 */
export async function openBatchOutcome(sealKey: Uint8Array, payload: Uint8Array): Promise<BatchOutcome> {
  const outcome = await openAnswer(sealKey, payload);
  if (!isBatchOutcome(outcome)) throw new OutcomeError('outcome_malformed');
  return outcome;
}

/**
 * Opens the sealed answer of a query ({@link sealedPayload} of the response).
 *
 * @returns the JSON value; its shape is the query's
 * @throws OutcomeError outcome_unsealing_failed, outcome_malformed
 */
export async function openAnswer(sealKey: Uint8Array, payload: Uint8Array): Promise<unknown> {
  const text = fromUtf8(await unseal(sealKey, payload));
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new OutcomeError('outcome_malformed', { cause });
  }
}

async function unseal(sealKey: Uint8Array, payload: Uint8Array): Promise<Uint8Array> {
  try {
    return await openAesGcm(sealKey, payload);
  } catch (cause) {
    throw new OutcomeError('outcome_unsealing_failed', { cause });
  }
}

function isBatchOutcome(value: unknown): value is BatchOutcome {
  if (typeof value !== 'object' || value === null) return false;
  const { v, outcomes, writes } = value as Record<string, unknown>;
  return v === 1 && Array.isArray(outcomes) && Number.isSafeInteger(writes);
}
