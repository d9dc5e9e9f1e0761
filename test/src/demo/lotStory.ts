/**
 * A whole lot: from the factory over a distributor to pharmacies and patients, with attacks on the way and a recall at the
 * end. Everything through REST, by the people who would do it.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { inTurns } from '../bench/population.ts';
import {
  casesOf,
  makeLot,
  newGln,
  packCases,
  packLevel,
  posterOf,
  recordAll,
  serialsFrom,
  type MadeLot,
} from '../system/lots.ts';
import type { People } from '../system/people.ts';
import type { Json, Page, RestSession } from '../system/rest.ts';
import { refusedWith, transactionOf, type Done, type Teller } from './teller.ts';

export interface LotSummary {
  readonly gtin: string;
  readonly lot: string;
  readonly packs: number;
  readonly dispensed: number;
  readonly alerts: number;
  readonly seconds: number;
}

interface Pharmacy {
  readonly gln: string;
  readonly session: RestSession;
  /** Cases it got, by their number. */
  readonly cases: readonly number[];
}

interface Verified extends Json {
  readonly isAuthentic: boolean;
  readonly riskScore: number;
  readonly riskBand: string;
}

const warehouse = '4260000000042';
const pharmacies = 4;
const casesOfPallet = 40;
const casesOfShipment = 100;
const palletsOfShipment = 50;
const dispensingsAtOnce = 4;
const eventsPath = '/v1/supply-events';

/** @param packs of the lot; half of each case is dispensed before it is recalled */
export async function tellLotStory(teller: Teller, people: People, packs: number): Promise<LotSummary> {
  const begun = performance.now();
  const [maker, distributor, inspector] = [
    await people.as('PharmaMSP', 'maker'),
    await people.as('PharmaMSP', 'distributor'),
    await people.as('RegulatorMSP', 'inspector'),
  ];
  teller.story(`A lot of ${packs} packs, from the factory to the patients`);
  const opened = await teller.step(`${pharmacies} pharmacies are licensed`, async () => {
    const made = await inTurns(pharmacies, () => openPharmacy(people, inspector), 2);
    return { value: made, outcome: `GLN ${made.map(({ gln }) => gln).join(', ')}` };
  });
  const lot = await teller.step('the maker registers product and lot and commissions every serial', async () =>
    quick(
      packs,
      'packs',
      () => makeLot(posterOf(maker), packs),
      ({ gtin, lot: name }) => `GTIN ${gtin}, lot ${name}`,
    ),
  );
  const cases = await teller.step('packs them into cases', async () =>
    quick(
      packs,
      'packs',
      () => packCases(posterOf(maker), lot),
      (made) => `${made.length} cases`,
    ),
  );
  const pallets = await teller.step('and the cases onto pallets', async () => {
    const made = await packLevel(posterOf(maker), cases, casesOfPallet);
    return { value: made, outcome: `${made.length} pallets` };
  });
  await teller.step('ships all of it to the distributor, who receives it', async () => {
    for (const containers of inParts(pallets, palletsOfShipment)) await move(maker, distributor, warehouse, containers);
    return { value: undefined, outcome: `${pallets.length} writes of custody for ${packs} packs` };
  });
  const supplied = await teller.step('the distributor breaks the pallets and supplies the pharmacies', async () => {
    for (const [index, containers] of inParts(cases, casesOfPallet).entries())
      await recordAll(posterOf(distributor), [{ type: 'unpack', sscc: pallets[index], containers }]);
    const made = opened.map((pharmacy, number) => ({
      ...pharmacy,
      cases: cases.map((_, index) => index).filter((index) => index % pharmacies === number),
    }));
    for (const { gln, session, cases: own } of made)
      for (const some of inParts(own, casesOfShipment))
        await move(
          distributor,
          session,
          gln,
          some.map((index) => cases[index]!),
        );
    return { value: made, outcome: made.map(({ cases: own }) => `${own.length} cases`).join(', ') };
  });
  const dispensed = await teller.step('pharmacists hand out half of every case to patients', async () => {
    const count = Math.ceil(packs / 2);
    return quick(
      count,
      'packs',
      () => dispenseHalf(supplied, lot),
      (done) => `${done} packs supplied`,
    );
  });
  await tellAttacks(teller, { lot, cases, supplied, distributor });
  await teller.step('the maker recalls the lot: one write, at once for every pack', async () => {
    const body = { class: 'I', depth: 'consumer', gtin: lot.gtin, lots: [lot.lot] };
    const recalled = await maker.create('/v1/recalls', body);
    return {
      value: undefined,
      outcome: `recall ${String(recalled['recallId'])}`,
      transaction: transactionOf(recalled),
    };
  });
  await tellAfterRecall(teller, { lot, cases, supplied, distributor });
  const alerts = await teller.step('the regulator sees an alert of every attempt', async () => {
    const found = await alertsOf(inspector, lot, expectedAlerts);
    const kinds = found.map(({ type, reason }) => `${String(type)} (${String(reason)})`);
    return { value: found.length, outcome: kinds.toSorted().join(', '), asExpected: found.length >= expectedAlerts };
  });
  const seconds = (performance.now() - begun) / 1000;
  return { gtin: lot.gtin, lot: lot.lot, packs, dispensed, alerts, seconds };
}

interface Scene {
  readonly lot: MadeLot;
  readonly cases: readonly string[];
  readonly supplied: readonly Pharmacy[];
  readonly distributor: RestSession;
}

/** Of attempts on packs: a second supply, somebody else's, a recalled one. */
const expectedAlerts = 3;

async function tellAttacks(teller: Teller, { lot, cases, supplied, distributor }: Scene): Promise<void> {
  const [first, second] = supplied as [Pharmacy, Pharmacy];
  const sold = serialsOfCase(lot, first.cases[0]!)[0]!;
  const kept = serialsOfCase(lot, first.cases[0]!).at(-1)!;
  await teller.step('attack: a copy of a sold box is offered at another pharmacy', async () =>
    scanned(await verify(second.session, lot, sold, 'dispense'), 'reject'),
  );
  await teller.step('attack: and its pharmacist tries to supply it', async () =>
    refusedWith(
      await second.session.post(eventsPath, { type: 'dispense', packs: packsOf(lot, [sold]) }),
      409,
      'already_supplied',
    ),
  );
  await teller.step('attack: a case of one pharmacy is shipped on by the distributor once more', async () =>
    refusedWith(
      await distributor.post(eventsPath, { type: 'ship', recipient: second.gln, containers: [cases[first.cases[0]!]] }),
      403,
      'not_custodian',
    ),
  );
  await teller.step('attack: a pharmacist supplies what lies at another pharmacy', async () =>
    refusedWith(
      await second.session.post(eventsPath, { type: 'dispense', packs: packsOf(lot, [kept]) }),
      403,
      'not_custodian',
    ),
  );
  await teller.step('attack: a later expiry date is printed over the true one', async () =>
    scanned(await verify(first.session, { ...lot, expiry: '381231' }, kept, 'dispense'), 'quarantine', 'reject'),
  );
  await teller.step('attack: a serial that nobody made', async () =>
    scanned(await verify(first.session, lot, `X${sold.slice(1)}`, 'dispense'), 'reject'),
  );
}

async function tellAfterRecall(teller: Teller, { lot, supplied }: Scene): Promise<void> {
  const [first] = supplied as [Pharmacy];
  const serials = serialsOfCase(lot, first.cases[0]!);
  const [sold, kept] = [serials[0]!, serials.at(-2)!];
  await teller.step('a pharmacist who would still supply it is refused', async () =>
    refusedWith(
      await first.session.post(eventsPath, { type: 'dispense', packs: packsOf(lot, [kept]) }),
      410,
      'lot_recalled',
    ),
  );
  await teller.step('a patient who scans the box at home is warned; it is still authentic', async () => {
    const answer = await verify(first.session, lot, sold, 'consumer');
    return { ...scanned(answer, 'reject'), asExpected: answer.isAuthentic && answer.riskBand === 'reject' };
  });
}

async function openPharmacy(people: People, inspector: RestSession): Promise<Pharmacy> {
  const admin = await people.as('HospitalMSP', 'admin');
  const gln = newGln();
  const subject = `pharmacist-${randomUUID().slice(0, 8)}`;
  const place = { name: 'Pharmacy', kind: 'pharmacy', latitude: 50.9, longitude: 6.9, country: 'DE' };
  await admin.create('/v1/premises', { gln, ...place });
  await admin.create('/v1/staff', { role: 'pharmacist', gln, subject });
  const period = { validFrom: '2025-01-01T00:00:00Z', validUntil: '2035-01-01T00:00:00Z' };
  await inspector.create('/v1/licences', { kind: 'pharmacy', gln, ...period });
  return { gln, session: await people.as('HospitalMSP', subject), cases: [] };
}

/** Ships containers and receives them. */
async function move(
  from: RestSession,
  to: RestSession,
  recipient: string,
  containers: readonly string[],
): Promise<void> {
  const [shipped] = await recordAll(posterOf(from), [{ type: 'ship', recipient, containers }]);
  await recordAll(posterOf(to), [{ type: 'receive', shipmentId: shipped!.shipmentId, containers }]);
}

/** @returns packs handed out */
async function dispenseHalf(supplied: readonly Pharmacy[], lot: MadeLot): Promise<number> {
  let dispensed = 0;
  const work = supplied.flatMap(({ session, cases }) => cases.map((index) => ({ session, index })));
  await inTurns(
    work.length,
    async (number) => {
      const { session, index } = work[number]!;
      const all = serialsOfCase(lot, index);
      const half = all.slice(0, Math.ceil(all.length / 2));
      await recordAll(posterOf(session), [{ type: 'dispense', packs: packsOf(lot, half) }]);
      dispensed += half.length;
    },
    dispensingsAtOnce,
  );
  return dispensed;
}

function serialsOfCase({ units }: MadeLot, index: number): readonly string[] {
  const { first, count } = casesOf(units)[index]!;
  return serialsFrom(first, count);
}

function packsOf({ gtin, lot }: MadeLot, serials: readonly string[]): readonly Json[] {
  return [{ gtin, lot, serials }];
}

function verify(
  session: RestSession,
  { gtin, lot, expiry }: MadeLot,
  serial: string,
  context: string,
): Promise<Verified> {
  const scan = `]d201${gtin}21${serial}\u001D17${expiry}10${lot}`;
  return session.create<Verified>('/v1/verifications', { scan, context }, { key: null });
}

function scanned({ isAuthentic, riskScore, riskBand }: Verified, ...bands: readonly string[]): Done<undefined> {
  const outcome = `authentic: ${String(isAuthentic)}, risk ${riskScore} (${riskBand})`;
  return { value: undefined, outcome, asExpected: bands.includes(riskBand) };
}

const alertsWithinMs = 60_000;

/** Alerts about the lot, once there are as many: reports of refused acts may come a moment later. */
async function alertsOf(inspector: RestSession, { gtin }: MadeLot, least: number): Promise<readonly Json[]> {
  for (const deadline = Date.now() + alertsWithinMs; ; await delay(500)) {
    const { items } = await inspector.read<Page>(`/v1/alerts?gtin=${gtin}&limit=100`);
    if (items.length >= least || Date.now() > deadline) return items;
  }
}

/** Does something with many packs, and tells how many a second that were. */
async function quick<Value>(
  count: number,
  what: string,
  work: () => Promise<Value>,
  say: (value: Value) => string,
): Promise<Done<Value>> {
  const begun = performance.now();
  const value = await work();
  const perSecond = count / ((performance.now() - begun) / 1000);
  return { value, outcome: `${say(value)}; ${perSecond.toFixed(0)} ${what} a second` };
}

function inParts<Value>(list: readonly Value[], size: number): Value[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) =>
    list.slice(index * size, (index + 1) * size),
  );
}
