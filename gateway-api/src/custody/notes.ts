/** Reasons in free text: sealed to the patient and to the organisation of who gives them, opened for either. */
import { fromBase64Url, KeyError, openNote, sealNote, type NoteReader } from '@chain-of-care/client';
import type { Caller } from '../auth/caller.ts';
import { Problem } from '../http/problem.ts';
import type { Services } from '../services.ts';
import { groupSeed } from './groupKeys.ts';
import { CustodialPatientKeys } from './patientKeys.ts';
import type { KnownPatient } from './patients.ts';
import { categoryKeys, groupPublicKey, wholeOrganization } from './publicKeys.ts';

type Note = Parameters<typeof openNote>[1];

/** @throws Problem validation_failed when the referral's key is none */
export async function sealReason(
  services: Services,
  mspId: string,
  { patientId, noteKey }: KnownPatient,
  note: Note,
  reason: string,
): Promise<string> {
  const isHandedOver = noteKey !== undefined;
  const publicKey = isHandedOver
    ? fromBase64Url(noteKey)
    : (await categoryKeys(services, patientId))('other', 'N').publicKey;
  const organization = await groupPublicKey(services, mspId, wholeOrganization);
  const readers: NoteReader[] = [
    { id: patientId, publicKey },
    { id: `${mspId}/${wholeOrganization}`, publicKey: organization.publicKey },
  ];
  return sealNote(reason, note, readers).catch((cause: unknown) => {
    if (!isHandedOver) throw cause;
    throw new Problem('validation_failed', {
      errors: [{ pointer: '/referral/noteKey', code: 'validation_failed', detail: 'is no X-Wing public key' }],
      cause,
    });
  });
}

/** @returns undefined when it is not sealed to the caller or the caller's organisation */
export async function openReason(
  { keystore }: Pick<Services, 'keystore'>,
  caller: Caller,
  note: Note,
  sealed: string,
): Promise<string | undefined> {
  const reader = await readerOf(keystore, caller, note.patientId);
  if (reader === undefined) return undefined;
  try {
    return await openNote(sealed, note, reader);
  } catch (error) {
    if (error instanceof KeyError && error.code === 'note_not_for_recipient') return undefined;
    throw error;
  }
}

async function readerOf(
  keystore: Services['keystore'],
  { kind, identity }: Caller,
  patientId: string,
): Promise<{ readonly id: string; readonly seed: Uint8Array } | undefined> {
  if (kind === 'patient') {
    const key = { patientId, category: 'other', confidentiality: 'N', epoch: 0 } as const;
    return { id: patientId, seed: await new CustodialPatientKeys(keystore).seed(key) };
  }
  const seed = await groupSeed(keystore, wholeOrganization, 0);
  return seed === undefined ? undefined : { id: `${identity.mspId}/${wholeOrganization}`, seed };
}
