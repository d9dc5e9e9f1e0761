import { createCipheriv, createDecipheriv } from 'node:crypto';
import {
  AeadId,
  Aes128Gcm,
  Aes256Gcm,
  DhkemP256HkdfSha256,
  DhkemX25519HkdfSha256,
  KemId,
  type AeadEncryptionContext,
  type AeadInterface,
  type KemInterface,
} from '@hpke/core';
import { sealingSuite } from '@chain-of-care/client';

/** A row of the CFRG's HPKE test vectors; byte strings are hex. */
export interface HpkeVector {
  readonly mode: number;
  readonly kem_id: number;
  readonly kdf_id: number;
  readonly aead_id: number;
  readonly info: string;
  readonly ikmE: string;
  readonly ikmR: string;
  readonly skRm: string;
  readonly pkRm: string;
  readonly enc: string;
  readonly shared_secret: string;
  readonly encryptions: readonly { readonly aad: string; readonly ct: string; readonly pt: string }[];
  readonly exports: readonly {
    readonly exporter_context: string;
    readonly L: number;
    readonly exported_value: string;
  }[];
}

export const kems: Readonly<Record<number, () => KemInterface>> = {
  [KemId.DhkemX25519HkdfSha256]: () => new DhkemX25519HkdfSha256(),
  [KemId.DhkemP256HkdfSha256]: () => new DhkemP256HkdfSha256(),
  [KemId.XWing]: () => sealingSuite().kem,
};

/** ChaCha20-Poly1305 by OpenSSL: the vectors use it, our own suite does not. */
class ChaCha20Poly1305 implements AeadInterface {
  readonly id = AeadId.Chacha20Poly1305;
  readonly keySize = 32;
  readonly nonceSize = 12;
  readonly tagSize = 16;

  createEncryptionContext(key: ArrayBufferLike | ArrayBufferView): AeadEncryptionContext {
    const own = view(key).slice();
    const options = { authTagLength: this.tagSize };
    const { tagSize } = this;
    return {
      seal: async (iv, data, aad) => {
        const cipher = createCipheriv('chacha20-poly1305', own, view(iv), options);
        cipher.setAAD(view(aad), { plaintextLength: view(data).length });
        return exact(Buffer.concat([cipher.update(view(data)), cipher.final(), cipher.getAuthTag()]));
      },
      open: async (iv, data, aad) => {
        const sealed = view(data);
        const decipher = createDecipheriv('chacha20-poly1305', own, view(iv), options);
        decipher.setAAD(view(aad), { plaintextLength: sealed.length - tagSize });
        decipher.setAuthTag(sealed.subarray(sealed.length - tagSize));
        return exact(Buffer.concat([decipher.update(sealed.subarray(0, -tagSize)), decipher.final()]));
      },
    };
  }
}

export const aeads: Readonly<Record<number, () => AeadInterface>> = {
  [AeadId.Aes128Gcm]: () => new Aes128Gcm(),
  [AeadId.Aes256Gcm]: () => new Aes256Gcm(),
  [AeadId.Chacha20Poly1305]: () => new ChaCha20Poly1305(),
};

function view(bytes: ArrayBufferLike | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(bytes)
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : new Uint8Array(bytes);
}

function exact(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
