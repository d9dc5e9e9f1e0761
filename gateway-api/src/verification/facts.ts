/** What the read model knows about packs, for the rules of verification: one statement, however many packs are asked for. */
import type { GoodsState, StateAct } from '@chain-of-care/chaincode/model';
import { isValid, recipientLicences, type PackFacts, type VerificationFacts } from '@chain-of-care/chaincode/rules';
import { sql } from 'kysely';
import type { ReadModel } from '../readmodel/index.ts';
import type { AlertRow, BriefEvent, FactsOfPack, KnownPack, ProductRow } from './knownPack.ts';
import { custodiansOf } from '../supply/location.ts';
import { Together } from '../readmodel/database/together.ts';

type Db = ReadModel['db'];

export interface AskedPack {
  readonly gtin: string;
  readonly serial: string;
  readonly lot?: string | undefined;
}

/** Asks for one pack at a time, in statements shared with others. */
export type FactsReader = Together<AskedPack, FactsOfPack>;

const packsOfStatement = 64;

export function factsTogether(db: Db): FactsReader {
  return new Together((asked) => factsOfPacks(db, asked), packsOfStatement);
}

export async function knownPack(facts: FactsReader, asked: AskedPack, timeMs: number): Promise<KnownPack> {
  return known(await facts.ask(asked), timeMs);
}

/** @returns what is known of each, in the order asked */
export async function knownPacks(db: Db, asked: readonly AskedPack[], timeMs: number): Promise<KnownPack[]> {
  return (await factsOfPacks(db, asked)).map((found) => known(found, timeMs));
}

async function factsOfPacks(db: Db, asked: readonly AskedPack[]): Promise<FactsOfPack[]> {
  const list = JSON.stringify(asked.map(({ gtin, serial, lot }) => [gtin, serial, lot ?? null]));
  const { rows } = await sql<{ facts: string }>`
    select verification_facts(asked ->> 0, asked ->> 1, asked ->> 2) as facts
    from jsonb_array_elements(${list}::jsonb) with ordinality as list (asked, place) order by place`.execute(db);
  return rows.map(({ facts }) => JSON.parse(facts) as FactsOfPack);
}

function known(found: FactsOfPack, timeMs: number): KnownPack {
  const product = found.product === null ? undefined : productRow(found.product);
  const alerts = found.alerts.map(alertRow);
  const common = {
    alerts,
    ...(product === undefined ? {} : { product }),
    ...(found.namedRecall === null ? {} : { namedRecall: found.namedRecall }),
  };
  const facts: VerificationFacts = {
    productKnown: product !== undefined,
    namedLotKnown: found.lotKnown,
    cloneEventIds: [],
    events: [],
    alerts: alerts.map(({ event_id: eventId, type, status, source }) => ({ eventId, type, status, source })),
    ...(product === undefined ? {} : { makerMspId: product.msp_id, markets: product.markets }),
  };
  const { made, lot, recall, hold = null, reserved = null, clones = [] } = found;
  if (made === undefined) return { facts, events: [], ...common };
  const events = eventsOf(found);
  const pack = packFacts(found, events, timeMs);
  return {
    ...common,
    events,
    commissioned: { lot: made.lot, segment: made.segment },
    holder: pack.holder,
    ...(lot === undefined || lot === null ? {} : { expiresOn: lot.expires_on }),
    facts: {
      ...facts,
      cloneEventIds: clones.length > 1 ? clones : [],
      events: events.filter(({ erroneous }) => !erroneous).map(verifiedEvent),
      pack,
      ...(lot === undefined || lot === null
        ? {}
        : {
            lot: {
              lot: lot.lot,
              expiry: lot.expiry,
              expiresOn: lot.expires_on,
              declaredUnits: lot.declared_quantity,
              ...(reserved === null ? {} : { commissionedUnits: reserved }),
              ...(lot.expiry_extended_at === null ? {} : { isExtended: true }),
            },
          }),
      ...(hold === null ? {} : { hold: { eventId: hold } }),
      ...(recall === undefined || recall === null ? {} : { recall: { kind: recall.kind, eventId: recall.event_id } }),
    },
  };
}

function eventsOf({ events = [], places = {}, erroneous = [] }: FactsOfPack): BriefEvent[] {
  return events.map(([brief, tx_id, block_number]) => {
    const { eventId, kind, gln = null } = brief;
    const [latitude, longitude, country] = places[gln ?? ''] ?? [null, null, null];
    const isErroneous = erroneous.includes(eventId);
    return {
      event_id: eventId,
      kind,
      gln,
      brief,
      tx_id,
      block_number,
      latitude,
      longitude,
      country,
      erroneous: isErroneous,
    };
  });
}

function packFacts(found: FactsOfPack, events: readonly BriefEvent[], timeMs: number): PackFacts {
  const { made, own, containers = [], shipment, licences = [], placedBy, country } = found;
  const itself = { state: 'active' as GoodsState, holder: made!.gln, act: null as StateAct | null, ...own };
  const { root, narrowest } = custodiansOf<Pick<typeof itself, 'state' | 'holder' | 'act'>>(itself, containers);
  const eventId = own?.event_id ?? placedBy ?? made!.event_id;
  const { state, act } = narrowest;
  const supplied = state !== 'supplied' ? undefined : events.findLast((event) => event.event_id === eventId);
  return {
    state,
    holder: root.holder,
    holderLicensed: licences.some((licence) => isRecipientLicence(licence, timeMs)),
    eventId,
    commissionedBy: made!.event_id,
    containers: containers.map(({ sscc }) => sscc),
    ...(country === null || country === undefined ? {} : { country }),
    ...(shipment === null || shipment === undefined
      ? {}
      : {
          recipient: shipment.recipient,
          shippedAt: new Date(shipment.shipped_at).toISOString(),
          ...dueBy(shipment.expected_by),
        }),
    ...(state !== 'supplied' ? {} : { suppliedBy: { eventId, ...placeOfSupply(act, supplied) } }),
    ...(state !== 'locked' || act === null ? {} : { lockedBy: { mspId: act.mspId } }),
  };
}

function dueBy(expected: string | null): { expectedBy?: string } {
  return expected === null ? {} : { expectedBy: new Date(expected).toISOString() };
}

function placeOfSupply(act: StateAct | null, event: BriefEvent | undefined): { gln?: string; country?: string } {
  return {
    ...(act?.gln === undefined ? {} : { gln: act.gln }),
    ...(event?.country === null || event?.country === undefined ? {} : { country: event.country }),
  };
}

function isRecipientLicence(row: NonNullable<FactsOfPack['licences']>[number], timeMs: number): boolean {
  const licence = {
    licenceId: row.licence_id,
    kind: row.kind,
    status: row.status,
    validFrom: row.valid_from,
    validUntil: row.valid_until,
    grantedAt: row.granted_at,
    changedAt: row.changed_at,
  } as Parameters<typeof isValid>[0];
  return recipientLicences.includes(licence.kind) && isValid(licence, timeMs);
}

/** As the rules want it. */
export function verifiedEvent(row: BriefEvent): VerificationFacts['events'][number] {
  const { event_id: eventId, kind, brief, gln, latitude, longitude } = row;
  return {
    eventId,
    kind,
    eventTime: brief.eventTime,
    ...(gln === null ? {} : { gln }),
    ...(latitude === null || longitude === null ? {} : { place: { latitudeE6: latitude, longitudeE6: longitude } }),
    ...(brief.attempted === undefined ? {} : { refused: brief.attempted.code, attempted: brief.attempted.event }),
  };
}

function productRow(json: FactsOfPack['product'] & object): ProductRow {
  return { ...json, registered_at: new Date(json.registered_at) };
}

function alertRow(json: FactsOfPack['alerts'][number]): AlertRow {
  return { ...json, opened_at: new Date(json.opened_at), changed_at: new Date(json.changed_at) };
}
