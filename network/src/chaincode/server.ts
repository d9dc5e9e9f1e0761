/** The chaincode's server of one peer as a process. */
import { join } from 'node:path';
import { chaincodePort } from '../config/ports.ts';
import { hostOf, type ConfiguredMember, type ConsortiumConfig } from '../config/consortium.ts';
import { compileCache, type DataFolder } from '../config/paths.ts';
import { accepts } from '../processes/ports.ts';
import type { ProcessPlan } from '../processes/processes.ts';
import type { Release } from './release.ts';

/** What a server runs: the release, and the sequence and package id it was installed with. */
export interface Deployment extends Release {
  readonly sequence: number;
  readonly packageId: string;
}

/** `hospital-chaincode-3`: with the sequence, since an upgrade has two of them side by side. */
export const serverName = (member: ConfiguredMember, sequence: number): string => `${member.key}-chaincode-${sequence}`;

/** What a server is told; its key material is the member's own. */
export function chaincodeEnvironment(
  config: ConsortiumConfig,
  member: ConfiguredMember,
  data: DataFolder,
  served: { readonly port: number; readonly packageId: string; readonly digest: string },
): Readonly<Record<string, string>> {
  const tls = data.member(member.key).tlsOf('chaincode');
  return {
    NODE_ENV: 'production',
    CORE_CHAINCODE_LOGGING_LEVEL: 'error',
    CORE_CHAINCODE_LOGGING_SHIM: 'error',
    CHAINCODE_ID: served.packageId,
    CHAINCODE_SERVER_ADDRESS: `${hostOf(config, member, 'chaincode')}:${served.port}`,
    CHAINCODE_TLS_CERT: tls.certificate,
    CHAINCODE_TLS_KEY: tls.privateKey,
    CHAINCODE_CLIENT_CA: tls.ca,
    CHAINCODE_MEMBERS: data.members,
    CHAINCODE_DIGEST: served.digest,
  };
}

export function chaincodePlan(
  config: ConsortiumConfig,
  member: ConfiguredMember,
  data: DataFolder,
  { sequence, packageId, digest, folder }: Deployment,
): ProcessPlan {
  const port = chaincodePort(member.ports, sequence);
  return {
    name: serverName(member, sequence),
    command: [process.execPath, '--max-semi-space-size=8', join(folder, 'dist/server.js')],
    environment: {
      ...chaincodeEnvironment(config, member, data, { port, packageId, digest }),
      NODE_COMPILE_CACHE: compileCache(),
    },
    folder,
    ports: [port],
    ready: () => accepts(config.host, port),
  };
}
