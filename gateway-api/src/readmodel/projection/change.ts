/** From decoded blocks to what happens to each key. Pure. */
import { valid } from '../blocks/decode.ts';
import type { DecodedBlock, DecodedTransaction } from '../blocks/types.ts';
import type { Written } from './projector.ts';
import { readStoredValue, storableKey, type ReadableValue } from './storedValue.ts';

/** The last thing that some blocks do to one key. */
export interface Change {
  readonly keyHash: string;
  readonly key: string;
  readonly written: Written;
  /** Absent when the key was deleted, or when its value cannot be read. */
  readonly stored: ReadableValue | undefined;
  readonly unreadable: boolean;
}

/** A private write whose value has not come. */
export type PendingWrite = {
  readonly block_number: number;
  readonly tx_index: number;
  readonly collection: string;
  readonly key_hash: string;
  readonly value_hash: string;
};

export interface Changes {
  /** By address; at most one for each. */
  readonly changes: ReadonlyMap<string, Change>;
  readonly pending: readonly PendingWrite[];
  /** Every private address written, also where the value is missing: older pending writes of it are superseded. */
  readonly privateAddresses: readonly { readonly collection: string; readonly key_hash: string }[];
}

/** What is projected, and what this organisation may expect to receive. */
export interface Scope {
  /** Name of the chaincode. */
  readonly chaincode: string;
  /** Whether this organisation is a member of the collection. */
  receives(collection: string): boolean;
  /** Whether the collection repeats facts of another one that this organisation receives too. */
  mirrors(collection: string): boolean;
}

export const addressOf = (collection: string, keyHash: string): string => `${collection}|${keyHash}`;

/** @param blocks in their order */
export function changesOf(blocks: readonly DecodedBlock[], scope: Scope): Changes {
  const changes = new Map<string, Change>();
  const pending = new Map<string, PendingWrite>();
  const privateAddresses = new Map<string, { collection: string; key_hash: string }>();
  const note = (collection: string, keyHash: string, change: Change | PendingWrite): void => {
    const address = addressOf(collection, keyHash);
    if (collection !== '') privateAddresses.set(address, { collection, key_hash: keyHash });
    pending.delete(address);
    if ('written' in change) changes.set(address, change);
    else pending.set(address, change);
  };
  for (const block of blocks)
    for (const transaction of block.transactions) {
      if (transaction.validationCode !== valid) continue;
      for (const change of privateDeletions(block, transaction, scope))
        note(change.written.collection, change.keyHash, change);
      for (const write of missingWrites(block, transaction, scope)) note(write.collection, write.key_hash, write);
      for (const change of valuesOf(block, transaction, scope)) note(change.written.collection, change.keyHash, change);
    }
  return { changes, pending: [...pending.values()], privateAddresses: [...privateAddresses.values()] };
}

/** Every value that valid transactions of these blocks wrote, also where a later one replaces it. */
export function valuesWritten(blocks: readonly DecodedBlock[], scope: Scope): readonly Change[] {
  return blocks.flatMap((block) =>
    block.transactions
      .filter(({ validationCode }) => validationCode === valid)
      .flatMap((transaction) => valuesOf(block, transaction, scope)),
  );
}

/** What the values of a transaction that are here do to their keys. */
export function valuesOf(block: DecodedBlock, transaction: DecodedTransaction, scope: Scope): readonly Change[] {
  return transaction.writes
    .filter((write) => write.namespace === scope.chaincode)
    .map((write) => {
      const stored = write.value === undefined ? undefined : readStoredValue(write.value);
      return {
        keyHash: write.keyHash,
        key: storableKey(write.key),
        written: writtenIn(block, transaction, write.collection ?? '', scope),
        stored,
        unreadable: !write.isDelete && stored === undefined,
      };
    });
}

function missingWrites(block: DecodedBlock, transaction: DecodedTransaction, scope: Scope): readonly PendingWrite[] {
  return transaction.unmatched
    .filter(
      ({ namespace, collection, isDelete }) => namespace === scope.chaincode && !isDelete && scope.receives(collection),
    )
    .map(({ collection, keyHash, valueHash }) => ({
      block_number: Number(block.blockNumber),
      tx_index: transaction.index,
      collection,
      key_hash: keyHash,
      value_hash: valueHash,
    }));
}

/** A deletion needs no private data: the hash of its key is enough. */
function privateDeletions(block: DecodedBlock, transaction: DecodedTransaction, scope: Scope): readonly Change[] {
  return transaction.unmatched
    .filter(
      ({ namespace, collection, isDelete }) => namespace === scope.chaincode && isDelete && scope.receives(collection),
    )
    .map(({ collection, keyHash }) => ({
      keyHash,
      key: '',
      written: writtenIn(block, transaction, collection, scope),
      stored: undefined,
      unreadable: false,
    }));
}

function writtenIn(block: DecodedBlock, transaction: DecodedTransaction, collection: string, scope: Scope): Written {
  return {
    collection,
    isMirror: scope.mirrors(collection),
    txId: transaction.txId,
    blockNumber: Number(block.blockNumber),
    txIndex: transaction.index,
    time: transaction.timestamp,
    mspId: transaction.creator.mspId,
    deviceKey: transaction.creator.deviceKey,
  };
}
