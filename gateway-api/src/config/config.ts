/** The configuration of a gateway, read once at start; all mistakes are reported together. */
import { variables, type Variable } from './variables.ts';

type Variables = typeof variables;
type Parsed<Name extends keyof Variables> = ReturnType<Variables[Name]['parse']>;
type Certain<Name extends keyof Variables> = Variables[Name] extends { fallback: string } | { required: true }
  ? Parsed<Name>
  : Parsed<Name> | undefined;

/** Typed values by the names of {@link variables}. */
export type Config = { readonly [Name in keyof Variables]: Certain<Name> };

/** Everything that is wrong with the environment, one line each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`the configuration has ${problems.length} error(s):\n${problems.map((line) => `  ${line}`).join('\n')}`);
    this.problems = problems;
  }
}

/**
 * @param environment such as `process.env`; an empty value counts as absent
 * @throws ConfigError naming every variable that is missing or wrong
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [member, variable] of Object.entries<Variable<unknown>>(variables)) {
    const given = environment[variable.name];
    const value = given === undefined || given === '' ? variable.fallback : given;
    if (value === undefined) {
      if (variable.required) problems.push(`${variable.name} is not set: ${variable.describes}`);
      continue;
    }
    try {
      values[member] = variable.parse(value);
    } catch (error) {
      problems.push(`${variable.name} ${(error as Error).message}`);
    }
  }
  const config = values as unknown as Config;
  problems.push(...contradictions(config));
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

function contradictions(config: Config): string[] {
  const found: string[] = [];
  if (config.nodeEnv === 'production' && config.oidcIssuer === undefined)
    found.push('OIDC_ISSUER is needed in production: the embedded issuer is for development only');
  if ((config.tlsCertificate === undefined) !== (config.tlsKey === undefined))
    found.push('TLS_CERT and TLS_KEY go together');
  if (config.keystoreKey !== undefined && config.keystoreKeyFile !== undefined)
    found.push('KEYSTORE_KEY and KEYSTORE_KEY_FILE exclude each other');
  if (config.contentReplica !== undefined && config.contentReplicaDirectory !== undefined)
    found.push('CONTENT_REPLICA and CONTENT_REPLICA_DIR exclude each other');
  return found;
}

/** The table of variables as text (`--help`) or Markdown (documentation). */
export function describeVariables(style: 'text' | 'markdown'): string {
  const rows = Object.values<Variable<unknown>>(variables).map(({ name, describes, fallback, required }) => ({
    name,
    value: required ? 'required' : fallback === undefined ? '' : `default ${fallback}`,
    describes,
  }));
  if (style === 'markdown')
    return [
      '| variable | value | what it does |',
      '|---|---|---|',
      ...rows.map(({ name, value, describes }) => `| \`${name}\` | ${value} | ${describes} |`),
    ].join('\n');
  return rows.map(({ name, value, describes }) => `  ${name.padEnd(30)}${value.padEnd(22)}${describes}`).join('\n');
}
