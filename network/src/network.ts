/** A consortium on this machine as an object: start, look, kill, stop. */
import { obtainBinaries } from './binaries/obtain.ts';
import { deployOtherChaincode, runPatchedChaincode, type OtherChaincode } from './chaincode/other.ts';
import { chosenNetwork } from './choice.ts';
import { memberOf, type ConfiguredMember, type ConsortiumConfig } from './config/consortium.ts';
import type { DataFolder } from './config/paths.ts';
import { NetworkFailure } from './failure.ts';
import { gatewayPlans } from './gateways/start.ts';
import { connectionProfile, gatewayUrl, type ConnectionProfile } from './gateways/profile.ts';
import { usersFile } from './gateways/gateway.ts';
import { withLock } from './processes/lock.ts';
import { Processes } from './processes/processes.ts';
import { isUpToDate, start } from './start.ts';
import { readState, type ChaincodeState } from './state.ts';
import { networkStatus, type NetworkStatus } from './status/status.ts';
import { silentReport, type Report } from './steps/step.ts';
import { reset, stop } from './stop.ts';

export interface NetworkChoice {
  readonly name: string;
  readonly basePort?: number;
  readonly profile?: string;
  /** Whether gateways are started and seeded; default true. */
  readonly gateways?: boolean;
  /** Where the steps are told; default nowhere. */
  readonly report?: Report;
}

/** A consortium on this machine, running or not. */
export class Network {
  readonly config: ConsortiumConfig;
  readonly data: DataFolder;
  readonly processes: Processes;
  readonly #report: Report;
  readonly #gateways: boolean;

  constructor(config: ConsortiumConfig, data: DataFolder, report: Report, gateways: boolean) {
    this.config = config;
    this.data = data;
    this.processes = new Processes(data);
    this.#report = report;
    this.#gateways = gateways;
  }

  /** Brings up what does not run, as `npm start`. */
  async start(): Promise<void> {
    const options = { gateways: this.#gateways };
    if (await isUpToDate(this.config, this.data, options)) return;
    await withLock(
      this.data.lock,
      () => undefined,
      () => start(this.config, this.data, this.#report, options),
    );
  }

  /** Ends every process; state stays. */
  async stop(): Promise<void> {
    await withLock(
      this.data.lock,
      () => undefined,
      () => stop(this.data, this.#report),
    );
  }

  /** Ends every process and removes all data. */
  async reset(): Promise<void> {
    await withLock(
      this.data.lock,
      () => undefined,
      () => reset(this.data, this.#report),
    );
  }

  status(): Promise<NetworkStatus> {
    return networkStatus(this.config, this.data);
  }

  /** SIGKILLs one process by its name in status: `regulator-peer`. */
  kill(process: string): Promise<void> {
    return this.processes.kill(process);
  }

  /** @throws NetworkFailure for an MSP id that is no member */
  connectionProfile(mspId: string): ConnectionProfile {
    return connectionProfile(this.config, memberOf(this.config, mspId), this.data);
  }

  /** Base address of a member's gateway. */
  gateway(mspId: string): string {
    return gatewayUrl(this.config, memberOf(this.config, mspId));
  }

  /** The file of the development issuer's users with their secrets. */
  get users(): string {
    return usersFile(this.data);
  }

  member(mspId: string): ConfiguredMember {
    return memberOf(this.config, mspId);
  }

  /**
   * Runs one member's gateway with further environment variables; the next start puts it back.
   *
   * @throws NetworkFailure when it does not become ready
   */
  async runGatewayWith(mspId: string, environment: Readonly<Record<string, string>>): Promise<void> {
    const name = `${memberOf(this.config, mspId).key}-gateway`;
    const plan = (await gatewayPlans(this.config, this.data)).find((candidate) => candidate.name === name)!;
    const changed = { ...plan, environment: { ...plan.environment, ...environment } };
    await this.processes.launch(changed);
    await this.processes.awaitReady(changed);
  }

  /** Lets one member's peer run a patched chaincode; see {@link runPatchedChaincode}. */
  async runPatchedChaincode(mspId: string, patch: (dist: string) => Promise<void>): Promise<string> {
    return runPatchedChaincode(await this.#surroundings(), await this.#committed(), mspId, patch);
  }

  /** Deploys a second chaincode on every peer, such as a benchmark's baseline. */
  async deployOtherChaincode(other: OtherChaincode): Promise<void> {
    await deployOtherChaincode(await this.#surroundings(), other);
  }

  async #surroundings() {
    const { folder: binaries } = await obtainBinaries(() => undefined);
    return { config: this.config, data: this.data, processes: this.processes, binaries };
  }

  async #committed(): Promise<ChaincodeState> {
    const state = await readState(this.data);
    if (state?.chaincode === undefined) throw new NetworkFailure(`${this.config.name} has no chaincode yet`);
    return state.chaincode;
  }
}

/** @returns the consortium of this name, not started; profile and base port of an existing one are remembered */
export async function openNetwork(choice: NetworkChoice): Promise<Network> {
  const { config, data } = await chosenNetwork(choice);
  return new Network(config, data, choice.report ?? silentReport, choice.gateways ?? true);
}

/** Starts a consortium, as `npm start`, and returns when everything answers. */
export async function startNetwork(choice: NetworkChoice): Promise<Network> {
  const network = await openNetwork(choice);
  await network.start();
  return network;
}

/** Ends the processes of the consortium of this name. */
export async function stopNetwork(choice: NetworkChoice): Promise<void> {
  await (await openNetwork(choice)).stop();
}
