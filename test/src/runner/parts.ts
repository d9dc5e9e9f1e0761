/** The parts of `npm test`, in the order in which they run: what is quick and broad comes first. */
import { check, jest, jestTwice, type Environment } from './run.ts';
import type { Tally } from './tally.ts';

export interface Part {
  readonly name: string;
  readonly about: string;
  run(environment: Environment): Promise<Tally>;
}

/** What a failed hook has left open must not hold up the rest: the run ends when its tests have. */
const onRealNetwork = ['--runInBand', '--forceExit'];

export const parts: readonly Part[] = [
  {
    name: 'format',
    about: 'Prettier',
    run: () => check('node_modules/prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.']),
  },
  {
    name: 'lint',
    about: 'oxlint with type-aware rules',
    run: () =>
      check('node_modules/oxlint/bin/oxlint', ['--type-aware', '--tsconfig', 'tsconfig.check.json', '--quiet']),
  },
  { name: 'types', about: 'tsc', run: () => check('node_modules/typescript/bin/tsc', ['-p', 'tsconfig.check.json']) },
  { name: 'unit', about: 'rules and parts, in memory', run: (environment) => jestTwice('unit', [], environment) },
  {
    name: 'boundaries',
    about: 'direction of imports, purity of rules',
    run: (environment) => jest('boundaries', [], environment),
  },
  {
    name: 'conformance',
    about: 'public vectors',
    run: (environment) => jest('conformance', [], environment),
  },
  {
    name: 'attacks',
    about: 'labelled attacks among honest trade, judged by the real rules in memory',
    run: (environment) => jest('attacks', [], environment),
  },
  {
    name: 'e2e',
    about: 'the whole on the real network',
    run: (environment) => jestTwice('e2e', onRealNetwork, environment),
  },
  {
    name: 'faults',
    about: 'processes killed under load, fuzz',
    run: (environment) => jestTwice('faults', onRealNetwork, environment),
  },
];
