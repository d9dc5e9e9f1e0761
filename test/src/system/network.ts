/** A consortium of our own to test on, worked through the same commands as an operator's. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { join } from 'node:path';
import { program, projectRoot, succeed, type ProgramResult } from './project.ts';

const networkProgram = 'network/dist/cli/main.js';

/** As the network writes it for a gateway. */
export interface ConnectionProfile {
  readonly mspId: string;
  readonly channel: string;
  readonly chaincode: string;
  readonly members: readonly {
    readonly mspId: string;
    readonly role: string;
    readonly name: string;
    readonly gateway?: string;
    readonly internal?: string;
    readonly tlsCa?: string;
  }[];
  readonly peers: readonly {
    readonly name: string;
    readonly mspId: string;
    readonly endpoint: string;
    readonly hostname: string;
    readonly tlsCa: string;
  }[];
  readonly ca: { readonly url: string; readonly name: string; readonly tlsCa: string; readonly registrar: string };
  readonly admin: { readonly certificate: string; readonly privateKey: string };
  readonly service: { readonly certificate: string; readonly privateKey: string };
  readonly tls: { readonly certificate: string; readonly privateKey: string; readonly ca: string };
}

export interface NetworkOptions {
  readonly name: string;
  readonly basePort: number;
  readonly profile?: string;
}

export class TestNetwork {
  readonly name: string;
  readonly data: string;
  readonly #options: NetworkOptions;

  constructor(options: NetworkOptions) {
    this.name = options.name;
    this.data = join(process.env['CHAIN_OF_CARE_HOME'] ?? join(projectRoot, 'network/.data'), options.name);
    this.#options = options;
  }

  /** Brings it up, from nothing or from what an earlier start left; says what the command says. */
  async start(...more: readonly string[]): Promise<string> {
    const { name, basePort, profile } = this.#options;
    const profiled = profile === undefined ? [] : ['--profile', profile];
    return succeed(networkProgram, ['start', '--name', name, '--base-port', String(basePort), ...profiled, ...more]);
  }

  async stop(): Promise<void> {
    await succeed(networkProgram, ['stop', '--name', this.name]);
  }

  /** Ends it and removes all it has; nothing happens when there is nothing. */
  async discard(): Promise<void> {
    if (existsSync(this.data)) await succeed(networkProgram, ['reset', '--name', this.name, '--yes']);
  }

  /** Any other command of the network's, as `status` or `rebuild`. */
  command(name: string, ...parameters: readonly string[]): Promise<ProgramResult> {
    return program(networkProgram, [name, ...parameters, '--name', this.name]);
  }

  async profileOf(mspId: string): Promise<ConnectionProfile> {
    return JSON.parse(await readFile(join(this.data, 'connections', `${mspId}.json`), 'utf8')) as ConnectionProfile;
  }

  /** Address of a member's gateway. */
  async gateway(mspId: string): Promise<string> {
    const { members } = await this.profileOf(mspId);
    const address = members.find((member) => member.mspId === mspId)?.gateway;
    if (address === undefined) throw new Error(`${mspId} has no gateway`);
    return address;
  }

  /** Blocks of the channel on a member's peer. */
  async height(mspId: string): Promise<number> {
    const { peers } = await this.profileOf(mspId);
    const peer = peers.find((candidate) => candidate.mspId === mspId)?.name;
    const height = (await this.#processes()).find(({ name }) => name === peer)?.height;
    if (height === undefined) throw new Error(`status tells no height of ${peer ?? mspId}`);
    return height;
  }

  /** Resolves when every member's gateway shows what any peer has now: who acts next, wherever, acts on it. */
  async level(): Promise<void> {
    const heights = (await this.#processes()).flatMap(({ name, height }) =>
      /-peer2?$/.test(name) ? (height ?? []) : [],
    );
    await this.everyGatewayShows(Math.max(...heights) - 1);
  }

  /**
   * Resolves when the gateways have the rows of this block.
   *
   * @param without a member whose peer is down
   * @throws Error when one has not in time
   */
  async everyGatewayShows(blockNumber: number, without?: string): Promise<void> {
    const { members } = await this.profileOf(anyMember);
    const asked = members.filter(({ mspId }) => mspId !== without);
    await Promise.all(asked.flatMap(({ gateway }) => gateway ?? []).map((url) => projected(url, blockNumber)));
  }

  /** Process id of a running process of the network's, as `hospital-peer`. */
  async pid(processName: string): Promise<number> {
    const record = await readFile(join(this.data, 'processes', `${processName}.pid`), 'utf8');
    const pid = Number(/\d+/.exec(record)?.[0]);
    if (!Number.isInteger(pid)) throw new Error(`no process id of ${processName}: ${record}`);
    return pid;
  }

  /** SIGKILL, as a crash: the record stays and the next start sees that it is gone. */
  async kill(processName: string): Promise<void> {
    process.kill(await this.pid(processName), 'SIGKILL');
  }

  log(processName: string): Promise<string> {
    return readFile(join(this.data, 'logs', `${processName}.log`), 'utf8');
  }

  /** As `npm run status` tells them. */
  async #processes(): Promise<readonly { readonly name: string; readonly height?: number }[]> {
    const { stdout } = await this.command('status', '--json');
    return (JSON.parse(stdout) as { processes: { name: string; height?: number }[] }).processes;
  }
}

const anyMember = 'RegulatorMSP';
const projectedTimeoutMs = 30_000;

async function projected(gateway: string, blockNumber: number): Promise<void> {
  const deadline = Date.now() + projectedTimeoutMs;
  for (;;) {
    const metrics = await (await fetch(`${gateway}/metrics`)).text();
    const height = Number(/^gateway_readmodel_height (\d+)$/m.exec(metrics)?.[1]);
    if (height >= blockNumber) return;
    if (Date.now() > deadline)
      throw new Error(`${gateway} does not show block ${blockNumber}: its height is ${height}`);
    await delay(50);
  }
}
