/** Ids of supply events. */
import { createHash } from 'node:crypto';

/** The event of a command: decided by submitter and idempotency key, so that a replay names the same one. */
export function supplyEventIdOf(deviceKey: string, commandKey: string): string {
  return uuidOf(`event|${deviceKey}|${commandKey}`);
}

/** A version 8 UUID (RFC 9562) of the SHA-256 of a text. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  const variant = ((Number.parseInt(hex[16]!, 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
