/** Read/write sets of a transaction: public, and private matched to the hashes that the block carries. */
import { createHash } from 'node:crypto';
import { ledger } from '@hyperledger/fabric-protos';
import type { HashedWrite, LedgerWrite, MetadataWrite } from './types.ts';

type PrivateSets = InstanceType<typeof ledger.rwset.TxPvtReadWriteSet>;
type NamespaceSets = InstanceType<typeof ledger.rwset.NsReadWriteSet>;
type KeyValueWrite = InstanceType<typeof ledger.rwset.kvrwset.KVWrite>;
type MetadataEntry = InstanceType<typeof ledger.rwset.kvrwset.KVMetadataEntry>;

export interface WriteSets {
  readonly writes: readonly LedgerWrite[];
  readonly unmatched: readonly HashedWrite[];
  readonly metadataWrites: readonly MetadataWrite[];
}

const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/**
 * @param results serialized `TxReadWriteSet` of the transaction
 * @param privateSets what the peer has of the transaction's private data
 */
export function writeSetsOf(results: Uint8Array, privateSets: PrivateSets | undefined): WriteSets {
  const writes: LedgerWrite[] = [];
  const unmatched: HashedWrite[] = [];
  const metadataWrites: MetadataWrite[] = [];
  const plain = plainWritesOf(privateSets);
  for (const set of ledger.rwset.TxReadWriteSet.deserializeBinary(results).getNsRwsetList()) {
    const namespace = set.getNamespace();
    readPublic(set, writes, metadataWrites);
    for (const hashedSet of set.getCollectionHashedRwsetList()) {
      const collection = hashedSet.getCollectionName();
      const hashed = ledger.rwset.kvrwset.HashedRWSet.deserializeBinary(hashedSet.getHashedRwset_asU8());
      const available = plain.get(`${namespace}|${collection}`);
      for (const write of hashed.getHashedWritesList()) {
        const expected: HashedWrite = {
          namespace,
          collection,
          keyHash: hex(write.getKeyHash_asU8()),
          valueHash: hex(write.getValueHash_asU8()),
          isDelete: write.getIsDelete(),
          isPurge: write.getIsPurge(),
        };
        const found = matching(expected, available?.get(expected.keyHash));
        if (found === undefined) unmatched.push(expected);
        else writes.push(found);
      }
      for (const write of hashed.getMetadataWritesList()) {
        const key = hex(write.getKeyHash_asU8());
        metadataWrites.push({ namespace, collection, key, entries: entriesOf(write.getEntriesList()) });
      }
    }
  }
  return { writes, unmatched, metadataWrites };
}

function readPublic(set: NamespaceSets, writes: LedgerWrite[], metadataWrites: MetadataWrite[]): void {
  const namespace = set.getNamespace();
  const rwset = ledger.rwset.kvrwset.KVRWSet.deserializeBinary(set.getRwset_asU8());
  for (const write of rwset.getWritesList()) {
    const key = write.getKey();
    const isDelete = write.getIsDelete();
    const value = isDelete ? {} : { value: write.getValue_asU8() };
    writes.push({ namespace, key, keyHash: sha256(key), ...value, isDelete, isPurge: false });
  }
  for (const write of rwset.getMetadataWritesList())
    metadataWrites.push({ namespace, key: write.getKey(), entries: entriesOf(write.getEntriesList()) });
}

/** Private writes by namespace and collection, then by the hash of their key. */
function plainWritesOf(sets: PrivateSets | undefined): Map<string, Map<string, KeyValueWrite>> {
  const byCollection = new Map<string, Map<string, KeyValueWrite>>();
  for (const namespace of sets?.getNsPvtRwsetList() ?? [])
    for (const collection of namespace.getCollectionPvtRwsetList()) {
      const rwset = ledger.rwset.kvrwset.KVRWSet.deserializeBinary(collection.getRwset_asU8());
      byCollection.set(
        `${namespace.getNamespace()}|${collection.getCollectionName()}`,
        new Map(rwset.getWritesList().map((write) => [sha256(write.getKey()), write])),
      );
    }
  return byCollection;
}

/** The private write, when it is the one that was endorsed: same key hash, same value hash, same kind. */
function matching(expected: HashedWrite, write: KeyValueWrite | undefined): LedgerWrite | undefined {
  if (write === undefined || write.getIsDelete() !== expected.isDelete) return undefined;
  const { namespace, collection, keyHash, isDelete, isPurge } = expected;
  const at = { namespace, collection, key: write.getKey(), keyHash, isDelete, isPurge };
  if (isDelete) return at;
  const value = write.getValue_asU8();
  return sha256(value) === expected.valueHash ? { ...at, value } : undefined;
}

function entriesOf(entries: readonly MetadataEntry[]): MetadataWrite['entries'] {
  return entries.map((entry) => ({ name: entry.getName(), value: entry.getValue_asU8() }));
}
