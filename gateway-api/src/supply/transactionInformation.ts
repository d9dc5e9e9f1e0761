/** Transaction information (21 U.S.C. 360eee(26)) that premises can give of a lot, from the ledger's public state. */
import { sql, type Kysely } from 'kysely';
import type { Database } from '../readmodel/index.ts';
import { lotReport } from './lotReport.ts';

export interface TransactionInformation {
  readonly product: Readonly<Record<string, unknown>>;
  readonly transactions: readonly {
    readonly kind: string;
    readonly at: string;
    readonly shipmentId?: string;
    readonly from: string;
    readonly to: string;
    readonly transactionId: string;
  }[];
}

interface Row {
  readonly shipment_id: string;
  readonly kind: string;
  readonly shipped_at: Date;
  readonly shipper: string;
  readonly shipper_name: string | null;
  readonly recipient: string;
  readonly recipient_name: string | null;
  readonly tx_id: string;
}

/** Shipments of the lot to and from the premises, alone and in containers. */
export async function transactionInformation(
  db: Kysely<Database>,
  gtin: string,
  lot: string,
  gln: string,
): Promise<TransactionInformation> {
  const product = await db.selectFrom('products').selectAll().where('gtin', '=', gtin).executeTakeFirst();
  const { timeline } = await lotReport(db, gtin, lot);
  const shipped = timeline.filter(({ kind }) => kind === 'ship' || kind === 'return').map(({ eventId }) => eventId);
  const { rows } =
    shipped.length === 0
      ? { rows: [] }
      : await sql<Row>`
    select s.shipment_id, s.kind, s.shipped_at, s.shipper, a.name as shipper_name, s.recipient,
      b.name as recipient_name, e.tx_id
    from supply_events e join shipments s on s.shipment_id = e.event ->> 'shipmentId'
      left join premises a on a.gln = s.shipper left join premises b on b.gln = s.recipient
    where e.event_id in (${sql.join(shipped)}) and (s.shipper = ${gln} or s.recipient = ${gln})
    order by s.shipped_at, s.shipment_id`.execute(db);
  return {
    product: {
      gtin,
      lot,
      ...(product === undefined
        ? {}
        : { name: product.name, strength: product.strength, dosageForm: product.dosage_form, ndc: product.ndc }),
    },
    transactions: rows.map((row) => ({
      kind: row.kind,
      at: row.shipped_at.toISOString(),
      shipmentId: row.shipment_id,
      from: `${row.shipper_name ?? ''} (${row.shipper})`.trim(),
      to: `${row.recipient_name ?? ''} (${row.recipient})`.trim(),
      transactionId: row.tx_id,
    })),
  };
}
