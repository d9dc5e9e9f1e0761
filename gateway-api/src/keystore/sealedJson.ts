import { createSecretKey, type KeyObject } from 'node:crypto';
import { openBytes, sealBytes } from './sealedFile.ts';

/** Block numbers are bigint; JSON has numbers. */
const numbersOnly = (_name: string, value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);

/** JSON at rest in a database that must not show it: AES-256-GCM, bound to the name of its row. */
export class SealedJson<Value> {
  readonly #key: KeyObject;

  /** @param key 32 bytes of this table's own */
  constructor(key: Uint8Array) {
    this.#key = createSecretKey(key);
  }

  seal(name: string, value: Value): Uint8Array {
    return sealBytes(this.#key, name, Buffer.from(JSON.stringify(value, numbersOnly)));
  }

  /** @throws SealBroken when it is not what was sealed under this name */
  open(name: string, sealed: Uint8Array): Value {
    return JSON.parse(Buffer.from(openBytes(this.#key, name, sealed)).toString('utf8')) as Value;
  }
}
