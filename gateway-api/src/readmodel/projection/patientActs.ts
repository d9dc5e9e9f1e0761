/**
 * Acts on a patient's facts, one a write: a value that a later transaction replaces has happened all the same. Pure.
 * What only follows from another act (the head of a chain, a bucket, a counter) is no act of its own.
 */
import type { Change } from './change.ts';
import type { PlainRow } from './tableWriter.ts';

type Value = Readonly<Record<string, unknown>>;

interface Act {
  readonly type: string;
  readonly interaction: string;
  readonly subjects: readonly string[];
  readonly version?: number;
}

/** What became of a request for access. */
const requestActs: Readonly<Record<string, string>> = {
  requested: 'request',
  approved: 'approve-request',
  denied: 'deny-request',
  withdrawn: 'withdraw-request',
};

export const requestInteractions: readonly string[] = Object.values(requestActs);

/** By stored type. A type that is not here is an act under its own name, so that nothing new is left out. */
const acts: Readonly<Record<string, ((value: Value, time: string) => Act) | null>> = {
  patient: ({ patientId, registeredAt }, time) => ({
    type: 'patient',
    interaction: sameTime(registeredAt, time) ? 'register' : 'update',
    subjects: [String(patientId)],
  }),
  record: ({ recordId, version }) => ({
    type: 'record',
    interaction: version === 1 ? 'create' : 'amend',
    subjects: [String(recordId)],
    version: Number(version),
  }),
  consent: ({ consentId, decision }) => ({
    type: 'consent',
    interaction: decision === 'permit' ? 'grant' : 'deny',
    subjects: [String(consentId)],
  }),
  'consent-stops': ({ stops }, time) => ({
    type: 'consent',
    interaction: 'revoke',
    subjects: (stops as readonly { consentId: string; revokedAt: string }[])
      .filter(({ revokedAt }) => sameTime(revokedAt, time))
      .map(({ consentId }) => consentId),
  }),
  'access-request': ({ requestId, status }) => ({
    type: 'consent',
    interaction: requestActs[String(status)] ?? 'request',
    subjects: [String(requestId)],
  }),
  'sharing-token': ({ tokenId, spentBy }) => ({
    type: 'consent',
    interaction: spentBy === undefined ? 'share' : 'redeem',
    subjects: [String(tokenId)],
  }),
  representative: ({ representativeId }) => ({
    type: 'representative',
    interaction: 'confirm',
    subjects: [String(representativeId)],
  }),
  'representative-ending': ({ representativeId }) => ({
    type: 'representative',
    interaction: 'end',
    subjects: [String(representativeId)],
  }),
  'care-team-member': ({ staffId }) => ({ type: 'care-team', interaction: 'add', subjects: [String(staffId)] }),
  'care-team-removal': ({ staffId }) => ({ type: 'care-team', interaction: 'remove', subjects: [String(staffId)] }),
  opening: ({ category }) => ({ type: 'consent', interaction: 'open-to-hospital', subjects: [String(category)] }),
  'category-key': ({ epoch, category }) => ({
    type: 'key',
    interaction: epoch === 0 ? 'create' : 'renew',
    subjects: [String(category)],
  }),
  'grant-key': ({ consentId }) => ({ type: 'key', interaction: 'seal', subjects: [String(consentId)] }),
  'grant-wrap': ({ consentId }) => ({ type: 'key', interaction: 'seal', subjects: [String(consentId)] }),
  // Accesses have a table of their own.
  access: null,
  'chain-head': null,
  'batch-key': null,
  'consent-bucket': null,
  'access-counter': null,
};

/** Rows of `patient_acts`. Facts that a collection mirrors are taken once, from the original. */
export function patientActRows(changes: Iterable<Change>): readonly PlainRow[] {
  const rows: PlainRow[] = [];
  for (const { keyHash, stored, written } of changes) {
    if (stored === undefined || written.collection === '') continue;
    const { type, value } = stored;
    const patientId = value['patientId'];
    if (typeof patientId !== 'string') continue;
    if (written.isMirror && type === 'record') continue;
    const act = actOf(type, value, written.time);
    if (act === undefined) continue;
    const { version = Number.NaN } = act;
    const category = value['category'];
    for (const subject of act.subjects)
      rows.push({
        block_number: written.blockNumber,
        tx_index: written.txIndex,
        collection: written.collection,
        key_hash: keyHash,
        patient_id: patientId,
        type: act.type,
        interaction: act.interaction,
        subject_id: subject,
        version: Number.isInteger(version) ? version : null,
        category: typeof category === 'string' ? category : null,
        acted_at: written.time,
        tx_id: written.txId,
        msp_id: written.mspId,
        device_key: written.deviceKey,
      });
  }
  return rows;
}

/** @returns undefined for what is no act of its own */
function actOf(type: string, value: Value, time: string): Act | undefined {
  const known = Object.hasOwn(acts, type) ? acts[type] : undefined;
  if (known === null) return undefined;
  const other: Act = { type: 'change', interaction: type, subjects: [subjectIn(value)] };
  try {
    return known?.(value, time) ?? other;
  } catch {
    // A value that is not of its type's shape was written all the same.
    return other;
  }
}

/** Its own id by its name, `requestId` for one; the patient's where it has none. */
function subjectIn(value: Value): string {
  const own = Object.keys(value).find((name) => name !== 'patientId' && /^[a-z]+Id$/.test(name));
  return String(value[own ?? 'patientId']);
}

function sameTime(given: unknown, time: string): boolean {
  return Date.parse(String(given)) === Date.parse(time);
}
