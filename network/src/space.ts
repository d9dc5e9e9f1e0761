/** Room on the disk, asked for before anything is written. */
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { NetworkFailure } from './failure.ts';

const megabyte = 1024 * 1024;

/**
 * @param folder that is going to be written to; it need not exist yet
 * @param megabytes that are going to be needed
 * @param remedy what the reader can do
 * @throws NetworkFailure when its disk has less
 */
export async function demandSpace(folder: string, megabytes: number, remedy: string): Promise<void> {
  const free = await freeMegabytes(folder);
  if (free < megabytes)
    throw new NetworkFailure(`the disk of ${folder} has ${free} MB left, ${megabytes} MB are needed`, remedy);
}

async function freeMegabytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return Math.floor((bavail * bsize) / megabyte);
  } catch (error) {
    const parent = dirname(folder);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === folder) throw error;
    return freeMegabytes(parent);
  }
}
