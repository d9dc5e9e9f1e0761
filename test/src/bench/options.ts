/** What can be asked of `npm run bench`. */
import { parseArgs } from 'node:util';

export const parts = ['ledger', 'rest', 'import', 'content', 'supply', 'care'] as const;
export type Part = (typeof parts)[number];

export interface Options {
  readonly parts: ReadonlySet<Part>;
  /** Where the figures go as JSON. */
  readonly json: string | undefined;
  /** Names of the loads to measure, as they appear while it runs; empty: all. */
  readonly loads: readonly string[];
  readonly clients: number;
  readonly seconds: number;
  readonly name: string;
  readonly basePort: number;
  /** Packs of the lots and containers of `supply`, ascending. */
  readonly packs: readonly number[];
  /** Records of the largest chart of `care`. */
  readonly records: number;
  /** Consents that a patient of `care` gives to others, at the most. */
  readonly consents: number;
  /** MiB of the file of `content`. */
  readonly mebibytes: number;
  /** Leaves the consortium running, for a look at it. */
  readonly keep: boolean;
  readonly help: boolean;
}

/** Packs of lots and containers that supply measures. */
const sizes = [10, 1_000, 100_000, 1_000_000] as const;

export const help = `npm run bench -- [startup | ledger | rest | import | content | supply | care | attacks | all]... [options]

  startup   seconds of a start, see npm run bench -- startup --json
  ledger    a plain contract beside ours: submits, evaluates, and an evaluate of ours
  rest      records, accesses, consents, supply events, content reads through REST
  import    charts of generated patients, side by side
  content   a large file up and down, and the gateway's memory meanwhile
  supply    commissioning, containers and recalls of growing size, verification; with its own baseline
  care      consents, accesses, a large chart shared, searched and verified, 500 MB; with its own baseline
  attacks   no speed: labelled attacks judged by the rules, see npm run bench -- attacks --help
  all       everything but startup and attacks (default); ratios need their baseline of the same run: ledger

  --json FILE     the figures for machines
  --load NAMES    only these, as recordAppend,access
  --clients N     callers at once, each an identity of its own (default 64)
  --largest N     packs of the largest lot and container of supply, of ${sizes.join(', ')} (default 100000)
  --mebibytes N   of the file of content (default 100; at the most 1024)
  --records N     records of the largest chart of care, the others being 100, 1000, … (default 10000)
  --consents N    consents to others beside which care opens a chart, from 10 on (default 1000)
  --seconds N     how long each load is measured (default 10)
  --name NAME, --base-port PORT   of the consortium made for this and removed afterwards (bench, 21000)
  --keep          leave the consortium running
`;

/** @throws Error for an option or part that does not exist */
export function readOptions(words: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      json: { type: 'string' },
      load: { type: 'string', multiple: true, default: [] },
      clients: { type: 'string', default: '64' },
      seconds: { type: 'string', default: '10' },
      largest: { type: 'string', default: '100000' },
      records: { type: 'string', default: '10000' },
      mebibytes: { type: 'string', default: '100' },
      consents: { type: 'string', default: '1000' },
      name: { type: 'string', default: 'bench' },
      'base-port': { type: 'string', default: '21000' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const wanted = positionals.length === 0 || positionals.includes('all') ? parts : positionals.map(partOf);
  return {
    parts: new Set(wanted),
    json: values.json,
    loads: values.load.flatMap((names) => names.split(',')),
    clients: positive('--clients', values.clients),
    seconds: positive('--seconds', values.seconds),
    packs: sizesUpTo(positive('--largest', values.largest)),
    records: positive('--records', values.records),
    mebibytes: positive('--mebibytes', values.mebibytes),
    consents: positive('--consents', values.consents),
    name: values.name,
    basePort: positive('--base-port', values['base-port']),
    keep: values.keep,
    help: values.help,
  };
}

function sizesUpTo(largest: number): readonly number[] {
  const wanted = sizes.filter((size) => size <= largest);
  if (wanted.length === 0) throw new Error(`--largest takes ${sizes[0]} or more`);
  return wanted;
}

function partOf(word: string): Part {
  const found = parts.find((part) => part === word);
  if (found === undefined) throw new Error(`there is no part "${word}": choose from startup, ${parts.join(', ')}, all`);
  return found;
}

function positive(option: string, text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new Error(`${option} takes a positive whole number`);
  return number;
}
