/**
 * A sharing token's secret and what follows from it: `redeem` is shown to the gateway and proves possession, `wrap` stays
 * with the holder and opens the data keys. Neither tells the other.
 */
import { fromBase64Url, toBase64Url, toHex, type Bytes } from '../encoding/index.ts';
import { hkdfSha256, openAesGcm, sealAesGcm, sha256 } from '../primitives/index.ts';
import { tokenAad, type RecordReference } from './aad.ts';
import { KeyError } from './errors.ts';
import { sealedBytes } from './sealedText.ts';

const secretLength = 32;
const noSalt = new Uint8Array(0);

export class SharingSecret {
  readonly #secret: Uint8Array;

  /**
   * @param secret 32 random bytes, or their base64url
   * @throws KeyError key_malformed
   */
  constructor(secret: Uint8Array | string) {
    this.#secret = typeof secret === 'string' ? bytesOf(secret) : Uint8Array.from(secret);
    if (this.#secret.length !== secretLength) throw new KeyError('key_malformed');
  }

  /** What is handed over, base64url: whoever has it can open what it shares. */
  get text(): string {
    return toBase64Url(this.#secret);
  }

  /** Proves possession to a gateway, base64url. */
  get redeem(): string {
    return toBase64Url(hkdfSha256(this.#secret, noSalt, 'redeem'));
  }

  /**
   * @param dataKey of the record version, 32 bytes
   * @returns base64url
   * @throws KeyError key_malformed, binding_malformed
   */
  async wrap(dataKey: Uint8Array, tokenId: string, record: RecordReference): Promise<string> {
    if (dataKey.length !== 32) throw new KeyError('key_malformed');
    return toBase64Url(await sealAesGcm(this.#wrapKey(), dataKey, tokenAad(tokenId, record)));
  }

  /** @throws KeyError wrap_refused: also when it was wrapped for another token, record or version */
  async unwrap(wrapped: string, tokenId: string, record: RecordReference): Promise<Bytes> {
    try {
      return await openAesGcm(this.#wrapKey(), sealedBytes(wrapped, 'wrap_refused'), tokenAad(tokenId, record));
    } catch (cause) {
      throw new KeyError('wrap_refused', { cause });
    }
  }

  #wrapKey(): Bytes {
    return hkdfSha256(this.#secret, noSalt, 'wrap');
  }
}

/** What the ledger keeps of a token's `redeem`: its SHA-256, hex. */
export async function redeemHashOf(redeem: string): Promise<string> {
  return toHex(await sha256(fromBase64Url(redeem)));
}

function bytesOf(text: string): Bytes {
  try {
    return fromBase64Url(text);
  } catch (cause) {
    throw new KeyError('key_malformed', { cause });
  }
}
