import type { Bytes } from '../encoding/index.ts';

/** From the platform's CSPRNG. @param length in bytes, at most 65,536 */
export function randomBytes(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
}
