/** Private keys of the organisation's groups, kept in its key store. */
import { generateSealingKeyPair, sealingKeyPairFromSeed, toBase64Url } from '@chain-of-care/client';
import type { KeyStore } from '../keystore/keyStore.ts';

const secretName = (group: string, epoch: number): string => `group/${group}/${epoch}`;

/** The public key of a group in an epoch, base64url; the pair is made when there is none yet. */
export async function offerGroupKey(keystore: KeyStore, group: string, epoch: number): Promise<string> {
  const kept = await keystore.get(secretName(group, epoch));
  const pair = kept === undefined ? await generateSealingKeyPair() : await sealingKeyPairFromSeed(kept);
  if (kept === undefined) await keystore.put(secretName(group, epoch), pair.seed);
  return toBase64Url(pair.publicKey);
}

/** @returns undefined when this organisation does not keep the group's key */
export async function groupSeed(keystore: KeyStore, group: string, epoch: number): Promise<Uint8Array | undefined> {
  return keystore.get(secretName(group, epoch));
}
