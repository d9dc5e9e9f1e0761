/**
 * A patient's key hierarchy: root → a seed per category, confidentiality and epoch → X-Wing pair and index key. A grantee
 * who holds a seed opens that pair in that epoch and nothing else; the root never leaves its holder.
 */
import { keyPairsAtRegistration, type OfferedCategoryKey } from '@chain-of-care/chaincode/model';
import { toBase64Url, type Bytes } from '../encoding/index.ts';
import { hkdfSha256, randomBytes } from '../primitives/index.ts';
import type { CategoryKeyReference } from './aad.ts';
import { KeyError } from './errors.ts';
import { sealingKeyPairFromSeed, type SealingKeyPair } from './hpke.ts';

const rootLength = 32;
const noSalt = new Uint8Array(0);

/** A new root: 32 random bytes. It is stored only wrapped (passkey, recovery key, or the custodian's store). */
export function newPatientRoot(): Bytes {
  return randomBytes(rootLength);
}

/**
 * @param root 32 bytes
 * @returns the private seed of one key pair, 32 bytes
 * @throws KeyError key_malformed
 */
export function categorySeed(root: Uint8Array, key: CategoryKeyReference): Bytes {
  if (root.length !== rootLength) throw new KeyError('key_malformed');
  const { patientId, category, confidentiality, epoch } = key;
  return hkdfSha256(root, noSalt, `category|${patientId}|${category}|${confidentiality}|${epoch}`);
}

/** @throws KeyError key_malformed */
export async function categoryKeyPair(root: Uint8Array, key: CategoryKeyReference): Promise<SealingKeyPair> {
  return sealingKeyPairFromSeed(categorySeed(root, key));
}

/**
 * The public keys to register a patient with: every category at N, and `other` at R and V, all of epoch 0.
 *
 * @param root 32 bytes
 * @throws KeyError key_malformed
 */
export async function registrationKeys(root: Uint8Array, patientId: string): Promise<OfferedCategoryKey[]> {
  return Promise.all(
    keyPairsAtRegistration.map(async ({ category, confidentiality }) => {
      const { publicKey } = await categoryKeyPair(root, { patientId, category, confidentiality, epoch: 0 });
      return { category, confidentiality, publicKey: toBase64Url(publicKey) };
    }),
  );
}
