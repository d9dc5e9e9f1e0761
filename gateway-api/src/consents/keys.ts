/** Keys that a consent hands over: what its grantee may open, wrapped under one key that is sealed to them. */
import type { ConsentRule, Grantee, OfferedGrantKey, OfferedWrap, RecordFact } from '@chain-of-care/chaincode/model';
import { newGrantKey, planGrants, type GrantWrapper, type KeyGrant } from '@chain-of-care/client';
import type { Caller } from '../auth/caller.ts';
import { DataKeys } from '../custody/dataKeys.ts';
import { CustodialPatientKeys } from '../custody/patientKeys.ts';
import type { KnownPatient } from '../custody/patients.ts';
import { categoryKeys, groupPublicKey, staffPublicKey, wholeOrganization } from '../custody/publicKeys.ts';
import { batchKeysOf, deniesOfPatient } from '../readmodel/queries/care.ts';
import type { Services } from '../services.ts';
import { openedRecords } from './opened.ts';

/** Keys that one command hands over. */
export interface HandedOver {
  readonly grantKeys: readonly OfferedGrantKey[];
  readonly wraps: readonly OfferedWrap[];
}

const none: HandedOver = { grantKeys: [], wraps: [] };

/** Data keys that one command carries; the seeds, some twenty at most, are in the first. */
const dataKeysPerCommand = 150;

/**
 * @returns by command, that of the grant first; each brings a grant key of its own, so that whichever of them is repeated
 * completes what broke off
 * @throws Problem staff_not_found, organization_not_found when the grantee has no key to seal to
 */
export async function keysFor(
  services: Services,
  caller: Caller,
  patient: KnownPatient,
  rule: ConsentRule,
  grantee: Grantee,
): Promise<readonly [HandedOver, ...HandedOver[]]> {
  if (rule.decision === 'deny') return [none];
  const plan = planGrants(rule, await deniesOfPatient(services.readModel.db, patient.patientId));
  if (plan.length === 0) return [none];
  const to = await recipientOf(services, patient, grantee);
  const { consentId } = rule;
  const narrow = plan.filter(({ kind }) => kind === 'dataKeys');
  const opened = narrow.length === 0 ? [] : await openedRecords(services, patient, rule, grantee, dataKeysPerCommand);
  const dataKeys = new DataKeys(services, caller, [{ kind: 'self' }]);
  const handOver = async (wrapAll: (wrapper: GrantWrapper) => Promise<readonly Wrapped[]>): Promise<HandedOver> => {
    const { grantKey, wrapper } = await newGrantKey(patient.patientId, crypto.randomUUID(), { consentId, ...to });
    const wraps = (await wrapAll(wrapper)).map((wrap) =>
      Object.assign(wrap, { keyId: grantKey.keyId, recipient: to.grantee }),
    );
    return wraps.length === 0 ? none : { grantKeys: [grantKey], wraps };
  };
  const [first = [], ...further] = opened;
  const seeds = plan.filter(({ kind }) => kind === 'seed');
  const handed: [HandedOver, ...HandedOver[]] = [
    await handOver(async (wrapper) => [
      ...(await seedWraps(services, patient, seeds, wrapper)),
      ...(await dataKeyWraps(services, dataKeys, first, narrow, wrapper)),
    ]),
  ];
  for (const records of further)
    handed.push(await handOver((wrapper) => dataKeyWraps(services, dataKeys, records, narrow, wrapper)));
  return handed;
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
  keys: DataKeys,
  records: readonly RecordFact[],
  plan: readonly KeyGrant[],
  wrapper: GrantWrapper,
): Promise<readonly Wrapped[]> {
  const pairs = new Set(plan.map(({ category, confidentiality }) => `${category}|${confidentiality}`));
  const batches = new Map(
    (
      await batchKeysOf(
        services.readModel.db,
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
