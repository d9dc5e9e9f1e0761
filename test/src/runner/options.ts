/** What can be asked of `npm test`. */
import { parseArgs } from 'node:util';

export interface RunOptions {
  /** Names of the parts to run; empty: all. */
  readonly only: readonly string[];
  /** Whether faults last as long as they are specified, minutes instead of seconds. */
  readonly long: boolean;
  /** Whether the networks of the run are left running, for another run or a look. */
  readonly keep: boolean;
  readonly help: boolean;
}

/**
 * @param words of the command line, as in `--only unit,e2e --long`
 * @param known names of the parts
 * @throws Error when an option or a part does not exist
 */
export function readOptions(words: readonly string[], known: readonly string[]): RunOptions {
  const { values } = parseArgs({
    args: [...words],
    options: {
      only: { type: 'string', multiple: true, default: [] },
      long: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const only = values.only.flatMap((list) => list.split(',')).filter((name) => name !== '');
  const unknown = only.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`there is no part "${unknown}": choose from ${known.join(', ')}`);
  return { ...values, only };
}
