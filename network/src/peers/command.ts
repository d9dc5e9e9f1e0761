/** The `peer` command as one member's administrator. */
import { join } from 'node:path';
import { hostOf, peersOf, type ConfiguredMember, type ConsortiumConfig, type PeerNode } from '../config/consortium.ts';
import type { DataFolder } from '../config/paths.ts';
import { run } from '../processes/run.ts';

export type PeerCommand = (parameters: readonly string[]) => Promise<string>;

/** @returns a function that runs `peer <parameters>` against one of the member's own peers and gives its standard output */
export function peerCommand(
  config: ConsortiumConfig,
  member: ConfiguredMember,
  data: DataFolder,
  binaries: string,
  { holder, ports }: PeerNode = peersOf(member)[0]!,
): PeerCommand {
  const folder = data.member(member.key);
  const environment = {
    FABRIC_CFG_PATH: folder.at(holder),
    FABRIC_LOGGING_SPEC: 'warn',
    CORE_PEER_LOCALMSPID: member.mspId,
    CORE_PEER_MSPCONFIGPATH: folder.mspOf('admin'),
    CORE_PEER_ADDRESS: `${hostOf(config, member, holder)}:${ports.peer}`,
    CORE_PEER_TLS_ENABLED: 'true',
    CORE_PEER_TLS_ROOTCERT_FILE: folder.tlsCa,
  };
  return (parameters) => run(join(binaries, 'peer'), parameters, { environment });
}
