/** Keys that a consent hands over: what its grantee may open, wrapped under one key that is sealed to them. */
import type {
  Consent,
  ConsentRule,
  Grantee,
  OfferedGrantKey,
  OfferedWrap,
  RecordFact,
} from '@chain-of-care/chaincode/model';
import { newGrantKey, planGrants, type GrantWrapper, type KeyGrant } from '@chain-of-care/client';
import type { Caller } from '../auth/caller.ts';
import { DataKeys } from '../custody/dataKeys.ts';
import { CustodialPatientKeys } from '../custody/patientKeys.ts';
import type { KnownPatient } from '../custody/patients.ts';
import { categoryKeys, groupPublicKey, staffPublicKey, wholeOrganization } from '../custody/publicKeys.ts';
import { batchKeysOf } from '../readmodel/queries/care.ts';
import type { HeldSeed } from '../readmodel/queries/seeds.ts';
import type { Services } from '../services.ts';
import { denialsTo, openedRecords } from './opened.ts';

/** Keys that one command hands over. */
export interface HandedOver {
  readonly grantKeys: readonly OfferedGrantKey[];
  readonly wraps: readonly OfferedWrap[];
}

const none: HandedOver = { grantKeys: [], wraps: [] };

/** What one command carries of each kind: together no more than the ledger takes. */
const dataKeysPerCommand = 150;
const seedsPerCommand = 50;

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
  const plan = planGrants(rule, await denialsTo(services, patient, grantee));
  if (plan.length === 0) return [none];
  const to = await recipientOf(services, patient, grantee);
  const { consentId } = rule;
  const narrow = plan.filter(({ kind }) => kind === 'dataKeys');
  const opened = narrow.length === 0 ? [] : await openedRecords(services, patient, rule, grantee, dataKeysPerCommand);
  const dataKeys = new DataKeys(services, caller, [{ kind: 'self' }]);
  const seeds = inParts(
    await everyEpoch(
      services,
      patient,
      plan.filter(({ kind }) => kind === 'seed'),
    ),
    seedsPerCommand,
  );
  const handed: HandedOver[] = [];
  for (let part = 0; part < Math.max(1, seeds.length, opened.length); part += 1)
    handed.push(
      await handOver(patient, { consentId, ...to }, async (wrapper) => [
        ...(await seedWraps(services, patient, seeds[part] ?? [], wrapper)),
        ...(await dataKeyWraps(services, dataKeys, opened[part] ?? [], narrow, wrapper)),
      ]),
    );
  const [first = none, ...further] = handed;
  return [first, ...further];
}

/**
 * Seeds under further grant keys of a consent, by command.
 *
 * @throws Problem staff_not_found, organization_not_found when the grantee has no key to seal to
 */
export async function seedsFor(
  services: Services,
  patient: KnownPatient,
  { consentId, grantee }: Pick<Consent, 'consentId' | 'grantee'>,
  seeds: readonly HeldSeed[],
): Promise<readonly HandedOver[]> {
  const to = await recipientOf(services, patient, grantee);
  return Promise.all(
    inParts(seeds, seedsPerCommand).map(async (part) =>
      handOver(patient, { consentId, ...to }, (wrapper) => seedWraps(services, patient, part, wrapper)),
    ),
  );
}

type Wrapped = Omit<OfferedWrap, 'recipient' | 'keyId'>;

async function handOver(
  { patientId }: KnownPatient,
  to: Parameters<typeof newGrantKey>[2],
  wrapAll: (wrapper: GrantWrapper) => Promise<readonly Wrapped[]>,
): Promise<HandedOver> {
  const { grantKey, wrapper } = await newGrantKey(patientId, crypto.randomUUID(), to);
  const wraps = (await wrapAll(wrapper)).map((wrap) =>
    Object.assign(wrap, { keyId: grantKey.keyId, recipient: to.grantee }),
  );
  return wraps.length === 0 ? none : { grantKeys: [grantKey], wraps };
}

/** Of each pair the epochs up to the current one: whoever may read a category may read what came before. */
async function everyEpoch(
  services: Services,
  { patientId }: KnownPatient,
  plan: readonly KeyGrant[],
): Promise<readonly HeldSeed[]> {
  const keys = await categoryKeys(services, patientId);
  return plan.flatMap(({ category, confidentiality }) =>
    Array.from({ length: keys(category, confidentiality).epoch + 1 }, (_, epoch) => ({
      category,
      confidentiality,
      epoch,
    })),
  );
}

async function seedWraps(
  services: Services,
  { patientId }: KnownPatient,
  seeds: readonly HeldSeed[],
  wrapper: GrantWrapper,
): Promise<readonly Wrapped[]> {
  const custodial = new CustodialPatientKeys(services.keystore);
  return Promise.all(
    seeds.map(async ({ category, confidentiality, epoch }) => {
      const key = { patientId, category, confidentiality, epoch };
      const sealed = await wrapper.wrapSeed(await custodial.seed(key), key);
      return { wrapId: crypto.randomUUID(), kind: 'seed' as const, category, confidentiality, epoch, sealed };
    }),
  );
}

function inParts<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, part) =>
    items.slice(part * size, (part + 1) * size),
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
