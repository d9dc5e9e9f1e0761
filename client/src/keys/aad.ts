/**
 * What every seal is bound to: additional authenticated data, parts joined by `|`. The one place that spells them, so
 * that who seals and who opens agree to the byte and no seal serves for another purpose, patient or consent.
 */
import type { Confidentiality, RecordCategory } from '@chain-of-care/chaincode/model';
import { utf8, type Bytes } from '../encoding/index.ts';
import { KeyError } from './errors.ts';

/** Which key pair of a patient: category, confidentiality and epoch. */
export interface CategoryKeyReference {
  readonly patientId: string;
  readonly category: RecordCategory;
  readonly confidentiality: Confidentiality;
  readonly epoch: number;
}

/** A group (department or role) of an organisation in an epoch of its key. */
export interface GroupReference {
  readonly mspId: string;
  readonly group: string;
  readonly epoch: number;
}

/** A consent and to whose key something is sealed under it: a staff id, or `mspId/group`. */
export interface GrantReference {
  readonly consentId: string;
  readonly grantee: string;
}

export interface RecordReference {
  readonly recordId: string;
  readonly version: number;
}

/** A batch key sealed to a category. */
export function batchAad(
  { patientId, category, confidentiality, epoch }: CategoryKeyReference,
  batchId: string,
): Bytes {
  return bind('batch', patientId, category, confidentiality, epoch, batchId);
}

/** A batch key sealed to the author's group. */
export function authorAad({ mspId, group, epoch }: GroupReference, batchId: string): Bytes {
  return bind('author', mspId, group, epoch, batchId);
}

/** The key under which a consent's keys are wrapped, sealed to its grantee. */
export function grantKeyAad(patientId: string, keyId: string, { grantee, consentId }: GrantReference): Bytes {
  return bind('grant', patientId, grantee, consentId, keyId);
}

/** The private seed of a category wrapped for a grantee. */
export function seedAad(key: CategoryKeyReference, { grantee, consentId }: GrantReference): Bytes {
  return bind('seed', key.patientId, key.category, key.confidentiality, key.epoch, grantee, consentId);
}

/** The data key of one record version wrapped for a grantee. */
export function dataKeyAad(record: RecordReference, { grantee, consentId }: GrantReference, epoch: number): Bytes {
  return bind('dek', record.recordId, record.version, grantee, consentId, epoch);
}

/** The data key of one record version wrapped under a sharing token's key. */
export function tokenAad(tokenId: string, { recordId, version }: RecordReference): Bytes {
  return bind('token', tokenId, recordId, version);
}

/** The sealed facts of one record version (under its data key). */
export function factsAad({ recordId, version }: RecordReference): Bytes {
  return bind('facts', recordId, version);
}

/** What a note in free text stands beside: a consent (its purpose in the patient's words), an access or a request (its reason). */
export interface NoteReference {
  readonly kind: 'consent' | 'access' | 'request' | 'representative';
  readonly patientId: string;
  readonly id: string;
}

/** A note's text, under the note's own key. */
export function noteAad({ kind, patientId, id }: NoteReference): Bytes {
  return bind('note', kind, patientId, id);
}

/** A note's key, sealed to one of its readers. */
export function noteKeyAad({ kind, patientId, id }: NoteReference, reader: string): Bytes {
  return bind('notekey', kind, patientId, id, reader);
}

/** @throws KeyError binding_malformed */
function bind(...parts: readonly (string | number)[]): Bytes {
  const texts = parts.map(String);
  if (texts.some((text) => text === '' || text.includes('|'))) throw new KeyError('binding_malformed');
  return utf8(texts.join('|'));
}
