import { createHmac, createSecretKey } from 'node:crypto';

/**
 * HMAC-SHA-256 (RFC 2104).
 *
 * Keys become KeyObjects first: Node 24 takes 20 µs for an HMAC under bytes, of which it spends 15 on finding out that they are
 * no KeyObject, and a command makes a dozen.
 */
export function hmacSha256(key: Uint8Array, message: string): Buffer {
  return createHmac('sha256', createSecretKey(key)).update(message).digest();
}
