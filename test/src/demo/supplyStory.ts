/** The supply chain: a lot from the factory to the pharmacy's counter, and a box that is handed out a second time. */
import { setTimeout as delay } from 'node:timers/promises';
import type { People } from '../system/people.ts';
import type { Json, Page, RestSession } from '../system/rest.ts';
import { madeUpGoods, scanOf, type MadeUpGoods } from './goods.ts';
import { refusedWith, transactionOf, type Done, type Teller } from './teller.ts';

export interface SupplySummary {
  readonly gtin: string;
  readonly lot: string;
  readonly packs: number;
  readonly alertId: string;
}

interface Verification extends Json {
  readonly isAuthentic: boolean;
  readonly riskScore: number;
  readonly riskBand: string;
  readonly status: { readonly verdict: string };
}

const pharmacyGln = '4260000000028';
const packsOfStory = 20;
const alertWaitMs = 30_000;

export async function tellSupplyStory(teller: Teller, people: People): Promise<SupplySummary> {
  const maker = await people.as('PharmaMSP', 'maker');
  const pharmacist = await people.as('HospitalMSP', 'pharmacist');
  const inspector = await people.as('RegulatorMSP', 'inspector');
  const goods = madeUpGoods(packsOfStory);
  const { gtin, lot, expiry, sscc, serials } = goods;
  const [handedOut, kept] = [serials[0]!, serials[1]!];
  const scan = scanOf(goods, handedOut);

  teller.story('Supply: a pack from the factory to the patient');
  await teller.step('the maker registers a product and a lot', async () => {
    const product = { gtin, name: 'Cardiozine', dosageForm: 'tablet', strength: '5 mg' };
    await maker.create('/v1/products', product);
    const manufacturedOn = new Date().toISOString().slice(0, 10);
    const body = { lot, expiry, manufacturedOn, declaredQuantity: packsOfStory };
    return told(
      await maker.create(`/v1/products/${gtin}/lots`, body),
      `GTIN ${gtin}, lot ${lot}, ${packsOfStory} packs`,
    );
  });
  await teller.step('commissions its serial numbers', async () =>
    told(await event(maker, { type: 'commission', gtin, lot, serials }), `${serials.length} packs active`),
  );
  await teller.step('packs them into a container', async () =>
    told(await event(maker, { type: 'pack', sscc, packs: [{ gtin, lot, serials }], containers: [] }), `SSCC ${sscc}`),
  );
  const shipmentId = await teller.step('ships the container to the hospital’s pharmacy', async () => {
    const body = await event(maker, { type: 'ship', recipient: pharmacyGln, containers: [sscc] });
    const id = String(body['shipmentId']);
    return { value: id, outcome: `shipment ${id}`, transaction: transactionOf(body) };
  });
  await teller.step('the pharmacy receives it, and takes the packs out', async () => {
    await event(pharmacist, { type: 'receive', shipmentId, containers: [sscc], complete: true });
    return told(
      await event(pharmacist, { type: 'unpack', sscc, packs: [{ gtin, lot, serials }] }),
      'in custody of the pharmacy',
    );
  });
  await teller.step('a scan before dispensing: authentic, usable', async () =>
    verified(await verify(pharmacist, { scan, context: 'dispense' }), true, (answer) => answer.riskScore < 20),
  );
  await teller.step('the pharmacist dispenses one pack', async () =>
    told(await event(pharmacist, { type: 'dispense', packs: [{ scan }] }), `serial ${handedOut} supplied`),
  );
  const again = await teller.step('the same pack a second time is refused', async () =>
    refusedWith(
      await pharmacist.post('/v1/supply-events', { type: 'dispense', packs: [{ scan }] }),
      409,
      'already_supplied_here',
    ),
  );
  const alertId = await teller.step('and has become an alert that regulator and maker see', async () => {
    const named = again.body['alertId'];
    const id = await alertOf(inspector, goods, typeof named === 'string' ? named : undefined);
    return {
      value: await alertOf(maker, goods, id),
      outcome: `alert ${id}, at the regulator’s gateway and at the maker’s`,
    };
  });
  await teller.step('a scan before dispensing it again: reject', async () =>
    verified(await verify(pharmacist, { scan, context: 'dispense' }), true, (answer) => answer.riskScore >= 80),
  );
  await teller.step('its neighbour is still good, also to the public', async () =>
    verified(
      await verify(await people.nobody('RegulatorMSP'), { scan: scanOf(goods, kept), context: 'inspection' }),
      true,
      (answer) => answer.riskScore < 80,
    ),
  );
  await teller.step('a serial that was never made is unknown', async () =>
    verified(
      await verify(await people.nobody('RegulatorMSP'), { gtin, serial: 'NEVERMADE', lot, context: 'inspection' }),
      false,
      (answer) => answer.riskScore === 100,
    ),
  );
  return { gtin, lot, packs: packsOfStory, alertId };
}

const event = (session: RestSession, body: Json): Promise<Json> => session.create('/v1/supply-events', body);

const verify = (session: RestSession, body: Json): Promise<Verification> =>
  session.create<Verification>('/v1/verifications', body, { key: null });

function told(body: Json, outcome: string): Done<Json> {
  return { value: body, outcome, transaction: transactionOf(body) };
}

function verified(
  answer: Verification,
  isAuthentic: boolean,
  fits: (answer: Verification) => boolean,
): Done<undefined> {
  const { riskScore, riskBand, status } = answer;
  return {
    value: undefined,
    outcome: `authentic: ${String(answer.isAuthentic)}, ${status.verdict}, risk ${riskScore} (${riskBand})`,
    asExpected: answer.isAuthentic === isAuthentic && fits(answer),
  };
}

/** The alert as the regulator's gateway has it: it may be some blocks behind. */
/** The alert as this member's gateway shows it: each follows the ledger at its own pace. */
async function alertOf(reader: RestSession, { gtin }: MadeUpGoods, named: string | undefined): Promise<string> {
  for (const deadline = Date.now() + alertWaitMs; Date.now() < deadline; await delay(200)) {
    const { items } = await reader.read<Page>(`/v1/alerts?gtin=${gtin}`);
    const found = items.map((alert) => String(alert['alertId'] ?? alert['id']));
    if (found.length > 0 && (named === undefined || found.includes(named))) return named ?? found[0]!;
  }
  throw new Error('the alert is not there');
}
