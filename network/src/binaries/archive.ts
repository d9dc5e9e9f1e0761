/** Fabric's official release archives, accepted only with the pinned SHA-256. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { NetworkFailure, messageOf } from '../failure.ts';
import { run } from '../processes/run.ts';
import { pinnedArchives, type PinnedArchive } from './releases.ts';

const megabyte = 1024 * 1024;

/**
 * Downloads every archive of this platform and unpacks it into `folder`.
 *
 * @param archives what to get, by default the pinned releases
 * @throws NetworkFailure when one is not to be had, is cut off or has another hash; nothing of it is unpacked then
 */
export async function downloadRelease(
  folder: string,
  progress: (what: string) => void,
  archives: readonly PinnedArchive[] = pinnedArchives(process.platform, process.arch),
): Promise<void> {
  if (archives.length === 0)
    throw new NetworkFailure(`no release archive is pinned for ${process.platform}-${process.arch}`);
  for (const archive of archives) {
    const file = join(folder, 'archive.tar.gz');
    try {
      await download(archive, file, progress);
      await run('tar', ['-xzf', file, '-C', folder]);
    } finally {
      await rm(file, { force: true });
    }
  }
}

async function download(archive: PinnedArchive, file: string, progress: (what: string) => void): Promise<void> {
  const { url, sha256 } = archive;
  let response: Response;
  try {
    response = await fetch(url, { redirect: 'follow', signal: AbortSignal.timeout(15 * 60_000) });
  } catch (cause) {
    throw new NetworkFailure(`${url} does not answer`, undefined, { cause });
  }
  if (!response.ok || response.body === null) throw new NetworkFailure(`${url} answers ${response.status}`);
  let received = 0;
  const counted = async function* (source: AsyncIterable<Uint8Array>) {
    for await (const chunk of source) {
      received += chunk.length;
      progress(`${(received / megabyte).toFixed(0)} MB of the release archive`);
      yield chunk;
    }
  };
  // Open before the first byte: a stream that is broken off at once would make the file after it was removed.
  const target = await open(file, 'w');
  try {
    await pipeline(Readable.fromWeb(response.body), counted, target.createWriteStream());
  } catch (cause) {
    throw new NetworkFailure(`${url} was cut off after ${received} bytes: ${messageOf(cause)}`, undefined, { cause });
  }
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  const digest = hash.digest('hex');
  if (digest !== sha256) throw new NetworkFailure(`${url} has SHA-256 ${digest}, not the pinned ${sha256}`);
}
