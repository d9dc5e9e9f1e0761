/** What runs, where, how far the ledgers are, which chaincode, how long the certificates last, how much memory. */
import { endorsing, ordering, peersOf, type ConsortiumConfig } from '../config/consortium.ts';
import { chaincodePort } from '../config/ports.ts';
import type { DataFolder } from '../config/paths.ts';
import { Processes } from '../processes/processes.ts';
import { readState, type ChaincodeState } from '../state.ts';
import { certificateExpiries, type CertificateExpiry } from './certificates.ts';
import { peerHeight } from './heights.ts';
import { memoryOf } from './memory.ts';

export interface ProcessStatus {
  readonly name: string;
  readonly running: boolean;
  readonly pid?: number;
  /** Address that others use. */
  readonly address: string;
  /** Bytes, proportional share. */
  readonly memory?: number;
  /** Blocks of the channel, peers only. */
  readonly height?: number;
}

export interface NetworkStatus {
  readonly name: string;
  readonly profile: string;
  readonly basePort: number;
  readonly fabric: string | undefined;
  readonly processes: readonly ProcessStatus[];
  readonly chaincode: (ChaincodeState & { readonly name: string }) | undefined;
  readonly firstExpiry: CertificateExpiry | undefined;
  /** Bytes of all processes. */
  readonly memory: number;
  readonly running: boolean;
}

interface Expected {
  readonly name: string;
  readonly address: string;
  readonly operations?: string;
}

/** Every process that a started consortium has. */
export function expectedProcesses(
  config: ConsortiumConfig,
  chaincode: ChaincodeState | undefined,
  gateways: boolean,
): readonly Expected[] {
  const at = (port: number) => `${config.host}:${port}`;
  const peers = endorsing(config);
  return [
    ...config.members.map(({ key, ports }) => ({ name: `${key}-ca`, address: at(ports.ca) })),
    ...ordering(config).map(({ key, ports }) => ({ name: `${key}-orderer`, address: at(ports.orderer) })),
    ...peers.flatMap(peersOf).map(({ name, ports }) => ({
      name,
      address: at(ports.peer),
      operations: at(ports.operations),
    })),
    ...(chaincode === undefined
      ? []
      : peers.map(({ key, ports }) => ({
          name: `${key}-chaincode-${chaincode.sequence}`,
          address: at(chaincodePort(ports, chaincode.sequence)),
        }))),
    ...(gateways ? peers.map(({ key, ports }) => ({ name: `${key}-gateway`, address: at(ports.gateway) })) : []),
  ];
}

export async function networkStatus(config: ConsortiumConfig, data: DataFolder): Promise<NetworkStatus> {
  const state = await readState(data);
  const processes = new Processes(data);
  const expected = expectedProcesses(config, state?.chaincode, state?.gateways ?? false);
  const statuses = await Promise.all(
    expected.map(async ({ name, address, operations }): Promise<ProcessStatus> => {
      const identity = await processes.find(name);
      if (identity === undefined) return { name, running: false, address };
      const [memory, height] = await Promise.all([
        memoryOf(identity.pid),
        operations === undefined ? undefined : peerHeight(operations),
      ]);
      return { name, running: true, pid: identity.pid, address, memory, ...(height === undefined ? {} : { height }) };
    }),
  );
  return {
    name: config.name,
    profile: config.profile,
    basePort: config.basePort,
    fabric: state?.fabric,
    processes: statuses,
    chaincode: state?.chaincode === undefined ? undefined : { name: config.chaincode, ...state.chaincode },
    firstExpiry: (await certificateExpiries(data))[0],
    memory: statuses.reduce((sum, { memory }) => sum + (memory ?? 0), 0),
    running: state?.chaincode !== undefined && statuses.every(({ running }) => running),
  };
}
