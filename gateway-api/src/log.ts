/** The log: JSON lines without bodies, tokens, ids of patients or other people, keys. */
import { pino, type Logger, type LoggerOptions } from 'pino';

export type Log = Logger;

/** Members that never reach a line, wherever an object carries them. */
const secretMembers = [
  'authorization',
  'cookie',
  'password',
  'secret',
  'token',
  'privateKey',
  'handle',
  'body',
  'patientId',
  'identifier',
  'name',
  'birthDate',
];

/** An error as the log has it: what it is and where, but not `detail`s or causes that may quote a request. */
export function loggedError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = (error as { code?: unknown }).code;
  return {
    type: error.name,
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    message: withoutIdentifiers(error.message),
    stack: error.stack?.split('\n').slice(1, 12).join('\n'),
  };
}

const identifiers =
  /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32,}|[A-Za-z0-9_-]{40,}(\.[A-Za-z0-9_-]+){0,4}/g;

/** Replaces UUIDs, handles, hashes, keys and tokens in a text by `…`. */
export function withoutIdentifiers(text: string): string {
  return text.replaceAll(identifiers, '…');
}

/**
 * @param level pino's level, or `silent`
 * @param destination where lines go; standard output by default
 */
export function createLog(level: string, destination?: { write(line: string): void }): Log {
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: secretMembers.flatMap((member) => [member, `*.${member}`, `*.*.${member}`]), censor: '…' },
    serializers: { err: loggedError, error: loggedError },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
