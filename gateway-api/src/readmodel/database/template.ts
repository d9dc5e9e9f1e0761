/** An empty database with all its tables, made once for a user, a version of PGlite and a set of migrations. */
import { createReadStream, createWriteStream, existsSync, readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';
import { Kysely } from 'kysely';
import { migrate, migrationsDigest } from './migrate.ts';
import { PGliteDialect } from './pgliteDialect.ts';
import { PGliteSession } from './pgliteSession.ts';
import type { Database } from './schema.ts';

/** Templates of other versions are removed when nobody has used them for so long. */
const keptForMs = 7 * 24 * 60 * 60 * 1000;

/**
 * Makes the template if this user has none.
 *
 * @returns path of its archive; undefined when it could not be kept: then the database is made without
 */
export async function readyTemplate(): Promise<string | undefined> {
  const path = templatePath();
  const beside = `${path}.${process.pid}`;
  try {
    if (existsSync(path)) {
      await utimes(path, new Date(), new Date());
      return path;
    }
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(beside, await migratedDatabase(), { mode: 0o600, flush: true });
    await rename(beside, path);
    await removeOld(dirname(path));
    return path;
  } catch {
    await rm(beside, { force: true }).catch(() => undefined);
    return undefined;
  }
}

/**
 * Unpacks a template as a new database, all or nothing.
 *
 * @throws Error of the file system, or when the archive is cut short
 */
export async function unpackTemplate(template: string, directory: string): Promise<void> {
  const beside = `${directory}.new`;
  await rm(beside, { recursive: true, force: true });
  await mkdir(beside, { recursive: true, mode: 0o700 });
  const archive = extract();
  const unpacked = (async () => {
    for await (const entry of archive) {
      const path = join(beside, entry.header.name);
      if (entry.header.type === 'directory') {
        await mkdir(path, { recursive: true, mode: 0o700 });
        entry.resume();
      } else await pipeline(entry, createWriteStream(path, { mode: 0o600 }));
    }
  })();
  await Promise.all([pipeline(createReadStream(template), archive), unpacked]);
  await rename(beside, directory);
}

function templatePath(): string {
  const main = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const { version } = JSON.parse(readFileSync(join(dirname(main), '../package.json'), 'utf8')) as { version: string };
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
  const name = `pglite-${version}-${migrationsDigest().slice(0, 16)}.tar`;
  return join(process.env['CHAIN_OF_CARE_CACHE'] ?? join(cache, 'chain-of-care'), name);
}

async function migratedDatabase(): Promise<Uint8Array> {
  const session = await PGliteSession.open('memory://');
  const db = new Kysely<Database>({ dialect: new PGliteDialect(session) });
  try {
    await migrate(db);
    return await session.dump();
  } finally {
    await db.destroy();
  }
}

async function removeOld(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (!/^pglite-.*\.tar/.test(name)) continue;
    const path = join(directory, name);
    if (Date.now() - (await stat(path)).mtimeMs > keptForMs) await rm(path, { force: true });
  }
}
