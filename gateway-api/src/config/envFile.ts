/** Reads a `.env` file where there is one. What the environment already says wins. */
import { existsSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';

/** @returns the environment completed by the file's lines */
export function withEnvFile(
  environment: Readonly<Record<string, string | undefined>>,
  file: string,
): Readonly<Record<string, string | undefined>> {
  if (!existsSync(file)) return environment;
  return { ...parseEnv(readFileSync(file, 'utf8')), ...environment };
}
