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
type Reader = Parameters<typeof openNote>[2];

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
  services: Pick<Services, 'keystore' | 'facts'>,
  { kind, identity }: Caller,
  note: Note,
  sealed: string,
): Promise<string | undefined> {
  if (kind !== 'staff') return openAsAny(await patientReaders(services, note.patientId), note, sealed);
  const seed = await groupSeed(services.keystore, wholeOrganization, 0);
  return openAsAny(seed === undefined ? [] : [{ id: `${identity.mspId}/${wholeOrganization}`, seed }], note, sealed);
}

/** Notes are sealed to the patient's `other` at N of the epoch that runs: the patient has each, the newest first. */
export async function patientReaders(
  { keystore, facts }: Pick<Services, 'keystore' | 'facts'>,
  patientId: string,
): Promise<readonly Reader[]> {
  const pair = { patientId, category: 'other', confidentiality: 'N' } as const;
  const published = await facts.categoryKeys(patientId);
  const current = published.find(({ category, confidentiality }) => category === 'other' && confidentiality === 'N');
  const keys = new CustodialPatientKeys(keystore);
  const epochs = Array.from({ length: (current?.epoch ?? 0) + 1 }, (_, before) => (current?.epoch ?? 0) - before);
  return Promise.all(epochs.map(async (epoch) => ({ id: patientId, seed: await keys.seed({ ...pair, epoch }) })));
}

/** @returns undefined when it is sealed to none of these readers */
export async function openAsAny(readers: readonly Reader[], note: Note, sealed: string): Promise<string | undefined> {
  for (const reader of readers)
    try {
      return await openNote(sealed, note, reader);
    } catch (error) {
      if (!(error instanceof KeyError) || error.code !== 'note_not_for_recipient') throw error;
    }
  return undefined;
}
