/**
 * A record's sealed facts (coding, exact time, title, facility, media type): AES-256-GCM under a key of their own from the
 * record version's data key, so that who may open the record may read them and nobody else.
 */
import { fromBase64Url, fromUtf8, toBase64Url, utf8, type Bytes } from '../encoding/index.ts';
import { hkdfSha256, openAesGcm, sealAesGcm } from '../primitives/index.ts';
import { factsAad, type RecordReference } from './aad.ts';
import { KeyError } from './errors.ts';

const noSalt = new Uint8Array(0);

/**
 * @param dataKey of the record version, 32 bytes
 * @param facts plain JSON
 * @returns base64url
 * @throws KeyError key_malformed
 */
export async function sealFacts(dataKey: Uint8Array, record: RecordReference, facts: object): Promise<string> {
  return toBase64Url(await sealAesGcm(factsKey(dataKey), utf8(JSON.stringify(facts)), factsAad(record)));
}

/**
 * @returns the JSON that was sealed
 * @throws KeyError seal_refused for another data key, record or version, or altered bytes; key_malformed
 */
export async function openFacts(dataKey: Uint8Array, record: RecordReference, sealed: string): Promise<unknown> {
  const key = factsKey(dataKey);
  try {
    return JSON.parse(fromUtf8(await openAesGcm(key, fromBase64Url(sealed), factsAad(record)))) as unknown;
  } catch (cause) {
    throw new KeyError('seal_refused', { cause });
  }
}

function factsKey(dataKey: Uint8Array): Bytes {
  if (dataKey.length !== 32) throw new KeyError('key_malformed');
  return hkdfSha256(dataKey, noSalt, 'facts');
}
