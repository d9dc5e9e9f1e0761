import { common, peer, type ledger } from '@hyperledger/fabric-protos';
import { creatorOf } from './creator.ts';
import { blockHeaderHash } from './headerHash.ts';
import { BlockFormatError, type DecodedBlock, type DecodedTransaction, type OpenParts } from './types.ts';
import { writeSetsOf, type WriteSets } from './writeSets.ts';

type Block = InstanceType<typeof common.Block>;
export type BlockAndPrivateData = InstanceType<typeof peer.BlockAndPrivateData>;
type PrivateSets = InstanceType<typeof ledger.rwset.TxPvtReadWriteSet>;

/** TxValidationCode of a transaction that changed the state. */
export const valid = 0;

const noWrites: WriteSets = { writes: [], unmatched: [], metadataWrites: [] };

/**
 * Reads a block as a peer delivers it with private data: each transaction with who sent it, how it was judged and, when
 * it is VALID, what it wrote. Private writes are given only where key and value hash to what the block says.
 *
 * @throws BlockFormatError when header, data or metadata of the block are missing or malformed
 */
export function decodeBlock(delivered: BlockAndPrivateData): DecodedBlock {
  const block = delivered.getBlock();
  if (block === undefined) throw new BlockFormatError('no block was delivered');
  const privateData = delivered.getPrivateDataMapMap();
  return decode(block, (index) => privateData.get(index));
}

/**
 * As {@link decodeBlock}, of a block without private data: every private write is unmatched.
 *
 * @throws BlockFormatError as there
 */
export function decodePublicBlock(block: Block): DecodedBlock {
  return decode(block, () => undefined);
}

function decode(block: Block, privateSetsOf: (index: number) => PrivateSets | undefined): DecodedBlock {
  const header = block.getHeader();
  if (header === undefined) throw new BlockFormatError('block without a header');
  const number = BigInt(header.getNumber());
  const envelopes = block.getData()?.getDataList_asU8() ?? [];
  const codes = block.getMetadata()?.getMetadataList_asU8()[common.BlockMetadataIndex.TRANSACTIONS_FILTER];
  if (codes === undefined || codes.length !== envelopes.length)
    throw new BlockFormatError(`block ${number} has ${envelopes.length} transactions, ${codes?.length ?? 0} flags`);
  return {
    blockNumber: number,
    hash: blockHeaderHash(number, header.getPreviousHash_asU8(), header.getDataHash_asU8()),
    previousHash: Buffer.from(header.getPreviousHash_asU8()).toString('hex'),
    transactions: envelopes.map((bytes, index) => {
      try {
        return transactionOf(bytes, index, codes[index]!, privateSetsOf);
      } catch (cause) {
        if (codes[index] === valid)
          throw new BlockFormatError(`transaction ${index} of block ${number} cannot be read`, { cause });
        return unreadable(index, codes[index]!);
      }
    }),
  };
}

function transactionOf(
  envelope: Uint8Array,
  index: number,
  validationCode: number,
  privateSetsOf: (index: number) => PrivateSets | undefined,
): DecodedTransaction {
  const payload = common.Payload.deserializeBinary(common.Envelope.deserializeBinary(envelope).getPayload_asU8());
  const header = common.ChannelHeader.deserializeBinary(payload.getHeader()!.getChannelHeader_asU8());
  const signer = common.SignatureHeader.deserializeBinary(payload.getHeader()!.getSignatureHeader_asU8());
  const headerType = header.getType();
  const action = headerType === common.HeaderType.ENDORSER_TRANSACTION ? actionOf(payload.getData_asU8()) : undefined;
  const sets =
    action === undefined || validationCode !== valid ? noWrites : writeSetsOf(action.results, privateSetsOf(index));
  return {
    txId: header.getTxId(),
    index,
    timestamp: header.getTimestamp()?.toDate().toISOString() ?? new Date(0).toISOString(),
    headerType,
    channel: header.getChannelId(),
    creator: creatorOf(signer.getCreator_asU8()),
    validationCode,
    ...sets,
    ...(action === undefined ? {} : { open: action.open }),
  };
}

/** The one action of an endorsed transaction (Fabric allows no more). */
function actionOf(data: Uint8Array): { results: Uint8Array; open: OpenParts } | undefined {
  const action = peer.Transaction.deserializeBinary(data).getActionsList()[0];
  if (action === undefined) return undefined;
  const payload = peer.ChaincodeActionPayload.deserializeBinary(action.getPayload_asU8());
  const endorsed = peer.ProposalResponsePayload.deserializeBinary(
    payload.getAction()!.getProposalResponsePayload_asU8(),
  );
  const result = peer.ChaincodeAction.deserializeBinary(endorsed.getExtension_asU8());
  const proposal = peer.ChaincodeProposalPayload.deserializeBinary(payload.getChaincodeProposalPayload_asU8());
  const invocation = peer.ChaincodeInvocationSpec.deserializeBinary(proposal.getInput_asU8()).getChaincodeSpec();
  const response = result.getResponse();
  const event = peer.ChaincodeEvent.deserializeBinary(result.getEvents_asU8());
  return {
    results: result.getResults_asU8(),
    open: {
      chaincode: result.getChaincodeId()?.getName() ?? '',
      args: invocation?.getInput()?.getArgsList_asU8() ?? [],
      response: {
        status: response?.getStatus() ?? 0,
        message: response?.getMessage() ?? '',
        payload: response?.getPayload_asU8() ?? new Uint8Array(0),
      },
      ...(event.getEventName() === ''
        ? {}
        : { event: { name: event.getEventName(), payload: event.getPayload_asU8() } }),
    },
  };
}

/** An invalid transaction may be any bytes; it changed nothing. */
function unreadable(index: number, validationCode: number): DecodedTransaction {
  return {
    txId: '',
    index,
    timestamp: new Date(0).toISOString(),
    headerType: -1,
    channel: '',
    creator: { mspId: '', certificate: '', deviceKey: '' },
    validationCode,
    ...noWrites,
  };
}
