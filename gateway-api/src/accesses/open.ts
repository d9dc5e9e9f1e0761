/** Opens an access: decided and committed by the ledger before a byte is served. */
import {
  collectionName,
  Refusal,
  type AccessBasis,
  type OpenAccess,
  type RecordVersion,
} from '@chain-of-care/chaincode/model';
import { accessIdOf } from '@chain-of-care/chaincode/rules';
import type { Caller } from '../auth/caller.ts';
import { sealReason } from '../custody/notes.ts';
import { patientOf, rememberReferral, requireReferralOf, type KnownPatient } from '../custody/patients.ts';
import type { Act, Applied, Touches } from '../fabric/act.ts';
import { Problem } from '../http/problem.ts';
import type { Derivation } from '../idempotency/derivation.ts';
import { recordVersions } from '../readmodel/queries/care.ts';
import type { Services } from '../services.ts';
import type { NewAccess } from './dto.ts';

/** What the ledger answers; a denial comes as a refusal with the same members. */
export interface OpenedAccess {
  readonly accessId: string;
  readonly decision: 'permit' | 'deny';
  readonly basis: readonly AccessBasis[];
  readonly withheld: number;
  readonly servesUntil: string;
  /** The decision must be VALID before this time to count. */
  readonly notAfter: string;
}

/**
 * @throws CommittedRefusal consent_missing | consent_denied, with the access's id: the refusal is in the audit
 * @throws Refusal record_not_found, role_not_allowed, licence_*; Problem patient_not_found, 503, 504
 */
export async function openAccess(
  services: Services,
  caller: Caller,
  patientId: string,
  wanted: NewAccess,
  idempotency: Derivation,
): Promise<Applied<OpenedAccess>> {
  const { referral, reason, records, categories, purposeOfUse } = wanted;
  if (referral !== undefined) requireReferralOf(services, patientId, referral);
  const patient = await patientOf(services, patientId, referral);
  // Of an own patient the gateway knows better, so nothing of it was used.
  const handedOver = referral?.handle === patient.handle ? referral : undefined;
  const command = idempotency.command('access');
  const { deviceKey } = caller.identity;
  const accessId = accessIdOf({ commandKey: command.key, deviceKey, handle: patient.handle });
  const note = { kind: 'access', patientId, id: accessId } as const;
  const body: OpenAccess = {
    accessId,
    patientId,
    purposeOfUse,
    home: patient.home,
    sealedReason: await sealReason(services, caller.identity.mspId, patient, note, reason),
    ...(records === undefined ? {} : { records: await newestVersions(services, records) }),
    ...(categories === undefined ? {} : { categories }),
  };
  const act: Act = {
    type: 'care.openAccess',
    body,
    handle: patient.handle,
    ...command,
    touches: touchesOf(patient, caller, false),
    kind: 'access',
  };
  const submit = async (one: Act): Promise<Applied<OpenedAccess>> =>
    inTime(await services.ledger.submit<OpenedAccess>(caller.identity, one), services.clock());
  try {
    const opened = await submit(act).catch(async (error: unknown) => {
      if (!(error instanceof Refusal) || error.code !== 'counted_basis') throw error;
      // Only a consent with maximum accesses permits: its counter needs the home hospital and the regulator.
      return submit({
        ...act,
        body: { ...body, counted: true },
        touches: touchesOf(patient, caller, true),
      });
    });
    if (handedOver !== undefined) await rememberReferral(services, handedOver, true);
    return opened;
  } catch (error) {
    if (handedOver !== undefined && error instanceof Refusal) await rememberReferral(services, handedOver, false);
    throw error;
  }
}

/** Peers do not check time at commit: an access that became VALID too late serves nothing. */
function inTime(opened: Applied<OpenedAccess>, timeMs: number): Applied<OpenedAccess> {
  if (!opened.replayed && Date.parse(opened.result.notAfter) <= timeMs)
    throw new Problem('access_expired', { detail: 'the decision was committed too late' });
  return opened;
}

function touchesOf({ home }: KnownPatient, { identity }: Caller, isCounted: boolean): Touches {
  const staff = [collectionName.clinical, collectionName.registry];
  if (identity.mspId !== home) return { writes: [collectionName.exchange(home)], reads: staff };
  const counter = isCounted ? [collectionName.care(home)] : [];
  return {
    writes: [collectionName.access(home), ...counter],
    reads: [collectionName.care(home), ...staff],
  };
}

/** @throws Problem record_not_found */
export async function newestVersions(
  { readModel }: Pick<Services, 'readModel'>,
  asked: NonNullable<NewAccess['records']>,
): Promise<RecordVersion[]> {
  const unversioned = asked.filter(({ version }) => version === undefined).map(({ id }) => ({ recordId: id }));
  const facts = unversioned.length === 0 ? [] : await recordVersions(readModel.db, unversioned);
  const newest = new Map(facts.map(({ recordId, version }) => [recordId, version]));
  return asked.map(({ id, version }, index) => {
    const found = version ?? newest.get(id);
    if (found === undefined)
      throw new Problem('record_not_found', {
        errors: [{ pointer: `/records/${index}/id`, code: 'record_not_found', detail: 'no such record' }],
      });
    return { recordId: id, version: found };
  });
}
