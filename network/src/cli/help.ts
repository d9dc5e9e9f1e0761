/** What `--help` says of each network command. */

interface CommandHelp {
  /** After `npm …`, as it is typed. */
  readonly usage: string;
  readonly about: string;
  readonly options: readonly (readonly [string, string])[];
  /** Whether it takes words besides options. */
  readonly words?: true;
}

const json = ['--json', 'as JSON'] as const;

const commands: Readonly<Record<string, CommandHelp>> = {
  start: {
    usage: 'npm start -- [options]',
    about: 'brings a consortium up, or what of it does not run',
    options: [
      ['--base-port PORT', 'at the first start: the first of its ports (8080)'],
      ['--profile NAME', 'at the first start: which members, such as two-hospitals (default)'],
      ['--foreground', 'stay, follow the logs, stop with Ctrl-C'],
      ['--no-gateways', 'the ledger only'],
    ],
  },
  stop: { usage: 'npm stop -- [options]', about: 'ends a consortium; its state stays', options: [] },
  status: { usage: 'npm run status -- [options]', about: 'what runs where', options: [json] },
  logs: {
    usage: 'npm run logs -- PROCESS… [options]',
    about: 'the end of the logs of processes, such as hospital-gateway',
    options: [['--foreground', 'follow them']],
    words: true,
  },
  reset: {
    usage: 'npm run reset -- [options]',
    about: 'removes a consortium with its ledgers, keys and users',
    options: [['--yes', 'do not ask']],
  },
  token: {
    usage: 'npm run -s token -- --user USER [options]',
    about: 'prints an access token of a seeded user',
    options: [
      ['--user USER', 'such as dr-ada, or HospitalMSP/admin where several members have the name'],
      ['--org MSPID', 'the member, instead of MSPID/'],
      ['--secret', 'the secret for the login page instead of a token'],
    ],
    words: true,
  },
  rebuild: {
    usage: 'npm run rebuild -- MEMBER [options]',
    about: "makes the read model of a member's gateway, such as hospital, anew from block 0",
    options: [],
    words: true,
  },
};

/** @returns the text for a command that has one */
export function helpOf(command: string): string | undefined {
  const help = commands[command];
  if (help === undefined) return undefined;
  const options = [...help.options, ['--name NAME', 'the consortium (development)'] as const];
  const lines = options.map(([option, about]) => `  ${option.padEnd(17)} ${about}`);
  return [help.usage, `  ${help.about}`, '', ...lines].join('\n');
}

/** @returns whether a command takes words besides its options */
export const takesWords = (command: string): boolean => commands[command]?.words ?? commands[command] === undefined;
