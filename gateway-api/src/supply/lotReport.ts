/** The story of a lot: every event with time, place, temperature and signature, and figures over it. */
import { sql, type Kysely } from 'kysely';
import type { SupplyEvent } from '@chain-of-care/chaincode/model';
import { temperaturesIn, type Temperatures } from '@chain-of-care/chaincode/rules';
import type { Database } from '../readmodel/index.ts';

export interface LotReport {
  readonly timeline: readonly TimelineEntry[];
  readonly statistics: {
    readonly totalEvents: number;
    readonly totalActors: number;
    readonly durationDays: number;
    readonly locationsVisited: number;
    /** Degrees Celsius, of events that told one; absent when none did. */
    readonly averageTemperature?: number;
    /** Absent without temperatures: nothing is known. */
    readonly coldChainCompliant?: boolean;
  };
}

export interface TimelineEntry {
  readonly eventId: string;
  readonly kind: string;
  readonly eventTime: string;
  readonly recordTime: string;
  readonly gln?: string;
  readonly location?: string;
  readonly mspId: string;
  readonly role: string;
  readonly temperature?: number;
  readonly hash: string;
  /** The transaction, which carries the submitter's and the endorsers' signatures; `…/proof` exports them. */
  readonly signature: string;
  readonly blockNumber: number;
}

/** Events shown at the most, the oldest first. */
const maxTimeline = 10_000;
const dayMs = 24 * 3_600_000;

interface Row {
  readonly event: SupplyEvent;
  readonly name: string | null;
  readonly tx_id: string;
  readonly block_number: number;
}

/** Of a lot, with what happened to containers while packs of it were packed into them. */
export async function lotReport(db: Kysely<Database>, gtin: string, lot: string): Promise<LotReport> {
  const { rows } = await sql<Row>`
    with recursive boxes as (
      select distinct e.event ->> 'parent' as sscc
        from supply_event_subjects s join supply_events e on e.event_id = s.event_id
        where s.subject = ${`lot|${gtin}|${lot}`} and e.kind = 'pack' and e.event ->> 'parent' is not null
      union
      select e.event ->> 'parent' from boxes b
        join supply_event_subjects s on s.subject = 'container|' || b.sscc
        join supply_events e on e.event_id = s.event_id
        where e.kind = 'pack' and e.event -> 'containers' ? b.sscc
    ),
    about as (
      select event_id from supply_event_subjects where subject = ${`lot|${gtin}|${lot}`}
      union select s.event_id from boxes b join supply_event_subjects s on s.subject = 'container|' || b.sscc
    )
    select e.event, p.name, e.tx_id, e.block_number from about a join supply_events e on e.event_id = a.event_id
      left join premises p on p.gln = e.gln
    order by e.event_time, e.record_time, e.event_id limit ${maxTimeline}`.execute(db);
  const timeline = rows.map(entryOf);
  return { timeline, statistics: await statisticsOf(db, gtin, timeline, rows.flatMap(temperaturesOf)) };
}

function entryOf({ event, name, tx_id: signature, block_number: blockNumber }: Row): TimelineEntry {
  const { eventId, kind, eventTime, recordTime, gln, mspId, role, hash } = event;
  const temperatures = temperaturesOf({ event });
  return {
    eventId,
    kind,
    eventTime,
    recordTime,
    mspId,
    role,
    hash,
    signature,
    blockNumber,
    ...(gln === undefined ? {} : { gln }),
    ...(name === null ? {} : { location: name }),
    ...(temperatures.length === 0 ? {} : { temperature: meanOf(temperatures) }),
  };
}

function temperaturesOf({ event: { sensors = [] } }: Pick<Row, 'event'>): readonly Temperatures[] {
  return temperaturesIn(sensors);
}

/** Degrees Celsius, to hundredths. */
function meanOf(temperatures: readonly Temperatures[]): number {
  const sum = temperatures.reduce((all, { typical }) => all + typical, 0);
  return Math.round(sum / temperatures.length / 10) / 100;
}

async function statisticsOf(
  db: Kysely<Database>,
  gtin: string,
  timeline: readonly TimelineEntry[],
  temperatures: readonly Temperatures[],
): Promise<LotReport['statistics']> {
  const times = timeline.map(({ eventTime }) => Date.parse(eventTime));
  const base = {
    totalEvents: timeline.length,
    totalActors: new Set(timeline.map(({ mspId, gln, role }) => `${mspId}|${gln ?? ''}|${role}`)).size,
    durationDays: times.length === 0 ? 0 : Math.round(((Math.max(...times) - Math.min(...times)) / dayMs) * 100) / 100,
    locationsVisited: new Set(timeline.flatMap(({ gln }) => (gln === undefined ? [] : [gln]))).size,
  };
  if (temperatures.length === 0) return base;
  const product = await db.selectFrom('products').select('storage').where('gtin', '=', gtin).executeTakeFirst();
  const min = product?.storage?.excursionMinMilliCelsius ?? 15_000;
  const max = product?.storage?.excursionMaxMilliCelsius ?? 30_000;
  return {
    ...base,
    averageTemperature: meanOf(temperatures),
    coldChainCompliant: temperatures.every(({ lowest, highest }) => min <= lowest && highest <= max),
  };
}
