/**
 * New key epochs after somebody lost a right. The revocation itself writes one stop and waits for nobody; what follows is
 * an act of the patient's own, by the keys that this organisation keeps for them. What is to be done is read from the
 * facts each time, so that it goes on after a crash, and doing it twice changes nothing.
 */
import { randomBytes } from 'node:crypto';
import { collectionName, Refusal, type BeginKeyEpoch } from '@chain-of-care/chaincode/model';
import { planGrants } from '@chain-of-care/client';
import { requireOwnKeys } from '../custody/ownKeys.ts';
import { custodialIdentity, CustodialPatientKeys } from '../custody/patientKeys.ts';
import { patientOf, type KnownPatient } from '../custody/patients.ts';
import type { Act } from '../fabric/act.ts';
import { Problem } from '../http/problem.ts';
import { PatientRules } from '../readmodel/queries/consentRules.ts';
import { seedHoldersOf, type HeldSeed, type SeedHolder } from '../readmodel/queries/seeds.ts';
import type { Services } from '../services.ts';
import { planEpochs, type Holder } from './epochPlan.ts';
import { addedWraps } from './grant.ts';
import { seedsFor } from './keys.ts';
import { denialsAbove, denialsTo } from './opened.ts';

const roundsAtMost = 5;

/**
 * Brings the epochs of a patient's keys in line with the consents that stand.
 *
 * @returns how many epochs began
 * @throws Refusal, Problem of the ledger
 */
export async function decideEpochs(services: Services, patientId: string): Promise<number> {
  const patient = await patientOf(services, patientId);
  const identity = await custodialIdentity(services.keystore, services.profile.mspId, patientId);
  if (identity === undefined) return 0;
  let begun = 0;
  for (let round = 0; round < roundsAtMost; round += 1) {
    await services.readModel.waitForAcknowledged();
    const acts = await actsFor(services, patient);
    if (acts.length === 0) return begun;
    const fates = await services.ledger.submitAll<{ begun?: number }>(identity, acts);
    for (const { outcome } of fates) {
      if (outcome.status !== 'refused') begun += outcome.result.begun ?? 0;
      else if (!overtaken.has(outcome.code)) throw new Refusal(outcome.code, outcome.detail, outcome.pointer);
    }
  }
  throw new Problem('conflict', { detail: 'consents change faster than keys can follow' });
}

/** Another gateway began the epoch, or the consent ended meanwhile: the next round reads what is to be done then. */
const overtaken: ReadonlySet<string> = new Set(['epoch_not_current', 'consent_already_ended']);

/** The epochs that begin come first: seeds are handed over of epochs that have begun, in one transaction where they fit. */
async function actsFor(services: Services, patient: KnownPatient): Promise<readonly Act[]> {
  const holders = await seedHoldersOf(services.readModel.db, patient.patientId);
  const keys = await services.facts.categoryKeys(patient.patientId);
  const { begin, owed } = planEpochs(keys, await rightsOf(services, patient, holders));
  if (begin.length > 0 || owed.size > 0) await requireOwnKeys(services, patient.patientId);
  const acts: Act[] = begin.length === 0 ? [] : [await beginning(services, patient, begin)];
  for (const { consent } of holders) {
    const seeds = owed.get(consent.consentId);
    if (seeds === undefined) continue;
    for (const handed of await seedsOrNone(services, patient, consent, seeds))
      acts.push({ ...addedWraps(patient, consent, handed), key: freshKey() });
  }
  return acts;
}

async function rightsOf(
  services: Services,
  patient: KnownPatient,
  holders: readonly SeedHolder[],
): Promise<readonly Holder[]> {
  const rules = await PatientRules.of(services.readModel.db, patient.patientId);
  const nowMs = services.clock();
  return Promise.all(
    holders.map(async ({ consent, seeds }) => {
      const { consentId, grantee, revokedAt, expiresAt } = consent;
      const held = rules.withAncestors(consent, grantee.mspId ?? patient.home, patient.home);
      const hasExpired = expiresAt !== undefined && Date.parse(expiresAt) <= nowMs;
      const stands = held !== undefined && revokedAt === undefined && !hasExpired;
      const denials = stands ? [...(await denialsTo(services, patient, grantee, rules)), ...denialsAbove(held)] : [];
      const grants = stands ? planGrants(consent, denials) : [];
      const whole = new Set(grants.filter(({ kind }) => kind === 'seed').map(nameOf));
      return { consentId, seeds, mayHold: (pair: Pair) => whole.has(nameOf(pair)) };
    }),
  );
}

type Pair = Pick<HeldSeed, 'category' | 'confidentiality'>;

const nameOf = ({ category, confidentiality }: Pair): string => `${category}|${confidentiality}`;

async function beginning(
  { keystore }: Services,
  { patientId, home, handle }: KnownPatient,
  begin: readonly HeldSeed[],
): Promise<Act<BeginKeyEpoch>> {
  const custodial = new CustodialPatientKeys(keystore);
  const keys = await Promise.all(
    begin.map(async (pair) => ({ ...pair, publicKey: await custodial.publicKey({ patientId, ...pair }) })),
  );
  return {
    type: 'care.beginKeyEpoch',
    body: { patientId, home, keys },
    handle,
    key: freshKey(),
    touches: { writes: [collectionName.care(home)] },
    head: patientId,
  };
}

/** Whoever has no key any more to seal to keeps what they have. */
async function seedsOrNone(
  services: Services,
  patient: KnownPatient,
  { consentId, grantee }: SeedHolder['consent'],
  seeds: readonly HeldSeed[],
): ReturnType<typeof seedsFor> {
  try {
    return await seedsFor(services, patient, { consentId, grantee }, seeds);
  } catch (error) {
    if (!(error instanceof Problem) || !withoutKey.has(error.code)) throw error;
    return [];
  }
}

const withoutKey: ReadonlySet<string> = new Set(['staff_not_found', 'organization_not_found']);

/** Of a command that is decided anew each time: a repeat of it is refused by what it finds, not known by its key. */
const freshKey = (): string => randomBytes(32).toString('hex');
