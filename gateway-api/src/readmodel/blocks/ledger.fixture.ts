/** A ledger made of real protobuf blocks, for tests: says what transactions write, gives blocks as a peer would. */
import { createHash } from 'node:crypto';
import { common, ledger, msp, peer } from '@hyperledger/fabric-protos';
import type { BlockSource } from '../projection/blockSource.ts';
import type { BlockAndPrivateData } from './decode.ts';
import { blockHeaderHash } from './headerHash.ts';

export interface WriteSpec {
  readonly collection?: string;
  readonly key: string;
  /** Absent: delete. */
  readonly value?: object | Uint8Array;
  readonly purge?: boolean;
  /** The peer lacks this private value for now. */
  readonly withheld?: boolean;
}

export interface TransactionSpec {
  readonly txId?: string;
  readonly time?: string;
  readonly code?: number;
  readonly mspId?: string;
  readonly writes: readonly WriteSpec[];
}

const sha256 = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest();
const { kvrwset } = ledger.rwset;

export class FixtureLedger implements BlockSource {
  readonly namespace = 'chain-of-care';
  readonly #specs: (readonly TransactionSpec[])[] = [];
  readonly #certificate: string;
  readonly #hashes: Buffer[] = [];
  #release = false;
  #arrived: (() => void)[] = [];

  constructor(certificate = 'no certificate') {
    this.#certificate = certificate;
  }

  get height(): number {
    return this.#specs.length;
  }

  add(...transactions: readonly TransactionSpec[]): this {
    this.#specs.push(transactions);
    for (const wake of this.#arrived.splice(0)) wake();
    return this;
  }

  /** From now on withheld private values are there. */
  releasePrivateData(): void {
    this.#release = true;
  }

  async block(number: bigint): Promise<BlockAndPrivateData> {
    return this.delivered(Number(number));
  }

  async *blocks(start: bigint, signal: AbortSignal): AsyncIterable<BlockAndPrivateData> {
    for (let number = Number(start); !signal.aborted; number += 1) {
      while (number >= this.#specs.length) {
        await new Promise<void>((resolve) => {
          this.#arrived.push(resolve);
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
        if (signal.aborted) return;
      }
      yield this.delivered(number);
    }
  }

  delivered(number: number): BlockAndPrivateData {
    const specs = this.#specs[number]!;
    const header = new common.BlockHeader();
    header.setNumber(number);
    header.setPreviousHash(number === 0 ? new Uint8Array(0) : this.#hashOf(number - 1));
    header.setDataHash(this.#dataHashOf(number));
    const data = new common.BlockData();
    data.setDataList(specs.map((spec, index) => this.#envelope(spec, number, index)));
    const metadata = new common.BlockMetadata();
    metadata.setMetadataList([
      new Uint8Array(0),
      new Uint8Array(0),
      Uint8Array.from(specs, ({ code }) => code ?? 0),
      new Uint8Array(0),
    ]);
    const block = new common.Block();
    block.setHeader(header);
    block.setData(data);
    block.setMetadata(metadata);
    const delivered = new peer.BlockAndPrivateData();
    delivered.setBlock(block);
    for (const [index, spec] of specs.entries()) {
      const sets = this.#privateSets(spec);
      if (sets !== undefined) delivered.getPrivateDataMapMap().set(index, sets);
    }
    return peer.BlockAndPrivateData.deserializeBinary(delivered.serializeBinary());
  }

  #dataHashOf(number: number): Buffer {
    return sha256(JSON.stringify(this.#specs[number]!.map(({ txId, writes }) => [txId, writes.map(({ key }) => key)])));
  }

  #hashOf(number: number): Buffer {
    const known = this.#hashes[number];
    if (known !== undefined) return known;
    const previous = number === 0 ? new Uint8Array(0) : this.#hashOf(number - 1);
    const hash = Buffer.from(blockHeaderHash(BigInt(number), previous, this.#dataHashOf(number)), 'hex');
    this.#hashes[number] = hash;
    return hash;
  }

  #envelope(spec: TransactionSpec, number: number, index: number): Uint8Array {
    const channelHeader = new common.ChannelHeader();
    channelHeader.setType(common.HeaderType.ENDORSER_TRANSACTION);
    channelHeader.setTxId(spec.txId ?? `tx-${number}-${index}`);
    channelHeader.setChannelId('consortium');
    const timestamp = new (channelHeaderTimestamp())();
    timestamp.fromDate(new Date(spec.time ?? Date.UTC(2026, 0, 1, 0, 0, number)));
    channelHeader.setTimestamp(timestamp);
    const identity = new msp.SerializedIdentity();
    identity.setMspid(spec.mspId ?? 'HospitalMSP');
    identity.setIdBytes(Buffer.from(this.#certificate));
    const signatureHeader = new common.SignatureHeader();
    signatureHeader.setCreator(identity.serializeBinary());
    const header = new common.Header();
    header.setChannelHeader(channelHeader.serializeBinary());
    header.setSignatureHeader(signatureHeader.serializeBinary());
    const payload = new common.Payload();
    payload.setHeader(header);
    payload.setData(this.#transaction(spec));
    const envelope = new common.Envelope();
    envelope.setPayload(payload.serializeBinary());
    return envelope.serializeBinary();
  }

  #transaction(spec: TransactionSpec): Uint8Array {
    const result = new peer.ChaincodeAction();
    result.setResults(this.#results(spec));
    const event = new peer.ChaincodeEvent();
    event.setEventName('v');
    event.setPayload(Buffer.from('{"v":1}'));
    result.setEvents(event.serializeBinary());
    const endorsed = new peer.ProposalResponsePayload();
    endorsed.setExtension$(result.serializeBinary());
    const action = new peer.ChaincodeEndorsedAction();
    action.setProposalResponsePayload(endorsed.serializeBinary());
    const actionPayload = new peer.ChaincodeActionPayload();
    actionPayload.setAction(action);
    const transactionAction = new peer.TransactionAction();
    transactionAction.setPayload(actionPayload.serializeBinary());
    const transaction = new peer.Transaction();
    transaction.setActionsList([transactionAction]);
    return transaction.serializeBinary();
  }

  #results({ writes }: TransactionSpec): Uint8Array {
    const set = new ledger.rwset.NsReadWriteSet();
    set.setNamespace(this.namespace);
    const open = new kvrwset.KVRWSet();
    open.setWritesList(writes.filter(({ collection }) => collection === undefined).map(plainWrite));
    set.setRwset(open.serializeBinary());
    set.setCollectionHashedRwsetList(
      collectionsOf(writes).map((collection) => {
        const hashed = new kvrwset.HashedRWSet();
        hashed.setHashedWritesList(writes.filter((write) => write.collection === collection).map(hashedWrite));
        const collectionSet = new ledger.rwset.CollectionHashedReadWriteSet();
        collectionSet.setCollectionName(collection);
        collectionSet.setHashedRwset(hashed.serializeBinary());
        return collectionSet;
      }),
    );
    const results = new ledger.rwset.TxReadWriteSet();
    results.setNsRwsetList([set]);
    return results.serializeBinary();
  }

  #privateSets({ writes }: TransactionSpec): InstanceType<typeof ledger.rwset.TxPvtReadWriteSet> | undefined {
    const here = writes.filter(({ withheld }) => withheld !== true || this.#release);
    const collections = collectionsOf(here);
    if (collections.length === 0) return undefined;
    const set = new ledger.rwset.NsPvtReadWriteSet();
    set.setNamespace(this.namespace);
    set.setCollectionPvtRwsetList(
      collections.map((collection) => {
        const plain = new kvrwset.KVRWSet();
        plain.setWritesList(here.filter((write) => write.collection === collection).map(plainWrite));
        const collectionSet = new ledger.rwset.CollectionPvtReadWriteSet();
        collectionSet.setCollectionName(collection);
        collectionSet.setRwset(plain.serializeBinary());
        return collectionSet;
      }),
    );
    const sets = new ledger.rwset.TxPvtReadWriteSet();
    sets.setNsPvtRwsetList([set]);
    return sets;
  }
}

/** The protobuf Timestamp class, which the protos package uses but does not export. */
function channelHeaderTimestamp(): new () => NonNullable<
  ReturnType<InstanceType<typeof common.ChannelHeader>['getTimestamp']>
> {
  const header = common.ChannelHeader.deserializeBinary(Uint8Array.of(0x1a, 0));
  return header.getTimestamp()!.constructor as ReturnType<typeof channelHeaderTimestamp>;
}

function collectionsOf(writes: readonly WriteSpec[]): readonly string[] {
  return [...new Set(writes.flatMap(({ collection }) => (collection === undefined ? [] : [collection])))];
}

function bytesOf(value: object | Uint8Array): Uint8Array {
  return value instanceof Uint8Array ? value : Buffer.from(JSON.stringify(value));
}

function plainWrite({ key, value }: WriteSpec): InstanceType<typeof kvrwset.KVWrite> {
  const write = new kvrwset.KVWrite();
  write.setKey(key);
  write.setIsDelete(value === undefined);
  if (value !== undefined) write.setValue(bytesOf(value));
  return write;
}

function hashedWrite({ key, value, purge }: WriteSpec): InstanceType<typeof kvrwset.KVWriteHash> {
  const write = new kvrwset.KVWriteHash();
  write.setKeyHash(sha256(key));
  write.setIsDelete(value === undefined);
  write.setIsPurge(purge === true);
  if (value !== undefined) write.setValueHash(sha256(bytesOf(value)));
  return write;
}
