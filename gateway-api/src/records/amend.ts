/** Further versions of a record, and its withdrawal: each continues the version that the caller names by If-Match. */
import {
  collectionName,
  Refusal,
  type RecordFact,
  type RecordVersion,
  type Withdrawal,
} from '@chain-of-care/chaincode/model';
import type { Caller } from '../auth/caller.ts';
import { patientOf } from '../custody/patients.ts';
import { Problem } from '../http/problem.ts';
import type { Exchange } from '../http/route.ts';
import type { Derivation } from '../idempotency/derivation.ts';
import { isOnPatientSide } from '../patients/access.ts';
import { recordVersions } from '../readmodel/queries/care.ts';
import type { Services } from '../services.ts';
import type { Appended } from './append.ts';

/** ETag of a record's newest version. */
export function versionTag({ version }: Pick<RecordFact, 'version'>): string {
  return `"v${version}"`;
}

/**
 * The newest version of a record, for its author's department or the patient's side: the answer for anybody else is that of a
 * record that does not exist.
 *
 * @throws Problem record_not_found
 */
export async function knownRecord(services: Services, caller: Caller, recordId: string): Promise<RecordFact> {
  const [fact] = await recordVersions(services.readModel.db, [{ recordId }]);
  if (fact === undefined) throw new Problem('record_not_found');
  if (!isAuthor(caller, fact) && !(await isOwn(services, caller, fact))) throw new Problem('record_not_found');
  return fact;
}

const isAuthor = ({ identity, department }: Caller, { authorOrg, authorGroup }: RecordFact): boolean =>
  authorOrg === identity.mspId && authorGroup === department;

/** What is about somebody else is not shown to the patient in whose chart it was put. */
const isOwn = async (services: Services, caller: Caller, { patientId, withdrawn }: RecordFact): Promise<boolean> =>
  withdrawn !== 'wrong-patient' && isOnPatientSide(services, caller, patientId);

/**
 * The version that a change continues. One more than it may be on the ledger already, by this very request: then the
 * ledger tells a repeat from a conflict.
 *
 * @throws Problem 428 without If-Match, 412 when it names neither the newest version nor the one before
 */
export function continuedVersion({ header }: Pick<Exchange, 'header'>, { version: newest }: RecordFact): number {
  const given = header('if-match');
  if (given === undefined) throw new Problem('precondition_required');
  const named = given.trim() === '*' ? newest : Number(/^"v(\d{1,7})"$/.exec(given.trim())?.[1]);
  if (named >= 1 && (named === newest || named === newest - 1)) return named;
  throw staleVersion(newest);
}

/** Somebody else was first: the answer names the version that is there now. */
export function staleVersion(newest: number, cause?: unknown): Problem {
  return new Problem('precondition_failed', { members: { version: newest }, cause });
}

/**
 * Two devices at once: the ledger took one, the other is told as if it had asked later. This gateway's tables may not show
 * yet what the ledger refused for, but that there is a version after the one continued is certain.
 */
export async function toldWhenStale<Result>(
  services: Services,
  { recordId, version }: RecordVersion,
  act: Promise<Result>,
): Promise<Result> {
  try {
    return await act;
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'version_conflict') throw error;
    const [fact] = await recordVersions(services.readModel.db, [{ recordId }]);
    throw staleVersion(Math.max(version, fact?.version ?? 0), error);
  }
}

/** @throws Refusal entered_in_error, version_conflict, organization_not_allowed; Problem 503, 504 */
export async function withdrawRecord(
  services: Services,
  caller: Caller,
  { patientId, recordId }: RecordFact,
  { continued, withdrawn }: { readonly continued: number; readonly withdrawn: Withdrawal },
  idempotency: Derivation,
): Promise<Appended> {
  const { home, handle, openedToOthers } = await patientOf(services, patientId);
  const exchange = openedToOthers ? [collectionName.exchange(home)] : [];
  const { result, transaction } = await services.ledger.submit<Appended>(caller.identity, {
    type: 'care.withdrawRecord',
    body: { patientId, home, recordId, version: continued + 1, withdrawn },
    handle,
    ...idempotency.command('withdraw'),
    touches: {
      writes: [collectionName.care(home), ...exchange],
      reads: [collectionName.clinical, collectionName.registry],
    },
    head: patientId,
  });
  return { records: result.records, ...(transaction === undefined ? {} : { transaction }) };
}
