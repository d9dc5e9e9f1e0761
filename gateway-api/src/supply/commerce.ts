/** Commerce of a shipment on its way to the ledger: who may see it, and the documents that go with it. */
import {
  type CommerceTerms,
  canonicalJson,
  collectionName,
  type Commerce,
  type NamedPacks,
  type QuantityOfLot,
} from '@chain-of-care/chaincode/model';
import type { Touches } from '../fabric/act.ts';
import type { Services } from '../services.ts';
import {
  transactionInformation,
  transactionStatement,
  type Party,
  type Transacted,
  type TransactedLot,
} from './transactionDocuments.ts';

type Needed = Pick<Services, 'readModel' | 'consortium'>;
type Db = Services['readModel']['db'];

/** Serials written out in transaction information at the most; more are named by their containers or lots. */
const serialsWritten = 1_000;

/** A shipment as its shipper describes it. */
export interface ShipmentFacts {
  readonly shipmentId: string;
  /** GLNs. */
  readonly shipper: string;
  readonly recipient: string;
  readonly eventTime: string;
  readonly packs?: readonly NamedPacks[];
  readonly containers?: readonly string[];
  readonly quantities?: readonly QuantityOfLot[];
}

/** Collections that the commerce is written to, and who may endorse it: shipper, recipient, regulator. */
export async function tradeTouches(
  { readModel, consortium }: Needed,
  shipper: string,
  recipient: string,
): Promise<Required<Pick<Touches, 'writes' | 'among'>>> {
  const premises = await readModel.db
    .selectFrom('premises')
    .select('msp_id')
    .where('gln', '=', recipient)
    .executeTakeFirst();
  const parties = [...new Set([shipper, premises?.msp_id ?? shipper])];
  return { writes: parties.map(collectionName.trade), among: [...new Set([...parties, consortium.regulator])] };
}

/** The terms with the documents that the gateway writes. */
export async function commerceOf(
  { readModel: { db } }: Needed,
  terms: CommerceTerms,
  shipment: ShipmentFacts,
): Promise<Commerce> {
  const transacted = await transactedIn(db, terms, shipment);
  return {
    ...terms,
    transactionDate: transacted.transactionDate,
    transactionInformation: canonicalJson(transactionInformation(transacted)),
    transactionStatement: transactionStatement(transacted),
  };
}

async function transactedIn(db: Db, terms: CommerceTerms, shipment: ShipmentFacts): Promise<Transacted> {
  const { shipmentId, shipper, recipient, eventTime, containers = [] } = shipment;
  const day = eventTime.slice(0, 10);
  const owner = terms.owner ?? recipient;
  return {
    shipmentId,
    transactionDate: terms.transactionDate ?? day,
    shipmentDate: day,
    from: await partyAt(db, shipper, terms.shipFrom),
    to: await partyAt(db, owner, owner === recipient ? terms.shipTo : undefined),
    ...(owner === recipient ? {} : { possessor: recipient }),
    containers,
    lots: await lotsIn(db, shipment),
  };
}

async function partyAt(db: Db, gln: string, address: Party['address']): Promise<Party> {
  const row = await db.selectFrom('premises').select('name').where('gln', '=', gln).executeTakeFirst();
  return { gln, name: address?.name ?? row?.name ?? gln, ...(address === undefined ? {} : { address }) };
}

async function lotsIn(
  db: Db,
  { packs = [], containers = [], quantities = [] }: ShipmentFacts,
): Promise<TransactedLot[]> {
  const inside =
    containers.length === 0
      ? []
      : await db
          .selectFrom('container_lots')
          .select(['gtin', 'lot', 'units'])
          .where('sscc', 'in', [...containers])
          .execute();
  const isShort = packs.reduce((sum, { serials }) => sum + serials.length, 0) <= serialsWritten;
  const named = packs.map(({ gtin, lot, serials }) => ({
    gtin,
    lot,
    units: serials.length,
    ...(isShort ? { serials } : {}),
  }));
  const lines: readonly (QuantityOfLot & { readonly serials?: readonly string[] })[] = [
    ...named,
    ...inside,
    ...quantities,
  ];
  const lots: TransactedLot[] = [];
  for (const line of lines) {
    const { gtin, lot, units, serials } = line;
    const facts = await db
      .selectFrom('lots')
      .innerJoin('products', 'products.gtin', 'lots.gtin')
      .select(['name', 'strength', 'dosage_form', 'ndc', 'pack_content', 'expiry'])
      .where('lots.gtin', '=', gtin)
      .where('lots.lot', '=', lot)
      .executeTakeFirst();
    if (facts === undefined) continue;
    const { dosage_form: dosageForm, pack_content: packContent, ...rest } = facts;
    const named = serials === undefined ? {} : { serials };
    lots.push({ gtin, lot, units, ...named, ...rest, dosageForm, packContent });
  }
  return lots;
}
