/**
 * A request's body put aside so that it can be read twice: sealed with a key that lives in this process's memory only, in
 * a file that has no name any more, so that neither a copy of the disk nor a crash leaves health information behind.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes, randomUUID, type DecipherGCM } from 'node:crypto';
import { mkdir, open, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';

const cipher = 'aes-256-gcm';
const nonceBytes = 12;

export class Spool {
  readonly #file: FileHandle;
  readonly #key: Buffer;
  readonly #nonce: Buffer;
  readonly #tag: Buffer;
  /** Bytes of the body. */
  readonly size: number;
  /** Of the body, 64 hex digits: it tells a repeat from another request with the same Idempotency-Key. */
  readonly sha256: string;

  private constructor(
    file: FileHandle,
    key: Buffer,
    nonce: Buffer,
    tag: Buffer,
    body: { size: number; sha256: string },
  ) {
    this.#file = file;
    this.#key = key;
    this.#nonce = nonce;
    this.#tag = tag;
    this.size = body.size;
    this.sha256 = body.sha256;
  }

  /**
   * Reads the source to its end.
   *
   * @param directory for the file; made (0700) when it is not there
   * @throws what the source throws (a body cut off or too large); nothing stays behind then
   */
  static async of(directory: string, source: AsyncIterable<Uint8Array>): Promise<Spool> {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const name = path.join(directory, `${randomUUID()}.spool`);
    const file = await open(name, 'wx+', 0o600);
    try {
      await rm(name);
      const [key, nonce] = [randomBytes(32), randomBytes(nonceBytes)];
      const sealing = createCipheriv(cipher, key, nonce);
      const digest = createHash('sha256');
      let size = 0;
      for await (const chunk of source) {
        size += chunk.length;
        digest.update(chunk);
        await file.appendFile(sealing.update(chunk));
      }
      await file.appendFile(sealing.final());
      return new Spool(file, key, nonce, sealing.getAuthTag(), { size, sha256: digest.digest('hex') });
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** The body once more, from its first byte. @throws Error after the last byte when the file was altered */
  async *read(): AsyncGenerator<Uint8Array> {
    const opening: DecipherGCM = createDecipheriv(cipher, this.#key, this.#nonce);
    opening.setAuthTag(this.#tag);
    const stream = this.#file.createReadStream({ start: 0, autoClose: false, highWaterMark: 256 * 1024 });
    for await (const chunk of stream) yield opening.update(chunk as Buffer);
    opening.final();
  }

  /** Gives back the disk and forgets the key. */
  async dispose(): Promise<void> {
    this.#key.fill(0);
    await this.#file.close();
  }
}
