/**
 * PGlite in a thread of its own, so that projecting a large block does not hold up the gateway's requests. Answers the
 * messages of {@link ./pgliteSession.ts}, one statement at a time, in order.
 */
import { readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';

interface Request {
  readonly id: number;
  readonly order: Statement | 'dump' | 'close';
}

interface Statement {
  readonly sql: string;
  readonly parameters: unknown[];
}

/**
 * One session with small transactions: PostgreSQL's defaults would hold memory that a gateway has better use for. Statistics
 * are of fewer rows, as requests wait meanwhile.
 */
const settings = [
  'shared_buffers=32MB',
  'wal_buffers=1MB',
  'max_wal_size=128MB',
  'maintenance_work_mem=16MB',
  'default_statistics_target=30',
];

const { directory, template } = workerData as { directory: string; template?: string };
const port = parentPort!;
const database = await PGlite.create({
  dataDir: directory,
  startParams: [...PGlite.defaultStartParams, ...settings.flatMap((setting) => ['-c', setting])],
  ...(template === undefined ? {} : { loadDataDir: new Blob([await readFile(template)]) }),
});

async function carryOut(order: Request['order']): Promise<object> {
  if (order === 'close') {
    await database.close();
    return { rows: [] };
  }
  if (order === 'dump') {
    const dump = await database.dumpDataDir('none');
    return { rows: [new Uint8Array(await dump.arrayBuffer())] };
  }
  const { rows, affectedRows } = await database.query(order.sql, order.parameters);
  return { rows, affectedRows };
}

async function answer({ id, order }: Request): Promise<object> {
  try {
    return { id, ...(await carryOut(order)) };
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    return { id, failure: { message, code: code ?? '' } };
  }
}

let last: Promise<void> = Promise.resolve();
port.on('message', (request: Request) => {
  last = last.then(async () => port.postMessage(await answer(request)));
});
port.postMessage({ id: 0, rows: [] });
