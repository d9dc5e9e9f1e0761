/** Keys that a consent hands over: what its grantee may open, wrapped under one key that is sealed to them. */
import type { ConsentRule, Grantee, OfferedGrantKey, OfferedWrap, RecordFact } from '@chain-of-care/chaincode/model';
import { decideConsent, readRequest } from '@chain-of-care/chaincode/rules';
import { newGrantKey, planGrants, type GrantWrapper, type KeyGrant } from '@chain-of-care/client';
import type { Caller } from '../auth/caller.ts';
import { DataKeys } from '../custody/dataKeys.ts';
import { CustodialPatientKeys } from '../custody/patientKeys.ts';
import type { KnownPatient } from '../custody/patients.ts';
import { categoryKeys, groupPublicKey, staffPublicKey, wholeOrganization } from '../custody/publicKeys.ts';
import { batchKeysOf, deniesOfPatient, recordsInChainOrder } from '../readmodel/queries/care.ts';
import type { Services } from '../services.ts';

export interface HandedOver {
  readonly grantKeys: readonly OfferedGrantKey[];
  readonly wraps: readonly OfferedWrap[];
}

/** @throws Problem staff_not_found, organization_not_found when the grantee has no key to seal to */
export async function keysFor(
  services: Services,
  caller: Caller,
  patient: KnownPatient,
  rule: ConsentRule,
  grantee: Grantee,
): Promise<HandedOver> {
  if (rule.decision === 'deny') return { grantKeys: [], wraps: [] };
  const plan = planGrants(rule, await deniesOfPatient(services.readModel.db, patient.patientId));
  if (plan.length === 0) return { grantKeys: [], wraps: [] };
  const to = await recipientOf(services, patient, grantee);
  const { consentId } = rule;
  const { grantKey, wrapper } = await newGrantKey(patient.patientId, crypto.randomUUID(), { consentId, ...to });
  const narrow = plan.filter(({ kind }) => kind === 'dataKeys');
  const wraps = [
    ...(await seedWraps(
      services,
      patient,
      plan.filter(({ kind }) => kind === 'seed'),
      wrapper,
    )),
    ...(narrow.length === 0 ? [] : await dataKeyWraps(services, caller, patient, rule, narrow, wrapper)),
  ].map((wrap) => Object.assign(wrap, { keyId: grantKey.keyId, recipient: to.grantee }));
  return wraps.length === 0 ? { grantKeys: [], wraps } : { grantKeys: [grantKey], wraps };
}

type Wrapped = Omit<OfferedWrap, 'recipient' | 'keyId'>;

async function seedWraps(
  services: Services,
  { patientId }: KnownPatient,
  plan: readonly KeyGrant[],
  wrapper: GrantWrapper,
): Promise<readonly Wrapped[]> {
  const keys = await categoryKeys(services, patientId);
  const custodial = new CustodialPatientKeys(services.keystore);
  return Promise.all(
    plan.map(async ({ category, confidentiality }) => {
      const { epoch } = keys(category, confidentiality);
      const key = { patientId, category, confidentiality, epoch };
      const sealed = await wrapper.wrapSeed(await custodial.seed(key), key);
      return { wrapId: crypto.randomUUID(), kind: 'seed' as const, category, confidentiality, epoch, sealed };
    }),
  );
}

async function dataKeyWraps(
  services: Services,
  caller: Caller,
  { patientId }: KnownPatient,
  rule: ConsentRule,
  plan: readonly KeyGrant[],
  wrapper: GrantWrapper,
): Promise<readonly Wrapped[]> {
  const { db } = services.readModel;
  const keys = new DataKeys(services, caller, [{ kind: 'self' }]);
  const pairs = new Set(plan.map(({ category, confidentiality }) => `${category}|${confidentiality}`));
  const records = (await recordsInChainOrder(db, patientId)).filter((record) => covers(rule, record, services.clock()));
  const batches = new Map(
    (
      await batchKeysOf(
        db,
        records.map(({ batchId }) => batchId),
      )
    ).map((batch) => [batch.batchId, batch]),
  );
  const wraps: Wrapped[] = [];
  for (const record of records) {
    const { category, confidentiality, epoch } = batches.get(record.batchId)!;
    if (!pairs.has(`${category}|${confidentiality}`)) continue;
    const { recordId, version } = record;
    const sealed = await wrapper.wrapDataKey(await keys.of(record), { recordId, version, epoch });
    const wrapId = crypto.randomUUID();
    wraps.push({ wrapId, kind: 'dek', category, confidentiality, epoch, recordId, version, sealed });
  }
  return wraps;
}

/** Whether the rule alone permits the record, whatever purpose it is for. */
function covers(rule: ConsentRule, record: RecordFact, timeMs: number): boolean {
  const { maxAccesses: _, ...plain } = rule;
  const purposes = rule.purposes ?? (['TREAT'] as const);
  return purposes.some((purpose) => decideConsent([plain], readRequest(purpose, timeMs), record).decision === 'permit');
}

/** To whose key a consent for this grantee is sealed, named as its wraps name it. */
async function recipientOf(
  services: Services,
  patient: KnownPatient,
  { kind, mspId, id }: Grantee,
): Promise<{ readonly grantee: string; readonly publicKey: Uint8Array }> {
  if (kind === 'person') return { grantee: id!, publicKey: await staffPublicKey(services, id!) };
  const group = { organization: wholeOrganization, department: id!, role: `role:${id}`, everyone: wholeOrganization }[
    kind
  ];
  const organization = mspId ?? patient.home;
  const { publicKey } = await groupPublicKey(services, organization, group);
  return { grantee: `${organization}/${group}`, publicKey };
}
