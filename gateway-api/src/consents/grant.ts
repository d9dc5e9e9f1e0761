/** Grants a consent: the rule for the ledger, and the keys that it hands over. */
import { collectionName, type ConsentRule, type GrantConsent, type Grantee } from '@chain-of-care/chaincode/model';
import { consentIdOf } from '@chain-of-care/chaincode/rules';
import { sealNote } from '@chain-of-care/client';
import type { Caller } from '../auth/caller.ts';
import { requireOwnKeys } from '../custody/ownKeys.ts';
import { patientOf, type KnownPatient } from '../custody/patients.ts';
import { categoryKeys } from '../custody/publicKeys.ts';
import type { Act, CommittedTransaction, Touches } from '../fabric/act.ts';
import type { Derivation } from '../idempotency/derivation.ts';
import type { Services } from '../services.ts';
import type { NewConsent } from './dto.ts';
import { keysFor, patientKeys, type HandedOver } from './keys.ts';
import { openedRecords } from './opened.ts';
import { withTemplate } from './templates.ts';

const mirroredPerCommand = 100;
const grantPart = 'grant';

/** The ledger's idempotency key of the command that {@link grantConsent} submits: the consent's id follows from it. */
export const grantKey = (idempotency: Derivation): string => idempotency.commandKey(grantPart);

export interface Granted {
  readonly consentId: string;
  readonly seeds: number;
  readonly dataKeys: number;
  /** Set for a denial that closed the grantee's full bucket. */
  readonly deniesEverything?: true;
  readonly transaction?: CommittedTransaction;
}

/**
 * @param bound the request for access that the consent approves, or the consent that it follows
 * @throws Refusal of the ledger; Problem staff_not_found, organization_not_found when the grantee has no key to seal to,
 *   wrong_key
 */
export async function grantConsent(
  services: Services,
  caller: Caller,
  patientId: string,
  asked: NewConsent,
  idempotency: Derivation,
  bound: Pick<GrantConsent, 'requestId' | 'renews'> = {},
): Promise<Granted> {
  const patient = await patientOf(services, patientId);
  const { note, decision = 'permit', level = 'read', grantee, ...scope } = withTemplate(asked, services.clock());
  const command = idempotency.command(grantPart);
  const { deviceKey } = caller.identity;
  const consentId = consentIdOf({ commandKey: command.key, deviceKey, handle: patient.handle }, grantee);
  const rule: ConsentRule = {
    ...scope,
    consentId,
    decision,
    level,
    grantedAt: new Date(services.clock()).toISOString(),
  };
  if (decision === 'permit') await requireOwnKeys(services, patientId);
  const [keys, ...further] = await keysFor(services, patientKeys(services, caller), patient, rule, grantee);
  const { grantedAt: _, ...body } = rule;
  const grant: GrantConsent = {
    ...body,
    patientId,
    home: patient.home,
    grantee,
    ...offered(keys),
    ...bound,
    ...(note === undefined ? {} : { sealedNote: await sealedNote(services, patient, consentId, note) }),
  };
  const { transaction, result } = await services.ledger.submit<{ closes?: string }>(caller.identity, {
    type: 'care.grantConsent',
    body: grant,
    handle: patient.handle,
    ...command,
    touches: touchesOf(patient, grantee),
    head: patient.patientId,
  });
  await addFurtherWraps(services, caller, patient, { consentId, grantee, further }, idempotency);
  if (isElsewhere(patient, grantee) && decision === 'permit')
    await mirrorExisting(services, caller, patient, rule, grantee, idempotency);
  return {
    consentId,
    ...counted([keys, ...further]),
    ...(result.closes === undefined ? {} : { deniesEverything: true }),
    ...(transaction === undefined ? {} : { transaction }),
  };
}

/** How many keys were handed over. */
export function counted(handed: readonly HandedOver[]): Pick<Granted, 'seeds' | 'dataKeys'> {
  const kinds = handed.flatMap(({ wraps }) => wraps.map(({ kind }) => kind));
  const seeds = kinds.filter((kind) => kind === 'seed').length;
  return { seeds, dataKeys: kinds.length - seeds };
}

/** Collections of a consent's facts: those of a grantee of another hospital lie in `exchange_H`. */
export function touchesOf(patient: KnownPatient, grantee: Grantee): Touches {
  const care = collectionName.care(patient.home);
  const exchange = collectionName.exchange(patient.home);
  return {
    writes: isElsewhere(patient, grantee) ? [care, exchange] : [care],
    reads: [collectionName.clinical],
  };
}

export function isElsewhere(patient: KnownPatient, { mspId }: Grantee): boolean {
  return mspId !== undefined && mspId !== patient.home;
}

interface FurtherWraps {
  readonly consentId: string;
  readonly grantee: Grantee;
  readonly further: readonly HandedOver[];
  /** Of somebody else than the patient. */
  readonly touches?: Touches;
}

/** What did not fit into the command that made the consent. */
export async function addFurtherWraps(
  services: Services,
  caller: Caller,
  patient: KnownPatient,
  { consentId, grantee, further, touches }: FurtherWraps,
  idempotency: Derivation,
): Promise<void> {
  for (const [index, keys] of further.entries()) {
    if (keys.wraps.length === 0) continue;
    await services.ledger.submit(caller.identity, {
      ...addedWraps(patient, { consentId, grantee }, keys),
      ...idempotency.command(`wraps|${index}`),
      ...(touches === undefined ? {} : { touches }),
    });
  }
}

/** Further keys for a consent's grantee; that it stands is read beside them. */
export function addedWraps(
  patient: KnownPatient,
  { consentId, grantee }: Pick<GrantConsent, 'consentId' | 'grantee'>,
  keys: HandedOver,
): Omit<Act, 'key'> {
  const { writes, reads = [] } = touchesOf(patient, grantee);
  const stops = isElsewhere(patient, grantee) ? [] : [collectionName.access(patient.home)];
  return {
    type: 'care.addWraps',
    body: { ...named(patient), consentId, ...offered(keys) },
    handle: patient.handle,
    touches: { writes, reads: [...reads, ...stops] },
    head: patient.patientId,
  };
}

/** Facts of the records that the consent opens are copied to where the other hospital can read them. */
async function mirrorExisting(
  services: Services,
  caller: Caller,
  patient: KnownPatient,
  rule: ConsentRule,
  grantee: Grantee,
  idempotency: Derivation,
): Promise<void> {
  const opened = await openedRecords(services, patient, rule, grantee, mirroredPerCommand);
  for (const [index, records] of opened.entries()) {
    if (records.length === 0) continue;
    await services.ledger.submit(caller.identity, {
      type: 'care.mirrorRecords',
      body: { ...named(patient), records: records.map(({ recordId, version }) => ({ recordId, version })) },
      handle: patient.handle,
      ...idempotency.command(`mirror|${index}`),
      touches: touchesOf(patient, grantee),
      head: patient.patientId,
    });
  }
}

async function sealedNote(services: Services, patient: KnownPatient, consentId: string, note: string): Promise<string> {
  const { publicKey } = (await categoryKeys(services, patient.patientId))('other', 'N');
  const reference = { kind: 'consent', patientId: patient.patientId, id: consentId } as const;
  return sealNote(note, reference, [{ id: patient.patientId, publicKey }]);
}

export const offered = ({ grantKeys, wraps }: HandedOver) => ({ grantKeys: [...grantKeys], wraps: [...wraps] });

const named = ({ patientId, home }: KnownPatient) => ({ patientId, home });
