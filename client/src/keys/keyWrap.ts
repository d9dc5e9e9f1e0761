/** Keys under a key: AES-256 key wrap (RFC 3394). Deterministic, 8 bytes longer, refuses what was altered. */
import { asBytes, type Bytes } from '../encoding/index.ts';
import type { CryptoKey } from '../webCrypto.ts';
import { KeyError } from './errors.ts';

const keyLength = 32;
/** What the wrapped bytes are called while WebCrypto holds them; it wraps key objects only. */
const wrappedAs = { name: 'HMAC', hash: 'SHA-256' } as const;

/** A batch key, ready to wrap and unwrap the data keys of many records. */
export class KeyWrapper {
  readonly #key: CryptoKey;

  private constructor(key: CryptoKey) {
    this.#key = key;
  }

  /**
   * @param wrappingKey 32 bytes
   * @throws KeyError key_malformed
   */
  static async with(wrappingKey: Uint8Array): Promise<KeyWrapper> {
    if (wrappingKey.length !== keyLength) throw new KeyError('key_malformed');
    const key = await crypto.subtle.importKey('raw', asBytes(wrappingKey), 'AES-KW', false, ['wrapKey', 'unwrapKey']);
    return new KeyWrapper(key);
  }

  /**
   * @param key 32 bytes
   * @returns 40 bytes
   * @throws KeyError key_malformed
   */
  async wrap(key: Uint8Array): Promise<Bytes> {
    if (key.length !== keyLength) throw new KeyError('key_malformed');
    const held = await crypto.subtle.importKey('raw', asBytes(key), wrappedAs, true, ['sign']);
    return new Uint8Array(await crypto.subtle.wrapKey('raw', held, this.#key, 'AES-KW'));
  }

  /**
   * @param wrapped 40 bytes
   * @returns 32 bytes
   * @throws KeyError wrap_refused
   */
  async unwrap(wrapped: Uint8Array): Promise<Bytes> {
    if (wrapped.length !== keyLength + 8) throw new KeyError('wrap_refused');
    try {
      const held = await crypto.subtle.unwrapKey('raw', asBytes(wrapped), this.#key, 'AES-KW', wrappedAs, true, [
        'sign',
      ]);
      return new Uint8Array(await crypto.subtle.exportKey('raw', held));
    } catch (cause) {
      throw new KeyError('wrap_refused', { cause });
    }
  }
}
