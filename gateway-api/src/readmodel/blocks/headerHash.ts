import { createHash } from 'node:crypto';
import { blockHeaderBytes } from '@chain-of-care/client/proof';

/**
 * Hash of a block's header as Fabric chains blocks: SHA-256 over the DER sequence of number, previous hash and data hash.
 *
 * @returns hex
 */
export function blockHeaderHash(number: bigint, previousHash: Uint8Array, dataHash: Uint8Array): string {
  return createHash('sha256')
    .update(blockHeaderBytes(number, previousHash, dataHash))
    .digest('hex');
}
