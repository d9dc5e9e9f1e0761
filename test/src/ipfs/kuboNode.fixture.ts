/** A private IPFS node: own repository, loopback only, no peers, an RPC that asks for a token. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { command } from '../compose/command.ts';
import { freePort } from '../system/freePort.ts';

const program = process.env['IPFS_PROGRAM'] ?? 'ipfs';
const startMs = 30_000;

export class KuboNode {
  readonly url: string;
  readonly token = randomBytes(24).toString('base64url');
  readonly #repository: string;
  #process: ChildProcess | undefined;

  private constructor(repository: string, port: number) {
    this.#repository = repository;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(repository: string): Promise<KuboNode> {
    const node = new KuboNode(repository, await freePort());
    await node.init();
    await node.start();
    return node;
  }

  /** A new, empty repository behind the same address and token. */
  async init(): Promise<void> {
    await this.ipfs('init', '--empty-repo', '--profile', 'test');
    const authorizations = {
      gateway: { AuthSecret: `bearer:${this.token}`, AllowedPaths: ['/api/v0'] },
    };
    for (const [name, value] of [
      ['Addresses.API', [`/ip4/127.0.0.1/tcp/${new URL(this.url).port}`]],
      ['Addresses.Gateway', []],
      ['API.Authorizations', authorizations],
      ['AutoConf.Enabled', false],
      ['Routing.Type', 'none'],
    ] as const)
      await this.ipfs('config', '--json', name, JSON.stringify(value));
  }

  async start(): Promise<void> {
    this.#process = spawn(program, ['daemon', '--offline'], { env: this.#environment, stdio: 'ignore' });
    const deadline = Date.now() + startMs;
    while (!(await this.#answers())) {
      if (Date.now() > deadline) throw new Error(`the node ${this.#repository} does not start`);
      await delay(100);
    }
  }

  /** SIGKILL, as a crash. */
  async kill(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (running?.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((resolve) => running.once('close', resolve));
    running.kill('SIGKILL');
    await ended;
  }

  /** What the node's own command line says. */
  async ipfs(...parameters: readonly string[]): Promise<string> {
    return (await command(program, parameters, { environment: this.#environment })).trim();
  }

  /** The same, asked of the running node. */
  online(...parameters: readonly string[]): Promise<string> {
    const port = new URL(this.url).port;
    const api = ['--api', `/ip4/127.0.0.1/tcp/${port}`, '--api-auth', `bearer:${this.token}`];
    return this.ipfs(...api, ...parameters);
  }

  /** Paths of the files in which blocks lie. */
  async blockFiles(): Promise<readonly string[]> {
    const folder = join(this.#repository, 'blocks');
    const files = await readdir(folder, { recursive: true });
    return files.filter((file) => file.endsWith('.data')).map((file) => join(folder, file));
  }

  get #environment(): Record<string, string> {
    return { PATH: process.env['PATH'] ?? '', IPFS_PATH: this.#repository, IPFS_TELEMETRY: 'off' };
  }

  async #answers(): Promise<boolean> {
    const headers = { authorization: `Bearer ${this.token}` };
    return fetch(`${this.url}/api/v0/id`, { method: 'POST', headers }).then(
      ({ ok }) => ok,
      () => false,
    );
  }
}
