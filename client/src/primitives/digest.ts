import { asBytes, type Bytes } from '../encoding/index.ts';

/** @returns 32 bytes */
export async function sha256(bytes: Uint8Array): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', asBytes(bytes)));
}
