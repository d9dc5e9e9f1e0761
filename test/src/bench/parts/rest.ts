/** Single acts through REST with everything on: authentication, sealing, ciphertext store, read model, log. */
import { madeUpGoods } from '../../demo/goods.ts';
import type { LoadCaller } from '../measure/httpClient.ts';
import { callerOf, hospital, inTurns, newRecord } from '../population.ts';
import type { Stage } from '../stage.ts';

/** A feed has far more under way than people do: that is what coalescing is for. */
export const feedFactor = 6;
const lots = 16;
const packsOfLot = 100_000;

export async function benchRest(stage: Stage): Promise<void> {
  const { clinicians, patients, integration } = await stage.population();
  const workers = stage.options.clients;
  const following = (index: number) => clinicians[(index + 1) % clinicians.length]!;

  await stage.load({
    name: 'recordAppend',
    workers,
    work: (index) => clinicians[index]!.caller.post(`${patients[index]!.chart}/records`, newRecord()),
  });
  let sent = 0;
  await stage.load({
    name: 'recordAppendFeed',
    workers: workers * feedFactor,
    work: () => integration.post(`${patients[(sent += 1) % patients.length]!.chart}/records`, newRecord()),
  });
  const consentTo = (index: number) =>
    patients[index]!.caller.post(`${patients[index]!.chart}/consents`, {
      grantee: { kind: 'person', mspId: hospital, id: following(index).staffId },
      purposes: ['TREAT'],
    });
  await inTurns(workers, consentTo);
  const asked = { purposeOfUse: 'TREAT', reason: 'ward round', categories: ['lab_result'] };
  const access = (index: number) =>
    following(index).caller.post<{ id: string }>(`${patients[index]!.chart}/accesses`, asked);
  await stage.load({ name: 'access', workers, work: access });
  await benchEvaluate(stage, await inTurns(workers, access));
  await stage.load({ name: 'consent', workers, work: consentTo });
  await benchSupply(stage);
}

/** Reading content evaluates `care.checkAccess` on the peer before a byte leaves; a verification may ask the ledger. */
async function benchEvaluate(stage: Stage, accesses: readonly { readonly id: string }[]): Promise<void> {
  const { clinicians } = await stage.population();
  const callers = accesses.map((_, index) => clinicians[(index + 1) % clinicians.length]!.caller);
  const paths = await inTurns(accesses.length, (index) => contentPath(callers[index]!, accesses[index]!.id));
  const workers = Math.min(stage.options.clients, 32);
  await stage.load({ name: 'readContent', workers, work: (index) => callers[index]!.get(paths[index]!) });
  const verifier = await callerOf(stage.people, 'RegulatorMSP', 'inspector');
  const body = { gtin: '00300692587415', serial: 'DEMO0003', context: 'inspection' };
  await stage.load({
    name: 'verifyOnLedger',
    workers,
    work: () => verifier.post('/v1/verifications?proof=ledger', body),
  });
}

async function contentPath(caller: LoadCaller, accessId: string): Promise<string> {
  const listed = await caller.get(`/v1/accesses/${accessId}/records?limit=1`);
  const { items } = JSON.parse(Buffer.from(listed).toString('utf8')) as { items: readonly { id: string }[] };
  return `/v1/accesses/${accessId}/records/${items[0]!.id}/content`;
}

/** A line that reports each pack as it leaves the printer. */
async function benchSupply(stage: Stage): Promise<void> {
  const maker = await callerOf(stage.people, 'PharmaMSP', 'maker');
  const { gtin, expiry } = madeUpGoods(0);
  await maker.post('/v1/products', { gtin, name: 'Benchozine', dosageForm: 'tablet', strength: '5 mg' });
  const names = Array.from({ length: lots }, (_, index) => `BENCH${index}`);
  await inTurns(lots, (index) =>
    maker.post(`/v1/products/${gtin}/lots`, {
      lot: names[index]!,
      expiry,
      manufacturedOn: '2025-06-15',
      declaredQuantity: packsOfLot,
    }),
  );
  let serial = 0;
  await stage.load({
    name: 'supplyEvent',
    workers: stage.options.clients,
    work: () => {
      serial += 1;
      const event = { type: 'commission', gtin, lot: names[serial % lots]!, serials: [`B${serial}`] };
      return maker.post('/v1/supply-events', event);
    },
  });
}
