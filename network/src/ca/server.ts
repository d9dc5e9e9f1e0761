/** The Fabric CA server of one member as a process. */
import { join } from 'node:path';
import type { ConfiguredMember, ConsortiumConfig } from '../config/consortium.ts';
import type { MemberFolder } from '../config/paths.ts';
import { answersOk } from '../processes/ports.ts';
import type { ProcessPlan } from '../processes/processes.ts';

/** @param binaries folder of the Fabric binaries */
export function caPlan(
  config: ConsortiumConfig,
  member: ConfiguredMember,
  folder: MemberFolder,
  binaries: string,
): ProcessPlan {
  const operations = `${config.host}:${member.ports.caOperations}`;
  return {
    name: `${member.key}-ca`,
    command: [join(binaries, 'fabric-ca-server'), 'start', '--home', folder.ca],
    environment: {},
    folder: folder.ca,
    ports: [member.ports.ca, member.ports.caOperations],
    ready: () => answersOk(`http://${operations}/healthz`),
  };
}
