import type { Bytes } from '../encoding/index.ts';
import { OutcomeError } from './errors.ts';

/**
 * The sealed bytes in the response payload of a transaction or query: the contract API returns text, so the chaincode
 * answers in base64 (RFC 4648 §4).
 *
 * @param result as the SDK's `getResult()` or `evaluate()` gives it
 * @returns what {@link openBatchOutcome} and {@link openAnswer} open
 * @throws OutcomeError outcome_malformed
 */
export function sealedPayload(result: Uint8Array): Bytes {
  try {
    return Uint8Array.from(atob(new TextDecoder().decode(result)), (character) => character.charCodeAt(0));
  } catch (cause) {
    throw new OutcomeError('outcome_malformed', { cause });
  }
}
