/**
 * PGlite in a thread of its own, so that projecting a large block does not hold up the gateway's requests. Answers the
 * messages of {@link ./pgliteSession.ts}, one statement at a time, in order.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';

interface Request {
  readonly id: number;
  /** Absent: close. */
  readonly sql?: string;
  readonly parameters?: unknown[];
}

/** One session with small transactions: PostgreSQL's defaults would hold memory that a gateway has better use for. */
const settings = ['shared_buffers=32MB', 'wal_buffers=1MB', 'max_wal_size=128MB', 'maintenance_work_mem=16MB'];

const { directory, template } = workerData as { directory: string; template?: string };
const port = parentPort!;
const loadDataDir = await templateAt(template);
const database = await PGlite.create({
  dataDir: directory,
  startParams: [...PGlite.defaultStartParams, ...settings.flatMap((setting) => ['-c', setting])],
  ...(loadDataDir === undefined ? {} : { loadDataDir }),
});
if (template !== undefined && loadDataDir === undefined) await keepTemplate(template);

/** An empty database made earlier: reading it takes a tenth of the time that making one does. */
async function templateAt(path: string | undefined): Promise<Blob | undefined> {
  if (path === undefined || !existsSync(path)) return undefined;
  return new Blob([await readFile(path)]);
}

/** Keeps the empty database for the next one. What cannot be kept is made again. */
async function keepTemplate(path: string): Promise<void> {
  const beside = `${path}.${process.pid}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const dump = await database.dumpDataDir('none');
    await writeFile(beside, Buffer.from(await dump.arrayBuffer()), { mode: 0o600 });
    await rename(beside, path);
  } catch {
    await rm(beside, { force: true });
  }
}

async function answer(request: Request): Promise<object> {
  try {
    if (request.sql === undefined) {
      await database.close();
      return { id: request.id, rows: [] };
    }
    const result = await database.query(request.sql, request.parameters);
    return { id: request.id, rows: result.rows, affectedRows: result.affectedRows };
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    return { id: request.id, failure: { message, code: code ?? '' } };
  }
}

let last: Promise<void> = Promise.resolve();
port.on('message', (request: Request) => {
  last = last.then(async () => port.postMessage(await answer(request)));
});
port.postMessage({ id: 0, rows: [] });
