/** Every port of a member, derived from the base port and the member's slot, so that consortia stand side by side. */
import { NetworkFailure } from '../failure.ts';

export const blockPorts = [
  'orderer',
  'ordererAdmin',
  'ordererOperations',
  'peer',
  'peerChaincode',
  'peerOperations',
  'ca',
  'caOperations',
  'chaincodeOdd',
  'chaincodeEven',
  'chaincodeOther',
  'peer2',
  'peer2Chaincode',
  'peer2Operations',
] as const;
export type BlockPort = (typeof blockPorts)[number];

export interface PortPlan {
  readonly gateway: number;
  readonly internal: number;
  readonly block: { readonly start: number; readonly size: number };
  readonly offsets: Readonly<Record<BlockPort, number>>;
}

export type MemberPorts = Readonly<Record<BlockPort | 'gateway' | 'internal', number>>;

/**
 * @param plan offsets of consortium.yaml
 * @param base first port of the consortium
 * @param slot the member's number, from 0
 * @throws NetworkFailure when a port would be privileged or beyond 65535
 */
export function memberPorts(plan: PortPlan, base: number, slot: number): MemberPorts {
  const block = base + plan.block.start + plan.block.size * slot;
  const ports = {
    gateway: base + plan.gateway + slot,
    internal: base + plan.internal + slot,
    ...(Object.fromEntries(blockPorts.map((port) => [port, block + plan.offsets[port]])) as Record<BlockPort, number>),
  };
  for (const [name, port] of Object.entries(ports)) {
    if (!Number.isInteger(port) || port < 1024 || port > 65535)
      throw new NetworkFailure(`port ${port} (${name}) is out of range`, 'choose a --base-port between 1024 and 60000');
  }
  return ports;
}

/** A chaincode's server changes sides with each sequence, so that the old and the new one stand side by side. */
export function chaincodePort(ports: MemberPorts, sequence: number): number {
  return sequence % 2 === 1 ? ports.chaincodeOdd : ports.chaincodeEven;
}
