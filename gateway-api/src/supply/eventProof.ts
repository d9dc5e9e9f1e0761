/** Exports the proof of an event, and what a third party needs beforehand to check it. */
import { common } from '@hyperledger/fabric-protos';
import { trustFromConfigBlock, type EventProof, type TrustAnchors } from '@chain-of-care/client/proof';
import type { RawBuilder } from 'kysely';
import { supplyEventType, type MemberRole, type SupplyEvent } from '@chain-of-care/chaincode/model';
import { Problem } from '../http/problem.ts';
import type { Services } from '../services.ts';

type Needed = Pick<Services, 'readModel' | 'channelReader' | 'profile' | 'consortium'>;

/**
 * The event, its transaction in its block with the orderers' signatures, and the members' word that it is VALID.
 *
 * @param visible condition on the event
 * @throws Problem not_found, unavailable
 */
export async function proofOf(services: Needed, eventId: string, visible: RawBuilder<boolean>): Promise<EventProof> {
  const { channel, chaincode } = services.profile;
  const row = await services.readModel.db
    .selectFrom('supply_events')
    .innerJoin('transactions', (join) =>
      join
        .onRef('transactions.tx_id', '=', 'supply_events.tx_id')
        .onRef('transactions.block_number', '=', 'supply_events.block_number'),
    )
    .select(['supply_events.event', 'supply_events.tx_id', 'supply_events.block_number', 'transactions.tx_index'])
    .where('event_id', '=', eventId)
    .where(visible)
    .executeTakeFirst();
  if (row === undefined) throw new Problem('not_found');
  const [block, attestation] = await Promise.all([
    services.channelReader.block(row.block_number),
    services.channelReader.attest({ type: 'supply.findEvent', body: { eventId } }),
  ]);
  const header = block.getHeader()!;
  const signatures = block.getMetadata()!.getMetadataList_asU8()[common.BlockMetadataIndex.SIGNATURES]!;
  return {
    v: 1,
    channel,
    chaincode,
    eventId,
    event: asStored(row.event),
    transactionId: row.tx_id,
    block: {
      number: row.block_number,
      previousHash: Buffer.from(header.getPreviousHash_asU8()).toString('hex'),
      dataHash: Buffer.from(header.getDataHash_asU8()).toString('hex'),
      envelopes: block
        .getData()!
        .getDataList_asU8()
        .map((bytes) => Buffer.from(bytes).toString('base64')),
      index: row.tx_index,
      signatures: Buffer.from(signatures).toString('base64'),
    },
    attestation: Buffer.from(attestation).toString('base64'),
  };
}

/** With the type name and schema version that the value on the ledger has. */
function asStored(event: SupplyEvent): EventProof['event'] {
  return { ...event, t: supplyEventType.name, v: supplyEventType.version };
}

/** The MSP roots, orderers and roles of the channel as the own peer has them. @throws Problem unavailable */
export async function trustAnchors({ channelReader, profile, consortium }: Needed): Promise<TrustAnchors> {
  const roles = new Map<string, MemberRole>(consortium.members.map(({ mspId, role }) => [mspId, role]));
  return trustFromConfigBlock(await channelReader.configBlock(), profile.chaincode, roles);
}
