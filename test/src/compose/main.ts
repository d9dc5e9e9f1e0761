/**
 * `npm run test:compose`: the consortium in containers, for real. Brings it up as docs/docker.md says, runs the demo
 * against it, takes it down and up again, and removes everything. It is no part of `npm test`.
 */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { obtainBinaries } from '@chain-of-care/network';
import { parse } from 'yaml';
import { projectRoot, succeed } from '../system/project.ts';
import { TestNetwork } from '../system/network.ts';
import { People } from '../system/people.ts';
import type { Page } from '../system/rest.ts';
import { command } from './command.ts';
import { awaitSettled, complaint, containers } from './containers.ts';
import { startEngine, type Engine } from './engine.ts';
import { buildLocalImages } from './localImages.ts';

const help = `npm run test:compose -- [--keep] [--name NAME] [--base-port PORT]

  --keep       leave the containers and their data
  --name       of the consortium and the compose project (compose-test)
  --base-port  of its gateways and, while it is prepared, of its certificate authorities (48000)
`;

const settleSeconds = 300;

class ComposeTest {
  readonly #name: string;
  readonly #basePort: number;
  readonly #network: TestNetwork;
  passed = 0;
  #imagesMade: readonly string[] = [];

  constructor(name: string, basePort: number) {
    this.#name = name;
    this.#basePort = basePort;
    this.#network = new TestNetwork({ name, basePort });
  }

  async run(keep: boolean): Promise<void> {
    const folder = join(projectRoot, 'test/reports');
    await mkdir(folder, { recursive: true });
    const engine = await this.#step('Docker engine', () => startEngine(folder));
    try {
      await this.#bringUp(engine);
      await this.#use(engine);
    } catch (error) {
      process.stdout.write(`${await complaint(await containers(this.#name))}\n`);
      throw error;
    } finally {
      if (!keep) await this.#takeDown(engine);
    }
  }

  async #bringUp(engine: Engine): Promise<void> {
    const { folder } = await this.#step('Fabric binaries', () => obtainBinaries(() => undefined));
    this.#imagesMade = await this.#step('images under the official names', () => buildLocalImages(folder));
    await this.#step('compose:prepare', () =>
      succeed('network/dist/compose/main.js', ['prepare', '--name', this.#name, '--base-port', String(this.#basePort)]),
    );
    await this.#step('docker compose up --build', () => this.#up(engine, ['--build']));
  }

  async #use(engine: Engine): Promise<void> {
    await this.#step('demo', () => succeed('test/dist/demo/main.js', ['--name', this.#name]));
    const before = await this.#premises();
    await this.#step('docker compose down', () => this.#compose(engine, ['down']));
    await this.#step('docker compose up, state kept', async () => {
      await this.#up(engine, []);
      const after = await this.#premises();
      if (before === '[]' || after !== before) throw new Error(`premises were ${before}, are ${after}`);
    });
  }

  /** Every container is healthy, or has done what it was for. */
  async #up(engine: Engine, parameters: readonly string[]): Promise<void> {
    await this.#compose(engine, ['up', '--detach', ...parameters]);
    const file = parse(await readFile(this.#file, 'utf8')) as { readonly services: Readonly<Record<string, unknown>> };
    await awaitSettled(this.#name, Object.keys(file.services).length, settleSeconds);
  }

  /** What the regulator's read model knows of premises, which the seed has registered. */
  async #premises(): Promise<string> {
    const session = await new People(this.#network).as('RegulatorMSP', 'inspector');
    const { items } = await session.read<Page>('/v1/premises');
    return JSON.stringify(items);
  }

  async #takeDown(engine: Engine): Promise<void> {
    await this.#step('everything removed', async () => {
      await this.#compose(engine, ['down', '--volumes', '--remove-orphans', '--timeout', '20']);
      await this.#removeImages();
      await rm(this.#network.data, { recursive: true, force: true });
      await engine.stop();
    });
  }

  /** Images of this test's own tag, and those under official names, which must not pass for the published ones. */
  async #removeImages(): Promise<void> {
    const own = await command('docker', ['images', '--quiet', `chain-of-care/*:${this.#name}`]);
    const images = [...own.split('\n').filter(Boolean), ...this.#imagesMade];
    if (images.length > 0) await command('docker', ['image', 'rm', '--force', ...images]);
  }

  get #file(): string {
    return join(this.#network.data, 'docker-compose.yaml');
  }

  #compose(engine: Engine, parameters: readonly string[]): Promise<string> {
    return engine.compose(
      ['--project-name', this.#name, '--project-directory', projectRoot, '--file', this.#file, ...parameters],
      { environment: { DOCKER_BUILDKIT: '0', COMPOSE_HTTP_TIMEOUT: String(settleSeconds) } },
    );
  }

  async #step<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const begun = performance.now();
    const told = (mark: string): void => {
      const seconds = ((performance.now() - begun) / 1000).toFixed(1);
      process.stdout.write(`${mark} ${name.padEnd(44)} ${seconds.padStart(6)} s\n`);
    };
    try {
      const result = await work();
      this.passed += 1;
      told('✓');
      return result;
    } catch (error) {
      told('✗');
      throw error;
    }
  }
}

const { values } = parseArgs({
  options: {
    keep: { type: 'boolean', default: false },
    name: { type: 'string', default: 'compose-test' },
    'base-port': { type: 'string', default: '48000' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) process.stdout.write(help);
else {
  const test = new ComposeTest(values.name, Number(values['base-port']));
  try {
    await test.run(values.keep);
    process.stdout.write(`${test.passed} passed, 0 failed\n`);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    process.stdout.write(`${said}\n${test.passed} passed, 1 failed\n`);
    process.exitCode = 1;
  }
}
