/** The command line of every network command. */
import { parseArgs } from 'node:util';
import { NetworkFailure, messageOf } from '../failure.ts';

export interface Options {
  readonly command: string;
  readonly names: readonly string[];
  readonly name?: string | undefined;
  readonly profile?: string | undefined;
  readonly basePort?: number | undefined;
  readonly foreground: boolean;
  readonly gateways: boolean;
  readonly json: boolean;
  readonly yes: boolean;
  readonly cold: boolean;
  readonly user?: string | undefined;
  readonly org?: string | undefined;
  readonly secret: boolean;
  readonly help: boolean;
}

/** @throws NetworkFailure for an unknown option or a base port that is no number */
export function readOptions(parameters: readonly string[]): Options {
  try {
    const { values, positionals } = parseArgs({
      args: [...parameters],
      allowPositionals: true,
      options: {
        name: { type: 'string' },
        profile: { type: 'string' },
        'base-port': { type: 'string' },
        foreground: { type: 'boolean', default: false },
        'no-gateways': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        yes: { type: 'boolean', default: false },
        cold: { type: 'boolean', default: false },
        user: { type: 'string' },
        org: { type: 'string' },
        secret: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const basePort = values['base-port'] === undefined ? undefined : Number(values['base-port']);
    if (basePort !== undefined && !Number.isInteger(basePort))
      throw new Error(`--base-port takes a whole number, not "${values['base-port']}"`);
    const [command = 'start', ...names] = positionals;
    return {
      command,
      names,
      name: values.name,
      profile: values.profile,
      basePort,
      foreground: values.foreground,
      gateways: !values['no-gateways'],
      json: values.json,
      yes: values.yes,
      cold: values.cold,
      user: values.user,
      org: values.org,
      secret: values.secret,
      help: values.help,
    };
  } catch (error) {
    // Of an unknown option Node explains at length how it could have been meant as something else.
    throw new NetworkFailure(messageOf(error).replace(/\. To specify .*$/s, ''), '--help says what there is');
  }
}
