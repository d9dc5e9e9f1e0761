import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Kysely, PostgresDialect, type Dialect } from 'kysely';
import type { CustomTypesConfig } from 'pg';
import { lockDirectory, type DirectoryLock } from './directoryLock.ts';
import { migrate } from './migrate.ts';
import { PGliteDialect } from './pgliteDialect.ts';
import { PGliteSession } from './pgliteSession.ts';
import type { Database } from './schema.ts';
import { readyTemplate, unpackTemplate } from './template.ts';

/** Longest wait for a connection to PostgreSQL, a free one of the pool included. */
const connectMs = 5_000;

/** One of both: a PostgreSQL server, or a directory for PGlite (absent: in memory). */
export interface DatabaseLocation {
  readonly databaseUrl?: string;
  readonly directory?: string;
}

export interface OpenDatabase {
  readonly db: Kysely<Database>;
  close(): Promise<void>;
}

/**
 * Opens the gateway's database and brings its tables up to date.
 *
 * @throws DirectoryInUse when another process has the PGlite directory
 * @throws Error when the server cannot be reached or a migration fails
 */
export async function openDatabase(location: DatabaseLocation): Promise<OpenDatabase> {
  const { databaseUrl, directory } = location;
  const lock = databaseUrl === undefined && directory !== undefined ? await lockOf(directory) : undefined;
  try {
    const db = new Kysely<Database>({
      dialect:
        databaseUrl === undefined ? new PGliteDialect(await openPGlite(directory)) : await postgresDialect(databaseUrl),
    });
    await migrate(db);
    return {
      db,
      close: async () => {
        await db.destroy();
        lock?.release();
      },
    };
  } catch (error) {
    lock?.release();
    throw error;
  }
}

/** @param directory absent: in memory */
async function openPGlite(directory: string | undefined): Promise<PGliteSession> {
  if (directory !== undefined && existsSync(join(directory, 'PG_VERSION'))) return PGliteSession.open(directory);
  const template = await readyTemplate();
  if (template === undefined) return PGliteSession.open(directory ?? 'memory://');
  try {
    return await openFromTemplate(template, directory);
  } catch {
    // Whatever is wrong with what is only a shortcut: the next gateway makes it anew, this one does without.
    await rm(template, { force: true });
    return PGliteSession.open(directory ?? 'memory://');
  }
}

async function openFromTemplate(template: string, directory: string | undefined): Promise<PGliteSession> {
  if (directory === undefined) return PGliteSession.open('memory://', template);
  await unpackTemplate(template, directory);
  try {
    return await PGliteSession.open(directory);
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

function lockOf(directory: string): Promise<DirectoryLock> {
  return lockDirectory(join(directory, '..', 'readmodel.lock'));
}

/** The driver is loaded only where it is used. */
async function postgresDialect(connectionString: string): Promise<Dialect> {
  const { default: pg } = await import('pg');
  type TypeId = Parameters<typeof pg.types.getTypeParser>[0];
  /** As PGlite does: block numbers and sizes as numbers (they stay far below 2^53). */
  const getTypeParser = ((oid: TypeId, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8
      ? Number
      : pg.types.getTypeParser(oid, format)) as CustomTypesConfig['getTypeParser'];
  const pool = new pg.Pool({ connectionString, max: 8, connectionTimeoutMillis: connectMs, types: { getTypeParser } });
  // A server that goes away ends connections on which nobody waits, too: the next query says so, and makes a new one.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return new PostgresDialect({ pool });
}
