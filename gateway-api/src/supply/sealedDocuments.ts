/**
 * Evidence, notes and answers: documents sealed to the organisations that may read them, stored under the hash of their
 * bytes. Layout: magic, length of the manifest (4 bytes), manifest (JSON), envelope. The manifest says to whom the data
 * key is sealed, and is under the hash too.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { openContent, openSeal, sealContent, sealTo, toBase64Url, fromBase64Url, utf8 } from '@chain-of-care/client';
import { groupSeed } from '../custody/groupKeys.ts';
import { groupPublicKey, wholeOrganization } from '../custody/publicKeys.ts';
import { Problem } from '../http/problem.ts';
import type { Services } from '../services.ts';
import { CiphertextStoreError, type CiphertextSource, type StoredCiphertext } from '../vault/store/index.ts';

const magic = Buffer.from('CoCD1');
const maxManifestBytes = 64 * 1024;
/** Of a document with everything around it. */
export const maxDocumentBytes = 32 * 1024 * 1024;

interface SealedKey {
  readonly mspId: string;
  readonly group: string;
  readonly epoch: number;
  readonly sealed: string;
}

interface Manifest {
  readonly v: 1;
  readonly documentId: string;
  readonly mediaType: string;
  readonly keys: readonly SealedKey[];
}

export interface SealedDocument extends StoredCiphertext {
  /** Organisations that can open it; one without a published key is not among them. */
  readonly sealedTo: readonly string[];
}

export interface OpenedDocument {
  readonly mediaType: string;
  readonly content: Readable;
}

type Needed = Pick<Services, 'store' | 'facts' | 'readModel' | 'keystore' | 'profile' | 'internalClient'>;

/**
 * Seals a document to organisations and stores it. The own one is always among them.
 *
 * @throws Problem payload_too_large
 */
export async function sealDocument(
  services: Needed,
  source: Uint8Array | AsyncIterable<Uint8Array>,
  mediaType: string,
  readers: readonly string[],
): Promise<SealedDocument> {
  const documentId = randomUUID();
  const dataKey = randomBytes(32);
  const wanted = [...new Set([services.profile.mspId, ...readers])];
  const keys = (await Promise.all(wanted.map((mspId) => keyFor(services, documentId, dataKey, mspId)))).flat();
  const manifest = Buffer.from(JSON.stringify({ v: 1, documentId, mediaType, keys } satisfies Manifest));
  try {
    const stored = await services.store.put(pieces(manifest, source, dataKey, documentId), maxDocumentBytes);
    return { ...stored, sealedTo: keys.map(({ mspId }) => mspId) };
  } catch (error) {
    if (error instanceof CiphertextStoreError && error.code === 'size') throw new Problem('payload_too_large');
    throw error;
  }
}

async function* pieces(
  manifest: Buffer,
  source: Uint8Array | AsyncIterable<Uint8Array>,
  dataKey: Uint8Array,
  documentId: string,
): AsyncGenerator<Uint8Array> {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(manifest.length);
  yield Buffer.concat([magic, length, manifest]);
  yield* sealContent(source instanceof Uint8Array ? [source] : source, dataKey, subjectOf(documentId));
}

async function keyFor(
  services: Needed,
  documentId: string,
  dataKey: Uint8Array,
  mspId: string,
): Promise<readonly SealedKey[]> {
  try {
    const { group, epoch, publicKey } = await groupPublicKey(services, mspId, wholeOrganization);
    const sealed = await sealTo(publicKey, dataKey, aad(documentId, mspId, group, epoch));
    return [{ mspId, group, epoch, sealed: toBase64Url(sealed) }];
  } catch (error) {
    if (error instanceof Problem && error.code === 'organization_not_found') return [];
    throw error;
  }
}

/**
 * Opens a document, from the own store or from the gateway of a member that has it.
 *
 * @param holders members that may have it, besides the own organisation
 * @throws Problem content_not_found, organization_not_allowed (not sealed to this organisation), integrity_violation
 */
export async function openDocument(services: Needed, cid: string, holders: readonly string[]): Promise<OpenedDocument> {
  await fetchOnce(services, cid, holders);
  const reader = new PrefixReader(await services.store.get(cid));
  const manifest = await reader.manifest();
  const { mspId } = services.profile;
  const key = manifest.keys.find((each) => each.mspId === mspId);
  const seed = key === undefined ? undefined : await groupSeed(services.keystore, key.group, key.epoch);
  if (key === undefined || seed === undefined)
    throw new Problem('organization_not_allowed', { detail: 'the document is not sealed to this organisation' });
  const { documentId, mediaType } = manifest;
  const dataKey = await openSeal(seed, fromBase64Url(key.sealed), aad(documentId, mspId, key.group, key.epoch));
  return { mediaType, content: Readable.from(openContent(reader.rest(), dataKey, subjectOf(documentId))) };
}

/** Brings a document into the own store; what does not have the hash is not kept. */
async function fetchOnce(services: Needed, cid: string, holders: readonly string[]): Promise<void> {
  if ((await services.store.stat(cid)) !== undefined) return;
  for (const mspId of holders) {
    if (mspId === services.profile.mspId) continue;
    const reply = await services.internalClient.get(mspId, `/v1/documents/${cid}`).catch(() => undefined);
    if (reply?.status !== 200) {
      reply?.stream.resume();
      continue;
    }
    const stored = await services.store.put(reply.stream as CiphertextSource, maxDocumentBytes);
    if (stored.cid === cid) return;
    await services.store.delete(stored.cid);
    throw new Problem('integrity_violation', { detail: `${mspId} served other bytes` });
  }
  throw new Problem('content_not_found');
}

/** Ciphertext of documents, for gateways of members; of nothing else in the store. */
export function serveDocuments({ internalRoutes, store }: Services): void {
  internalRoutes.add('get', '/v1/documents/:cid', async ({ params: { cid = '' } }) => {
    const stored = await store.stat(cid).catch(() => undefined);
    if (stored === undefined || stored.size < magic.length) throw new Problem('content_not_found');
    const [head] = await collected(await store.get(cid, { start: 0, end: magic.length - 1 }));
    if (head?.equals(magic) !== true) throw new Problem('content_not_found');
    return {
      status: 200,
      headers: { 'content-type': 'application/octet-stream', 'content-length': String(stored.size) },
      stream: Readable.from(await store.get(cid)),
    };
  });
}

async function collected(source: AsyncIterable<Uint8Array>): Promise<Buffer[]> {
  const parts: Uint8Array[] = [];
  for await (const part of source) parts.push(part);
  return [Buffer.concat(parts)];
}

const subjectOf = (documentId: string) => ({ recordId: documentId, version: 1, type: 'document' });

const aad = (documentId: string, mspId: string, group: string, epoch: number): Uint8Array =>
  utf8(['document', documentId, mspId, group, String(epoch)].join('|'));

/** Reads the manifest off a stream and hands on what follows. */
class PrefixReader {
  readonly #source: AsyncIterator<Uint8Array>;
  #buffer: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** @throws Problem content_not_found when the object is no document */
  async manifest(): Promise<Manifest> {
    const head = await this.#take(magic.length + 4);
    const length = head?.readUInt32BE(magic.length) ?? 0;
    if (head?.subarray(0, magic.length).equals(magic) !== true || length > maxManifestBytes)
      throw new Problem('content_not_found');
    const text = await this.#take(length);
    return JSON.parse(text?.toString('utf8') ?? 'null') as Manifest;
  }

  async *rest(): AsyncGenerator<Uint8Array> {
    if (this.#buffer.length > 0) yield this.#buffer;
    for (let next = await this.#source.next(); next.done !== true; next = await this.#source.next()) yield next.value;
  }

  async #take(length: number): Promise<Buffer | undefined> {
    while (this.#buffer.length < length) {
      const next = await this.#source.next();
      if (next.done === true) return undefined;
      this.#buffer = Buffer.concat([this.#buffer, next.value]);
    }
    const taken = this.#buffer.subarray(0, length);
    this.#buffer = this.#buffer.subarray(length);
    return taken;
  }
}
