/** The chaincode package: where the server is, and whose code it must run. The same input gives the same bytes. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

export interface ChaincodePackage {
  readonly label: string;
  /** As Fabric computes it: label and SHA-256 of the archive. */
  readonly packageId: string;
  readonly archive: Buffer;
}

/** Offset of the operating system in a gzip header (RFC 1952 §2.3.1), and its value for "unknown". */
const gzipOsOffset = 9;
const gzipOsUnknown = 255;

/** @returns the label that carries the sequence and the SHA-256 digest of the built chaincode */
export function packageLabel(chaincode: string, sequence: number, digest: string): string {
  return `${chaincode}_${sequence}_${digest}`;
}

/** @returns the digest in a label or package id, undefined when it carries none */
export function digestOfLabel(label: string): string | undefined {
  return /_([0-9a-f]{64})(?::|$)/.exec(label)?.[1];
}

/**
 * @param label see {@link packageLabel}
 * @param address host:port of the chaincode's server as its peer reaches it
 */
export async function chaincodePackage(label: string, address: string): Promise<ChaincodePackage> {
  const code = await archiveOf([['connection.json', JSON.stringify({ address })]]);
  const archive = await archiveOf([
    ['metadata.json', JSON.stringify({ type: 'ccaas', label })],
    ['code.tar.gz', code],
  ]);
  const hash = createHash('sha256').update(archive).digest('hex');
  return { label, packageId: `${label}:${hash}`, archive };
}

async function archiveOf(files: readonly (readonly [string, string | Buffer])[]): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of files)
    tar.entry({ name, mode: 0o644, mtime: new Date(0), uid: 0, gid: 0, uname: '', gname: '' }, content);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  const compressed = gzipSync(Buffer.concat(chunks), { level: 9 });
  compressed[gzipOsOffset] = gzipOsUnknown;
  return compressed;
}
