/** What every part of the benchmark works on: the consortium, its people, the watch over its processes. */
import type { Network } from '@chain-of-care/network';
import type { People } from '../system/people.ts';
import { measured, type Figures, type LoadPlan, type LoadTimes } from './measure/load.ts';
import { ProcessWatch } from './measure/processes.ts';
import { populate, type Population } from './population.ts';

export interface BenchOptions extends LoadTimes {
  /** Names of the loads to measure; absent: all. */
  readonly only?: ReadonlySet<string>;
  /** Clients at once, and identities of each kind. */
  readonly clients: number;
}

export class Stage {
  readonly network: Network;
  readonly people: People;
  readonly options: BenchOptions;
  readonly figures: Figures[] = [];
  readonly say: (line: string) => void;
  #population: Promise<Population> | undefined;

  constructor(network: Network, people: People, options: BenchOptions, say: (line: string) => void) {
    this.network = network;
    this.people = people;
    this.options = options;
    this.say = say;
  }

  /** Made when first asked for. */
  population(): Promise<Population> {
    this.#population ??= this.#populate();
    return this.#population;
  }

  async #populate(): Promise<Population> {
    const begun = performance.now();
    const { clients } = this.options;
    const population = await populate(this.people, clients);
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    this.say(`  ${clients} clinicians and ${clients} patients registered in ${seconds} s`);
    return population;
  }

  async load(plan: LoadPlan): Promise<void> {
    if (this.options.only?.has(plan.name) === false) return;
    this.add(await measured(plan, this.options, await this.watch()));
  }

  watch(): Promise<ProcessWatch> {
    return ProcessWatch.of(this.network);
  }

  add(figures: Figures): void {
    this.figures.push(figures);
    const { name, perSecond, p50, p99, errors } = figures;
    this.say(
      `  ${name.padEnd(62)} ${perSecond.toFixed(0).padStart(6)}/s  p50 ${p50.toFixed(0)} p99 ${p99.toFixed(0)} ms`,
    );
    for (const [error, times] of Object.entries(errors)) this.say(`    ${times} × ${error}`);
  }
}
