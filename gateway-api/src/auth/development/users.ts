/** Users of one gateway's development issuer, as their file has them; read again when it changes. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { addUsers, readUsers } from './usersFile.ts';

export class DevelopmentUsers {
  readonly #file: string;
  readonly #mspId: string;
  #secrets: Readonly<Record<string, string>> = {};
  #readAt: number | undefined;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(file: string, mspId: string) {
    this.#file = file;
    this.#mspId = mspId;
  }

  /** Adds users that are not there yet, each with a random secret. On disk when the promise resolves. */
  async add(...names: readonly string[]): Promise<void> {
    const adding = this.#writing.then(() => addUsers(this.#file, this.#mspId, undefined, names));
    this.#writing = adding.catch(() => undefined);
    await adding;
    this.#readAt = undefined;
  }

  async secretOf(name: string): Promise<string | undefined> {
    await this.#refresh();
    return Object.hasOwn(this.#secrets, name) ? this.#secrets[name] : undefined;
  }

  async isSecretOf(name: string, candidate: string): Promise<boolean> {
    const secret = await this.secretOf(name);
    const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
    const isEqual = timingSafeEqual(digest(secret ?? randomBytes(24).toString('hex')), digest(candidate));
    return isEqual && secret !== undefined;
  }

  async #refresh(): Promise<void> {
    const changedAt = await stat(this.#file).then(
      ({ mtimeMs }) => mtimeMs,
      () => undefined,
    );
    if (changedAt === undefined || changedAt === this.#readAt) return;
    this.#secrets = (await readUsers(this.#file)).users[this.#mspId] ?? {};
    this.#readAt = changedAt;
  }
}
