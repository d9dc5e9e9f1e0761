import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { QueueStore, SignedEvent } from '../offline/index.ts';

/** Keeps a queue of signed events in a file: written beside and renamed, so that a crash leaves the old or the new one. */
export function fileQueueStore(file: string): QueueStore {
  return {
    async load() {
      try {
        return JSON.parse(await readFile(file, 'utf8')) as readonly SignedEvent[];
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
        throw error;
      }
    },
    async save(events) {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await writeFile(`${file}.tmp`, JSON.stringify(events), { mode: 0o600, flush: true });
      await rename(`${file}.tmp`, file);
    },
  };
}
