/** Keys that a consent hands over: what its grantee may open, wrapped under one key that is sealed to them. */
import type { Consent, Grantee, OfferedGrantKey, OfferedWrap, RecordFact } from '@chain-of-care/chaincode/model';
import type { HeldRule } from '@chain-of-care/chaincode/rules';
import { newGrantKey, planGrants, type GrantWrapper, type KeyGrant } from '@chain-of-care/client';
import type { Caller } from '../auth/caller.ts';
import { DataKeys, type PairSeed } from '../custody/dataKeys.ts';
import { CustodialPatientKeys } from '../custody/patientKeys.ts';
import type { KnownPatient } from '../custody/patients.ts';
import { categoryKeys, groupPublicKey, staffPublicKey, wholeOrganization } from '../custody/publicKeys.ts';
import { batchKeysOf } from '../readmodel/queries/care.ts';
import type { HeldSeed } from '../readmodel/queries/seeds.ts';
import type { Services } from '../services.ts';
import { denialsAbove, denialsTo, openedRecords } from './opened.ts';

/** Keys that one command hands over. */
export interface HandedOver {
  readonly grantKeys: readonly OfferedGrantKey[];
  readonly wraps: readonly OfferedWrap[];
}

const none: HandedOver = { grantKeys: [], wraps: [] };

/** What one command carries of each kind: together no more than the ledger takes. */
const dataKeysPerCommand = 150;
const seedsPerCommand = 50;

/** Where keys come from: the patient's custody, or the consent that is passed on. */
export interface KeySource {
  /** Private seeds that are held of a category's pair, an epoch each. */
  seeds(pair: Pair): Promise<readonly PairSeed[]>;
  /** @returns the data key of a record version; undefined where none is held */
  dataKey(record: RecordFact): Promise<Uint8Array | undefined>;
}

type Pair = Pick<RecordFact, 'patientId' | 'category' | 'confidentiality'>;

/** All keys of a patient in custody, of every epoch up to the current one: who may read a category may read what came before. */
export function patientKeys(services: Services, caller: Caller): KeySource {
  const custodial = new CustodialPatientKeys(services.keystore);
  const dataKeys = new DataKeys(services, caller, [{ kind: 'self' }]);
  return {
    async seeds(pair) {
      const current = (await categoryKeys(services, pair.patientId))(pair.category, pair.confidentiality);
      const epochs = Array.from({ length: current.epoch + 1 }, (_, epoch) => epoch);
      return Promise.all(epochs.map(async (epoch) => ({ epoch, seed: await custodial.seed({ ...pair, epoch }) })));
    },
    dataKey: (record) => dataKeys.of(record),
  };
}

/** What a consent handed over to the caller. */
export function grantedKeys(services: Services, caller: Caller, consentId: string): KeySource {
  const dataKeys = new DataKeys(services, caller, [{ kind: 'consent', consentId }]);
  return { seeds: (pair) => dataKeys.seedsOf(pair), dataKey: (record) => dataKeys.find(record) };
}

/**
 * @returns by command, that of the grant first; each brings a grant key of its own, so that whichever of them is repeated
 * completes what broke off
 * @throws Problem staff_not_found, organization_not_found when the grantee has no key to seal to
 */
export async function keysFor(
  services: Services,
  source: KeySource,
  patient: KnownPatient,
  rule: HeldRule,
  grantee: Grantee,
): Promise<readonly [HandedOver, ...HandedOver[]]> {
  if (rule.decision === 'deny') return [none];
  const plan = planGrants(rule, [...(await denialsTo(services, patient, grantee)), ...denialsAbove(rule)]);
  if (plan.length === 0) return [none];
  const to = await recipientOf(services, patient, grantee);
  const { consentId } = rule;
  const seeds = await seedsOf(source, patient, plan);
  const held = new Set(seeds.map(pairOf));
  const narrow = plan.filter((pair) => !held.has(pairOf(pair)));
  const opened = narrow.length === 0 ? [] : await openedRecords(services, patient, rule, grantee, dataKeysPerCommand);
  const parts = inParts(seeds, seedsPerCommand);
  const handed: HandedOver[] = [];
  for (let part = 0; part < Math.max(1, parts.length, opened.length); part += 1)
    handed.push(
      await handOver(patient, { consentId, ...to }, async (wrapper) => [
        ...(await seedWraps(parts[part] ?? [], wrapper)),
        ...(await dataKeyWraps(services, source, opened[part] ?? [], narrow, wrapper)),
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
  const custodial = new CustodialPatientKeys(services.keystore);
  const { patientId } = patient;
  const open = await Promise.all(
    seeds.map(async (seed) => ({ ...seed, patientId, seed: await custodial.seed({ ...seed, patientId }) })),
  );
  return Promise.all(
    inParts(open, seedsPerCommand).map(async (part) =>
      handOver(patient, { consentId, ...to }, (wrapper) => seedWraps(part, wrapper)),
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

interface OpenSeed extends Pair, PairSeed {}

/** The seeds of the plan that the source has. */
async function seedsOf(
  source: KeySource,
  { patientId }: KnownPatient,
  plan: readonly KeyGrant[],
): Promise<readonly OpenSeed[]> {
  const whole = plan.filter(({ kind }) => kind === 'seed');
  const held = await Promise.all(
    whole.map(async ({ category, confidentiality }) => {
      const pair = { patientId, category, confidentiality };
      return (await source.seeds(pair)).map((seed) => ({ ...pair, ...seed }));
    }),
  );
  return held.flat();
}

function seedWraps(seeds: readonly OpenSeed[], wrapper: GrantWrapper): Promise<readonly Wrapped[]> {
  return Promise.all(
    seeds.map(async ({ seed, ...key }) => {
      const { category, confidentiality, epoch } = key;
      const sealed = await wrapper.wrapSeed(seed, key);
      return { wrapId: crypto.randomUUID(), kind: 'seed' as const, category, confidentiality, epoch, sealed };
    }),
  );
}

const pairOf = ({ category, confidentiality }: Pick<KeyGrant, 'category' | 'confidentiality'>): string =>
  `${category}|${confidentiality}`;

function inParts<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, part) =>
    items.slice(part * size, (part + 1) * size),
  );
}

async function dataKeyWraps(
  services: Services,
  source: KeySource,
  records: readonly RecordFact[],
  plan: readonly KeyGrant[],
  wrapper: GrantWrapper,
): Promise<readonly Wrapped[]> {
  const pairs = new Set(plan.map(pairOf));
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
    if (!pairs.has(pairOf({ category, confidentiality }))) continue;
    const dataKey = await source.dataKey(record);
    if (dataKey === undefined) continue;
    const { recordId, version } = record;
    const sealed = await wrapper.wrapDataKey(dataKey, { recordId, version, epoch });
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
  const group = {
    organization: wholeOrganization,
    department: id!,
    role: `role:${id}`,
    // Who is on the team changes, the key does not: the organisation opens it for a VALID access by this consent only.
    'care-team': wholeOrganization,
    everyone: wholeOrganization,
  }[kind];
  const organization = mspId ?? patient.home;
  const { publicKey } = await groupPublicKey(services, organization, group);
  return { grantee: `${organization}/${group}`, publicKey };
}
