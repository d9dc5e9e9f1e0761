/** ML-KEM-768 (FIPS 203) by WebCrypto where the platform has it, in JavaScript elsewhere. */
import { MlKem768 } from 'mlkem';
import type { Bytes } from '../encoding/index.ts';

/** What X-Wing needs of ML-KEM-768. */
export interface KeyEncapsulation {
  /**
   * @param seed `d ‖ z`, 64 bytes (FIPS 203 §7.1)
   * @returns the encapsulation key, 1,184 bytes, and a decapsulation key in a form of {@link decap}'s own
   */
  deriveKeyPair(seed: Uint8Array): Promise<[publicKey: Bytes, privateKey: Bytes]>;
  /**
   * @param message 32 bytes where the encapsulation must come out the same each time (test vectors), otherwise absent
   * @returns ciphertext, 1,088 bytes, and shared secret, 32 bytes
   */
  encap(publicKey: Uint8Array, message?: Uint8Array): Promise<[ciphertext: Bytes, sharedSecret: Bytes]>;
  /** @returns the shared secret; of a ciphertext that does not fit, one that nobody knows (implicit rejection) */
  decap(ciphertext: Uint8Array, privateKey: Uint8Array): Promise<Bytes>;
}

type Key = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** The calls of WebCrypto's draft "Modern Algorithms" that Node 24.7 has and the DOM's types do not. */
interface EncapsulatingSubtle {
  importKey(
    format: 'raw-public' | 'raw-seed',
    key: Uint8Array,
    algorithm: string,
    extractable: boolean,
    usages: readonly string[],
  ): Promise<Key>;
  exportKey(format: 'raw-public', key: Key): Promise<ArrayBuffer>;
  getPublicKey(key: Key, usages: readonly string[]): Promise<Key>;
  encapsulateBits(algorithm: string, key: Key): Promise<{ ciphertext: ArrayBuffer; sharedKey: ArrayBuffer }>;
  decapsulateBits(algorithm: string, key: Key, ciphertext: Uint8Array): Promise<ArrayBuffer>;
}

const algorithm = 'ML-KEM-768';
const seedLength = 64;

/** In JavaScript; its decapsulation keys are the 2,400 bytes of FIPS 203. */
export const javaScriptMlKem768: KeyEncapsulation = {
  async deriveKeyPair(seed) {
    const [publicKey, privateKey] = await new MlKem768().deriveKeyPair(seed);
    return [Uint8Array.from(publicKey), Uint8Array.from(privateKey)];
  },
  async encap(publicKey, message) {
    const [ciphertext, sharedSecret] = await new MlKem768().encap(publicKey, message);
    return [Uint8Array.from(ciphertext), Uint8Array.from(sharedSecret)];
  },
  async decap(ciphertext, privateKey) {
    return Uint8Array.from(await new MlKem768().decap(ciphertext, privateKey));
  },
};

/** By WebCrypto; its decapsulation keys are the seeds. A given message is left to the library: WebCrypto takes none. */
export function nativeMlKem768(subtle: EncapsulatingSubtle): KeyEncapsulation {
  const own = (seed: Uint8Array): Promise<Key> =>
    subtle.importKey('raw-seed', seed, algorithm, false, ['decapsulateBits']);
  return {
    async deriveKeyPair(seed) {
      const publicKey = await subtle.getPublicKey(await own(seed), ['encapsulateBits']);
      return [new Uint8Array(await subtle.exportKey('raw-public', publicKey)), Uint8Array.from(seed)];
    },
    async encap(publicKey, message) {
      if (message !== undefined) return javaScriptMlKem768.encap(publicKey, message);
      const key = await subtle.importKey('raw-public', publicKey, algorithm, false, ['encapsulateBits']);
      const { ciphertext, sharedKey } = await subtle.encapsulateBits(algorithm, key);
      return [new Uint8Array(ciphertext), new Uint8Array(sharedKey)];
    },
    async decap(ciphertext, privateKey) {
      return new Uint8Array(await subtle.decapsulateBits(algorithm, await own(privateKey), ciphertext));
    },
  };
}

/** Whether a WebCrypto knows ML-KEM-768. */
export function knowsMlKem768(subtle: object): Promise<boolean> {
  if (!('getPublicKey' in subtle)) return Promise.resolve(false);
  return (subtle as EncapsulatingSubtle)
    .importKey('raw-seed', new Uint8Array(seedLength), algorithm, false, ['decapsulateBits'])
    .then(
      () => true,
      () => false,
    );
}

let chosen: Promise<KeyEncapsulation> | undefined;

/** The platform's where it has one; asked once. */
export const mlKem768: KeyEncapsulation = {
  deriveKeyPair: async (seed) => (await platform()).deriveKeyPair(seed),
  encap: async (publicKey, message) => (await platform()).encap(publicKey, message),
  decap: async (ciphertext, privateKey) => (await platform()).decap(ciphertext, privateKey),
};

function platform(): Promise<KeyEncapsulation> {
  const { subtle } = crypto;
  chosen ??= knowsMlKem768(subtle).then((isKnown) =>
    isKnown ? nativeMlKem768(subtle as unknown as EncapsulatingSubtle) : javaScriptMlKem768,
  );
  return chosen;
}
