/**
 * Looks in the read model for what should be an alert and that nobody tried: receipts that are overdue, serials that were
 * commissioned twice. The service identity tells the ledger, which looks itself; the same finding is one alert whoever
 * tells it. The regulator's gateway watches everything, the others what they take part in.
 */
import { createHash } from 'node:crypto';
import { receiptDueDays } from '@chain-of-care/chaincode/rules';
import { sql } from 'kysely';
import type { Services } from '../services.ts';

type Needed = Pick<
  Services,
  'readModel' | 'ledger' | 'serviceIdentity' | 'profile' | 'consortium' | 'clock' | 'log' | 'notifications'
>;

/** Of `notification_progress`: blocks that were searched for duplicates. */
const progressRow = 2;
const overdueEveryMs = 15 * 60_000;
const retryMs = 10_000;
const blocksAtOnce = 200;

export class AlertWatch {
  readonly #services: Needed;
  #running: Promise<void> | undefined;
  #wanted = false;

  constructor(services: Needed) {
    this.#services = services;
  }

  /** Until the gateway stops. */
  start(): void {
    const { readModel, notifications } = this.#services;
    const unsubscribe = readModel.onBlock(({ changes }) => {
      if (changes.some(({ type }) => type === 'segment')) this.#wake();
    });
    const timer = setInterval(() => void this.findOverdue().catch(this.#failed), overdueEveryMs);
    timer.unref();
    notifications.stopping.addEventListener('abort', () => {
      unsubscribe();
      clearInterval(timer);
    });
    this.#wake();
    void this.findOverdue().catch(this.#failed);
  }

  /** Tells of every shipment that is open beyond its time and has no alert yet. @returns how many */
  async findOverdue(): Promise<number> {
    const { readModel, clock, profile, consortium } = this.#services;
    const now = new Date(clock()).toISOString();
    const own = profile.mspId;
    let query = readModel.db
      .selectFrom('shipments')
      .select('shipment_id')
      .where('status', 'in', ['open', 'partly_received'])
      .where(
        sql<boolean>`coalesce(expected_by, recorded_at + ${receiptDueDays} * interval '1 day') <= ${now}::timestamptz`,
      ).where(sql<boolean>`not exists (select 1 from alerts a
        where a.shipment_id = shipments.shipment_id and a.reason = 'overdue_receipt')`);
    if (own !== consortium.regulator)
      query = query.where((where) =>
        where.or([where('shipper_msp_id', '=', own), where('recipient_msp_id', '=', own)]),
      );
    const rows = await query.limit(1000).execute();
    for (const { shipment_id: shipmentId } of rows)
      await this.#tell('supply.reportOverdueReceipt', shipmentId, { shipmentId });
    return rows.length;
  }

  /**
   * Tells of serials commissioned in these blocks that were commissioned elsewhere too. Each is looked up by its key, as
   * when they are new.
   *
   * @returns how many
   */
  async findDuplicates(first: number, last: number): Promise<number> {
    const { readModel, profile, consortium } = this.#services;
    const own = profile.mspId;
    const mine = own === consortium.regulator ? sql`true` : sql`a.msp_id = ${own}`;
    const { rows } = await sql<Duplicate>`
      select distinct on (a.gtin, s.serial) a.gtin, s.serial, a.lot, a.segment, o.lot as "otherLot",
        o.segment as "otherSegment"
      from supply_events e
        join segments a on a.event_id = e.event_id and ${mine}
        cross join lateral unnest(a.serials) s (serial)
        cross join lateral (
          select k.lot, k.segment from serials k where k.gtin = a.gtin and k.serial = s.serial offset 0
        ) o
      where e.kind = 'commission' and e.block_number between ${first} and ${last}
        and (o.lot, o.segment) <> (a.lot, a.segment)
      order by a.gtin, s.serial, o.lot, o.segment`.execute(readModel.db);
    for (const { gtin, serial, lot, segment, otherLot, otherSegment } of rows)
      await this.#tell('supply.reportDuplicate', `${gtin}|${serial}`, {
        gtin,
        serial,
        places: [
          { lot, segment },
          { lot: otherLot, segment: otherSegment },
        ],
      });
    return rows.length;
  }

  async #tell(type: string, identity: string, body: object): Promise<void> {
    const { ledger, serviceIdentity, clock, log } = this.#services;
    const key = createHash('sha256').update(`${type}|${identity}|${clock()}`).digest('hex');
    try {
      await ledger.submit(serviceIdentity, {
        type,
        body: { ...body, eventTime: new Date(clock()).toISOString() },
        key,
        touches: { writes: [undefined], reads: ['registry'] },
      });
    } catch (error) {
      const { status, code } = error as { status?: number; code?: string };
      if (status === undefined || status >= 500) throw error;
      log.warn({ type, code }, 'a finding was not taken by the ledger');
    }
  }

  #wake(): void {
    this.#wanted = true;
    if (this.#running !== undefined || this.#services.notifications.stopping.aborted) return;
    this.#wanted = false;
    this.#running = this.#search();
  }

  async #search(): Promise<void> {
    try {
      const { readModel, notifications } = this.#services;
      for (
        let next = (await this.#progress()) + 1;
        !notifications.stopping.aborted && next <= (readModel.height ?? -1);
      ) {
        const last = Math.min(readModel.height ?? -1, next + blocksAtOnce - 1);
        await this.findDuplicates(next, last);
        await this.#advance(last);
        next = last + 1;
      }
    } catch (error) {
      this.#failed(error);
      setTimeout(() => this.#wake(), retryMs).unref();
    }
    this.#running = undefined;
    if (this.#wanted) this.#wake();
  }

  async #progress(): Promise<number> {
    const row = await this.#services.readModel.db
      .selectFrom('notification_progress')
      .select('block_number')
      .where('id', '=', progressRow)
      .executeTakeFirst();
    return row?.block_number ?? -1;
  }

  async #advance(block: number): Promise<void> {
    await this.#services.readModel.db
      .insertInto('notification_progress')
      .values({ id: progressRow, block_number: block })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ block_number: block }))
      .execute();
  }

  readonly #failed = (error: unknown): void => {
    if (!this.#services.notifications.stopping.aborted)
      this.#services.log.warn({ err: error }, 'the watch for alerts is interrupted and goes on');
  };
}

interface Duplicate {
  readonly gtin: string;
  readonly serial: string;
  readonly lot: string;
  readonly segment: number;
  readonly otherLot: string;
  readonly otherSegment: number;
}
