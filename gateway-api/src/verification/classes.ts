/** Containers by their code and lots alone: what the read model knows of them, and the verdicts. */
import {
  isValid,
  recipientLicences,
  verifyContainer,
  verifyLot,
  type LotOfGoods,
  type PackFacts,
} from '@chain-of-care/chaincode/rules';
import type { ReadModel } from '../readmodel/index.ts';
import { eventsOfSubjects } from '../readmodel/queries/supplyLists.ts';
import type { Services } from '../services.ts';
import { containerHistory, type EventRow } from '../supply/history.ts';
import { locateContainer, type LocatedContainer } from '../supply/location.ts';
import type { Asked } from './asked.ts';
import type { Decided } from './decided.ts';
import { verifiedEvent } from './facts.ts';
import type { AlertRow, BriefEvent, KnownPack } from './knownPack.ts';

type Db = ReadModel['db'];
type Verified = Pick<Decided, 'verdicts' | 'known'>;
const nothing = { verdict: 'no_data', findings: [] } as const;
const eventsOfLot = 200;

export async function containerVerdicts(
  { readModel: { db } }: Services,
  { sscc, request }: Extract<Asked, { scope: 'container' }>,
): Promise<Verified> {
  const chain = await locateContainer(db, sscc);
  const events = chain.length === 0 ? [] : await withPlaces(db, await containerHistory(db, sscc));
  const alerts = await db
    .selectFrom('alerts')
    .selectAll()
    .where('sscc', '=', sscc)
    .orderBy('opened_at', 'desc')
    .limit(50)
    .execute();
  const container = chain.length === 0 ? undefined : await containerFacts(db, chain, events, request.timeMs);
  const facts = {
    events: events.map(verifiedEvent),
    alerts: alerts.map(verifiedAlert),
    lots: await lotsInside(db, sscc),
    ...(container === undefined ? {} : { container }),
  };
  return {
    verdicts: verifyContainer(facts, request),
    known: {
      facts: { productKnown: true, cloneEventIds: [], events: facts.events, alerts: facts.alerts },
      events,
      alerts,
      ...(container === undefined ? {} : { holder: container.holder }),
    },
  };
}

/** Of a lot alone. */
export async function lotVerdicts(
  { readModel: { db } }: Services,
  { gtin, request }: Extract<Asked, { scope: 'lot' }>,
): Promise<Verified> {
  const product = await db.selectFrom('products').selectAll().where('gtin', '=', gtin).executeTakeFirst();
  const row =
    request.lot === undefined
      ? undefined
      : await db
          .selectFrom('lots')
          .selectAll()
          .where('gtin', '=', gtin)
          .where('lot', '=', request.lot)
          .executeTakeFirst();
  const [lot] = row === undefined ? [] : await withRecalls(db, [{ gtin, lot: row.lot, expires_on: row.expires_on }]);
  const alerts = await classAlerts(db, gtin, request.lot);
  const events =
    row === undefined
      ? []
      : await withPlaces(
          db,
          (await eventsOfSubjects(db, [`lot|${gtin}|${row.lot}`], { limit: eventsOfLot })).items.toReversed(),
        );
  const { identity, status, risk } = verifyLot(
    { alerts: alerts.map(verifiedAlert), productKnown: product !== undefined, ...(lot === undefined ? {} : { lot }) },
    request.timeMs,
  );
  const known: KnownPack = {
    facts: { productKnown: product !== undefined, cloneEventIds: [], events: [], alerts: [] },
    events,
    alerts,
    ...(product === undefined ? {} : { product }),
    ...(row === undefined ? {} : { commissioned: { lot: row.lot, segment: 0 }, expiresOn: row.expires_on }),
  };
  return {
    verdicts: {
      isAuthentic: false,
      identity,
      custody: { verdict: 'not_decided', findings: [] },
      quality: nothing,
      status: { ...status, state: 'unknown' },
      risk,
    },
    known,
  };
}

async function containerFacts(
  db: Db,
  chain: readonly LocatedContainer[],
  events: readonly BriefEvent[],
  timeMs: number,
): Promise<PackFacts> {
  const [own] = chain;
  const root = chain.at(-1)!;
  const { state } = chain.find((around) => around.state !== 'active') ?? own!;
  const shipment =
    root.shipmentId === null
      ? undefined
      : await db.selectFrom('shipments').selectAll().where('shipment_id', '=', root.shipmentId).executeTakeFirst();
  const licences = await db.selectFrom('licences').selectAll().where('holder', '=', root.holder).execute();
  const last = events.findLast(({ kind }) => kind !== 'refusal');
  return {
    state,
    holder: root.holder,
    eventId: last?.event_id ?? '',
    commissionedBy: events[0]?.event_id ?? '',
    containers: chain.slice(1).map(({ sscc }) => sscc),
    holderLicensed: licences.some((row) => {
      const licence = {
        licenceId: row.licence_id,
        kind: row.kind,
        status: row.status,
        validFrom: row.valid_from.toISOString(),
        validUntil: row.valid_until.toISOString(),
        grantedAt: row.granted_at.toISOString(),
        changedAt: row.changed_at.toISOString(),
      } as Parameters<typeof isValid>[0];
      return recipientLicences.includes(licence.kind) && isValid(licence, timeMs);
    }),
    ...(shipment === undefined
      ? {}
      : {
          recipient: shipment.recipient,
          shippedAt: shipment.shipped_at.toISOString(),
          ...(shipment.expected_by === null ? {} : { expectedBy: shipment.expected_by.toISOString() }),
        }),
  };
}

async function lotsInside(db: Db, sscc: string): Promise<LotOfGoods[]> {
  const rows = await db
    .selectFrom('container_lots')
    .innerJoin('lots', (join) =>
      join.onRef('lots.gtin', '=', 'container_lots.gtin').onRef('lots.lot', '=', 'container_lots.lot'),
    )
    .select(['lots.gtin', 'lots.lot', 'lots.expires_on'])
    .where('container_lots.sscc', '=', sscc)
    .execute();
  return withRecalls(db, rows);
}

async function withRecalls(
  db: Db,
  lots: readonly { readonly gtin: string; readonly lot: string; readonly expires_on: string }[],
): Promise<LotOfGoods[]> {
  if (lots.length === 0) return [];
  const recalls = await db
    .selectFrom('lot_recalls')
    .selectAll()
    .where('gtin', 'in', [...new Set(lots.map(({ gtin }) => gtin))])
    .where('lot', 'in', [...new Set(lots.map(({ lot }) => lot))])
    .execute();
  return lots.map(({ gtin, lot, expires_on: expiresOn }) => {
    const recall = recalls.find((row) => row.gtin === gtin && row.lot === lot);
    return {
      lot,
      expiresOn,
      ...(recall === undefined ? {} : { recall: { kind: recall.kind, eventId: recall.event_id } }),
    };
  });
}

/** About the whole lot or the whole product. */
async function classAlerts(db: Db, gtin: string, lot: string | undefined): Promise<AlertRow[]> {
  return db
    .selectFrom('alerts')
    .selectAll()
    .where('gtin', '=', gtin)
    .where('serial', 'is', null)
    .where((where) => where.or([where('lot', 'is', null), where('lot', '=', lot ?? '')]))
    .orderBy('opened_at', 'desc')
    .limit(50)
    .execute();
}

async function withPlaces(db: Db, rows: readonly EventRow[]): Promise<BriefEvent[]> {
  const glns = [...new Set(rows.flatMap(({ gln }) => (gln === null ? [] : [gln])))];
  const premises =
    glns.length === 0 ? [] : await db.selectFrom('premises').selectAll().where('gln', 'in', glns).execute();
  const places = new Map(premises.map((row) => [row.gln, row]));
  return rows.map(({ event_id, kind, gln, brief, tx_id, block_number }) => {
    const place = gln === null ? undefined : places.get(gln);
    return {
      event_id,
      kind,
      gln,
      brief,
      tx_id,
      block_number,
      latitude: place?.latitude_e6 ?? null,
      longitude: place?.longitude_e6 ?? null,
      country: place?.country ?? null,
      erroneous: false,
    };
  });
}

function verifiedAlert({ event_id: eventId, type, status, source }: AlertRow) {
  return { eventId, type, status, source };
}
