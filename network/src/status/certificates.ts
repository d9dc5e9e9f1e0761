/** When the network's certificates end. */
import { X509Certificate } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { DataFolder } from '../config/paths.ts';

export interface CertificateExpiry {
  /** Path under the organisations' folder. */
  readonly file: string;
  readonly notAfter: Date;
}

/** @returns nodes' and administrators' certificates, the first to expire first */
export async function certificateExpiries(data: DataFolder): Promise<readonly CertificateExpiry[]> {
  const root = data.at('organisations');
  let files: readonly string[];
  try {
    files = await readdir(root, { recursive: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  const certificates = files.filter((file) => /(signcerts|tls)\/cert\.pem$/.test(file));
  const read = certificates.map(async (file) => ({
    file: relative('.', file),
    notAfter: new Date(new X509Certificate(await readFile(join(root, file))).validTo),
  }));
  return (await Promise.all(read)).sort((a, b) => a.notAfter.getTime() - b.notAfter.getTime());
}
