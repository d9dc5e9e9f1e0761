/** Looks for texts in everything that a consortium leaves behind: blocks, certificates, private values, files. */
import { createReadStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { contains, type Visible } from './visibleTo.fixture.ts';

/** By the field in which it was planted. */
export type Markers = Readonly<Record<string, string>>;

/** `field in place`. */
export type Finding = string;

/** What one member sees of the channel: whole blocks, the certificates in them decoded, values and events. */
export function scanChannel({ blocks, raw }: Visible, markers: Markers): readonly Finding[] {
  const found = new Set<Finding>();
  const look = (place: string, bytes: Uint8Array): void => {
    for (const [field, marker] of Object.entries(markers))
      if (contains(bytes, marker)) found.add(`${field} in ${place}`);
  };
  for (const block of raw) look('a block', block);
  for (const { transactions } of blocks)
    for (const { creator, writes, open } of transactions) {
      // The lines of a PEM would cut a name in two.
      look('a certificate', Buffer.from(creator.certificate.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64'));
      for (const { value } of writes) if (value !== undefined) look('a value', value);
      if (open?.event !== undefined) look('an event', open.event.payload);
    }
  return [...found].sort();
}

const overlap = 256;

/** Every file below a folder, whatever is in it. */
export async function scanFiles(folder: string, markers: Markers): Promise<readonly Finding[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const found: Finding[] = [];
  for (const file of files) {
    const missing = new Map(Object.entries(markers));
    for await (const part of overlapping(file))
      for (const [field, marker] of missing)
        if (contains(part, marker)) {
          missing.delete(field);
          found.push(`${field} in ${file.slice(folder.length + 1)}`);
        }
  }
  return found.sort();
}

/** The file in parts, each beginning with the end of the one before. A file that goes away meanwhile has no parts. */
async function* overlapping(file: string): AsyncGenerator<Buffer> {
  let tail = Buffer.alloc(0);
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
      const part = Buffer.concat([tail, chunk as Buffer]);
      yield part;
      tail = part.subarray(Math.max(0, part.length - overlap));
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
