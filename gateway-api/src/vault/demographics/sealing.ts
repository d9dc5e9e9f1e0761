import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { SealBroken, type Demographics, type Identifier } from './demographics.ts';

/** Layout: version (1 byte, 1), nonce (12), ciphertext, tag (16). AES-256-GCM, NIST SP 800-38D. */
const version = 1;
const nonceLength = 12;
const tagLength = 16;

export class DemographicsSealing {
  readonly #sealKey: Buffer;
  readonly #indexKey: Buffer;

  /**
   * @param vaultKey 32 random bytes; the keys for sealing and for the blind index come from it by HKDF (RFC 5869)
   * @throws RangeError when it has another length
   */
  constructor(vaultKey: Uint8Array) {
    if (vaultKey.length !== 32) throw new RangeError('a vault key has 32 bytes');
    const derive = (purpose: string): Buffer => Buffer.from(hkdfSync('sha256', vaultKey, '', purpose, 32));
    this.#sealKey = derive('chain-of-care demographics seal v1');
    this.#indexKey = derive('chain-of-care demographics index v1');
  }

  seal(patientId: string, demographics: Demographics): Buffer {
    const nonce = randomBytes(nonceLength);
    const cipher = createCipheriv('aes-256-gcm', this.#sealKey, nonce);
    cipher.setAAD(boundTo(patientId));
    const sealed = Buffer.concat([cipher.update(JSON.stringify(demographics), 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.of(version), nonce, sealed, cipher.getAuthTag()]);
  }

  /** @throws SealBroken when it is not what was sealed for this patient */
  open(patientId: string, sealed: Uint8Array): Demographics {
    const bytes = Buffer.from(sealed);
    if (bytes.length < 1 + nonceLength + tagLength || bytes[0] !== version)
      throw new SealBroken('not sealed demographics');
    const decipher = createDecipheriv('aes-256-gcm', this.#sealKey, bytes.subarray(1, 1 + nonceLength));
    decipher.setAAD(boundTo(patientId));
    decipher.setAuthTag(bytes.subarray(-tagLength));
    try {
      const opened = [decipher.update(bytes.subarray(1 + nonceLength, -tagLength)), decipher.final()];
      return JSON.parse(Buffer.concat(opened).toString('utf8')) as Demographics;
    } catch (cause) {
      throw new SealBroken('the seal does not open', { cause });
    }
  }

  /** HMAC-SHA-256 of the identifier, hex: finds the very same identifier and tells nothing else. */
  blindIndex({ system, value }: Identifier): string {
    return createHmac('sha256', this.#indexKey)
      .update(JSON.stringify([system, value]))
      .digest('hex');
  }
}

function boundTo(patientId: string): Buffer {
  return Buffer.from(`demographics|${patientId}`);
}
