import { peer } from '@hyperledger/fabric-protos';
import type { ChaincodeStub } from 'fabric-shim';
import type { LedgerStub, StateWrite } from './stub.ts';

/** What fabric-shim's stub keeps for itself: the way to the peer, which its own calls use one key at a time. */
interface PeerConversation {
  readonly handler: { _askPeerAndListen(message: peer.ChaincodeMessage, method: string): Promise<Buffer> };
}

const { Type } = peer.ChaincodeMessage;
/** Name of `MetaDataKeys.VALIDATION_PARAMETER` (peer/transaction.proto). */
const validationParameter = 'VALIDATION_PARAMETER';
/** `chaincode.runtimeParams.maxSizeGetMultipleKeys` and `maxSizeWriteBatch` of a peer are 1000 unless configured. */
const keysPerMessage = 1000;

/**
 * Fabric's own stub, seen as a {@link LedgerStub}. Reads and writes go in the batches that peers take since Fabric 3.1
 * (`GET_STATE_MULTIPLE`, `WRITE_BATCH_STATE`), for which fabric-shim has no calls yet.
 */
export class ShimStub implements LedgerStub {
  readonly transactionId: string;
  readonly timestampMs: number;
  readonly creator: LedgerStub['creator'];
  readonly transient: ReadonlyMap<string, Uint8Array>;
  readonly #stub: ChaincodeStub;

  constructor(stub: ChaincodeStub) {
    this.#stub = stub;
    this.transactionId = stub.getTxID();
    this.timestampMs = stub.getDateTimestamp().getTime();
    const { mspid, idBytes } = stub.getCreator();
    this.creator = { mspId: mspid, certificate: idBytes };
    this.transient = stub.getTransient();
  }

  async getStates(
    collection: string | undefined,
    keys: readonly string[],
  ): Promise<readonly (Uint8Array | undefined)[]> {
    const values: (Uint8Array | undefined)[] = [];
    for (const some of chunksOf(keys)) {
      const request = new peer.GetStateMultiple();
      request.setKeysList([...some]);
      request.setCollection(collection ?? '');
      const answer = await this.#ask(Type.GET_STATE_MULTIPLE, request.serializeBinary());
      const found = peer.GetStateMultipleResult.deserializeBinary(answer).getValuesList_asU8();
      if (found.length !== some.length) throw new Error('the peer answered another number of keys than asked for');
      values.push(...found.map((value) => (value.length === 0 ? undefined : value)));
    }
    return values;
  }

  async hasPrivate(collection: string, key: string): Promise<boolean> {
    return (await this.#stub.getPrivateDataHash(collection, key)).length > 0;
  }

  async writeStates(writes: readonly StateWrite[]): Promise<void> {
    for (const some of chunksOf(writes)) {
      const batch = new peer.WriteBatchState();
      batch.setRecList(some.map(writeRecord));
      await this.#ask(Type.WRITE_BATCH_STATE, batch.serializeBinary());
    }
  }

  setEvent(name: string, payload: Uint8Array): void {
    this.#stub.setEvent(name, payload);
  }

  #ask(type: peer.ChaincodeMessage.TypeMap[keyof peer.ChaincodeMessage.TypeMap], payload: Uint8Array): Promise<Buffer> {
    const message = new peer.ChaincodeMessage();
    message.setType(type);
    message.setPayload(payload);
    message.setTxid(this.transactionId);
    message.setChannelId(this.#stub.getChannelID());
    const { handler } = this.#stub as unknown as PeerConversation;
    return handler._askPeerAndListen(message, 'batch');
  }
}

function writeRecord(write: StateWrite): peer.WriteRecord {
  const record = new peer.WriteRecord();
  record.setCollection(write.collection ?? '');
  record.setKey(write.key);
  switch (write.kind) {
    case 'put':
      record.setType(peer.WriteRecord.Type.PUT_STATE);
      record.setValue(write.value);
      break;
    case 'delete':
      record.setType(peer.WriteRecord.Type.DEL_STATE);
      break;
    case 'purge':
      record.setType(peer.WriteRecord.Type.PURGE_PRIVATE_DATA);
      break;
    case 'policy': {
      const metadata = new peer.StateMetadata();
      metadata.setMetakey(validationParameter);
      metadata.setValue(write.policy);
      record.setType(peer.WriteRecord.Type.PUT_STATE_METADATA);
      record.setMetadata(metadata);
    }
  }
  return record;
}

function* chunksOf<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  for (let start = 0; start < items.length; start += keysPerMessage) yield items.slice(start, start + keysPerMessage);
}
