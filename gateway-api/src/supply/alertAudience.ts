/**
 * Whom an alert or a recall concerns, from the ledger's public state: the regulator, the maker, who reported it, every
 * premises through whose hands the lot went, dispensers that hold it now. Each member's gateway tells its own people.
 */
import type { Kysely } from 'kysely';
import type { AlertSeverity, AlertSource } from '@chain-of-care/chaincode/model';
import type { Database } from '../readmodel/index.ts';
import { everyHolderOfLot, holdersOfLot, lotsInContainer } from '../readmodel/queries/lotHolders.ts';

type Db = Kysely<Database>;

export const audienceRelations = [
  'regulator',
  'maker',
  'reporter',
  'assignee',
  'holder',
  'dispenser',
  'past_holder',
  'shipper',
  'recipient',
] as const;
export type AudienceRelation = (typeof audienceRelations)[number];

export interface AudienceMember {
  readonly mspId: string;
  /** Empty: the organisation as such. */
  readonly gln: string;
  readonly relation: AudienceRelation;
}

/** What the routing needs of an alert. */
export interface RoutedAlert {
  readonly severity: AlertSeverity;
  readonly source: AlertSource;
  readonly gtin: string | null;
  readonly lot: string | null;
  readonly serial: string | null;
  readonly sscc: string | null;
  readonly shipment_id: string | null;
  readonly msp_id: string;
  readonly gln: string | null;
  readonly maker_msp_id: string | null;
  readonly assignee_msp_id: string | null;
  readonly assignee_gln: string | null;
}

const dispensing: ReadonlySet<string> = new Set(['pharmacy', 'hospital']);

/**
 * @param regulator MSP id
 * @returns each (organisation, premises, relation) once
 */
export async function audienceOfAlert(
  db: Db,
  alert: RoutedAlert,
  regulator: string,
): Promise<readonly AudienceMember[]> {
  const { msp_id: reporter, gln, maker_msp_id: maker, assignee_msp_id: assignee } = alert;
  const members: AudienceMember[] = [{ mspId: regulator, gln: '', relation: 'regulator' }];
  if (maker !== null) members.push({ mspId: maker, gln: '', relation: 'maker' });
  if (alert.source !== 'unproven' && gln !== null) members.push({ mspId: reporter, gln, relation: 'reporter' });
  if (assignee !== null) members.push({ mspId: assignee, gln: alert.assignee_gln ?? '', relation: 'assignee' });
  if (alert.shipment_id !== null) members.push(...(await partiesOfShipment(db, alert.shipment_id)));
  if (alert.severity !== 'low')
    for (const { gtin, lot } of await lotsOfAlert(db, alert)) members.push(...(await audienceOfLot(db, gtin, lot)));
  return once(members);
}

/** Premises that hold packs of the lot now, or did. */
export async function audienceOfLot(db: Db, gtin: string, lot: string): Promise<readonly AudienceMember[]> {
  const now = new Set((await holdersOfLot(db, gtin, lot)).map(({ holder }) => holder));
  return (await everyHolderOfLot(db, gtin, lot)).map(({ gln, mspId, kind }) => ({
    gln,
    mspId,
    relation: !now.has(gln) ? 'past_holder' : dispensing.has(kind) ? 'dispenser' : 'holder',
  }));
}

async function lotsOfAlert(
  db: Db,
  { gtin, lot, serial, sscc }: RoutedAlert,
): Promise<readonly { readonly gtin: string; readonly lot: string }[]> {
  if (gtin !== null && lot !== null) return [{ gtin, lot }];
  if (sscc !== null) return lotsInContainer(db, sscc);
  if (gtin === null || serial === null) return [];
  return db
    .selectFrom('serials')
    .select(['gtin', 'lot'])
    .where('gtin', '=', gtin)
    .where('serial', '=', serial)
    .execute();
}

async function partiesOfShipment(db: Db, shipmentId: string): Promise<readonly AudienceMember[]> {
  const row = await db
    .selectFrom('shipments')
    .select(['shipper', 'shipper_msp_id', 'recipient', 'recipient_msp_id'])
    .where('shipment_id', '=', shipmentId)
    .executeTakeFirst();
  if (row === undefined) return [];
  return [
    { mspId: row.shipper_msp_id, gln: row.shipper, relation: 'shipper' },
    { mspId: row.recipient_msp_id, gln: row.recipient, relation: 'recipient' },
  ];
}

function once(members: readonly AudienceMember[]): readonly AudienceMember[] {
  return [...new Map(members.map((member) => [`${member.mspId}|${member.gln}|${member.relation}`, member])).values()];
}
