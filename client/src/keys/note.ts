/**
 * A note in free text, sealed to several readers (a consent's purpose to patient and grantee, an access's reason to patient
 * and organisation). `count (1) ‖ seals of the note's key, 1,168 bytes each ‖ nonce (12) ‖ ciphertext ‖ tag`. Readers are not
 * named in it: a reader tries each seal, which names it only in what it is bound to.
 */
import { concat, fromUtf8, toBase64Url, utf8, type Bytes } from '../encoding/index.ts';
import { openAesGcm, randomBytes, sealAesGcm } from '../primitives/index.ts';
import { noteAad, noteKeyAad, type NoteReference } from './aad.ts';
import { KeyError } from './errors.ts';
import { openSeal, sealOverhead, sealTo } from './hpke.ts';
import { sealedBytes } from './sealedText.ts';

const keyLength = 32;
const keySealLength = sealOverhead + keyLength;
const maxReaders = 4;

export interface NoteReader {
  /** Staff id, patient id, or `mspId/group`. */
  readonly id: string;
  /** X-Wing public key, 1,216 bytes. */
  readonly publicKey: Uint8Array;
}

/**
 * @param text at most as long as the ledger's field takes: 8,192 base64url characters for the whole note
 * @param readers 1 to 4
 * @returns base64url
 * @throws RangeError for another number of readers; KeyError key_malformed, binding_malformed
 */
export async function sealNote(text: string, note: NoteReference, readers: readonly NoteReader[]): Promise<string> {
  if (readers.length === 0 || readers.length > maxReaders) throw new RangeError('a note has 1 to 4 readers');
  const key = randomBytes(keyLength);
  const seals = await Promise.all(
    readers.map(async ({ id, publicKey }) => sealTo(publicKey, key, noteKeyAad(note, id))),
  );
  return toBase64Url(concat(Uint8Array.of(readers.length), ...seals, await sealAesGcm(key, utf8(text), noteAad(note))));
}

/**
 * @param reader id and private key (32 bytes) of who reads
 * @throws KeyError note_not_for_recipient, seal_refused
 */
export async function openNote(
  sealedNote: string,
  note: NoteReference,
  reader: { readonly id: string; readonly seed: Uint8Array },
): Promise<string> {
  const bytes = sealedBytes(sealedNote);
  const count = bytes[0] ?? 0;
  const body = bytes.subarray(1 + count * keySealLength);
  if (count === 0 || count > maxReaders) throw new KeyError('seal_refused');
  const seals = Array.from({ length: count }, (_, index) =>
    bytes.subarray(1 + index * keySealLength, 1 + (index + 1) * keySealLength),
  );
  const key = await firstOpened(seals, note, reader);
  try {
    return fromUtf8(await openAesGcm(key, body, noteAad(note)));
  } catch (cause) {
    throw new KeyError('seal_refused', { cause });
  }
}

async function firstOpened(
  seals: readonly Uint8Array[],
  note: NoteReference,
  { id, seed }: { readonly id: string; readonly seed: Uint8Array },
): Promise<Bytes> {
  for (const seal of seals) {
    try {
      return await openSeal(seed, seal, noteKeyAad(note, id));
    } catch (error) {
      if (!(error instanceof KeyError) || error.code !== 'seal_refused') throw error;
    }
  }
  throw new KeyError('note_not_for_recipient');
}
