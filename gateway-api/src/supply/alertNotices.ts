/** Notices of the supply chain: alerts opened and worked on, quarantines, recalls. Read from events, which never change. */
import type { AlertChange, AlertSeverity, AlertSubject } from '@chain-of-care/chaincode/model';
import { acts } from '@chain-of-care/chaincode/rules';
import { sql, type Kysely, type Selectable } from 'kysely';
import type { NoticeKind } from '../notifications/catalogue.ts';
import type { BlockRange, Notice, NoticeSource } from '../notifications/notice.ts';
import type { Database } from '../readmodel/index.ts';
import { audienceOfAlert, audienceOfLot, type AudienceMember } from './alertAudience.ts';

type Db = Kysely<Database>;
type AlertRow = Selectable<Database['alerts']>;
type EventRow = Selectable<Database['supply_events']>;

export interface Organization {
  readonly mspId: string;
  readonly regulator: string;
}

/** @param own whose people are told */
export function supplyNotices(own: Organization): NoticeSource {
  return async (db, range) => [
    ...(await openings(db, range, own)),
    ...(await changes(db, range, own)),
    ...(await recalls(db, range, own)),
  ];
}

async function openings(db: Db, { first, last }: BlockRange, own: Organization): Promise<Notice[]> {
  const rows = await db
    .selectFrom('alerts')
    .innerJoin('supply_events', 'supply_events.event_id', 'alerts.event_id')
    .selectAll('alerts')
    .select('supply_events.block_number')
    .where('supply_events.block_number', '>=', first)
    .where('supply_events.block_number', '<=', last)
    .orderBy('supply_events.block_number')
    .orderBy('alerts.alert_id')
    .execute();
  const notices: Notice[] = [];
  for (const row of rows) {
    const kind = row.severity === 'critical' ? 'criticalAlert' : 'alertOpened';
    const recipients = await routed(db, row, own);
    notices.push({
      ...noticeOf(row, kind, row.event_id, row.block_number),
      occurredAt: iso(row.opened_at),
      recipients,
    });
  }
  return notices;
}

const kindOfChange: Readonly<Record<AlertChange, NoticeKind>> = {
  investigate: 'alertInvestigating',
  confirm: 'alertConfirmed',
  dismiss: 'alertFalseAlarm',
  resolve: 'alertResolved',
  assign: 'alertAssigned',
  addEvidence: 'alertEvidence',
  quarantine: 'goodsQuarantined',
  release: 'goodsReleased',
};

/** What only those who decide need to hear of. */
const forDeciders: ReadonlySet<AlertChange> = new Set(['investigate', 'assign', 'addEvidence']);
const deciders: ReadonlySet<string> = new Set(['regulator', 'maker', 'reporter', 'assignee']);

async function changes(db: Db, range: BlockRange, own: Organization): Promise<Notice[]> {
  const notices: Notice[] = [];
  for (const { event_id: eventId, event, record_time: at, block_number: block } of await eventsOf(db, range, [
    'alert',
  ])) {
    const { alertId, alertChange, alertReason, assignee } = event;
    if (alertId === undefined || alertChange === undefined) continue;
    const row = await db.selectFrom('alerts').selectAll().where('alert_id', '=', alertId).executeTakeFirst();
    if (row === undefined) continue;
    const kind = kindOfChange[alertChange];
    const recipients =
      alertChange === 'assign' && assignee !== undefined
        ? await peopleOf(db, own.mspId, [{ mspId: assignee.mspId, gln: assignee.gln ?? '', relation: 'assignee' }])
        : await routed(db, row, own, forDeciders.has(alertChange) ? deciders : undefined);
    const { about, ...notice } = noticeOf(row, kind, eventId, block);
    const reason = alertReason === undefined ? {} : { reason: alertReason };
    notices.push({ ...notice, about: { ...about, ...reason }, occurredAt: iso(at), recipients });
  }
  return notices;
}

/** 21 CFR 7.41(b): class I may kill or maim, class II may hurt, class III is not likely to. */
const severityOfClass = { I: 'critical', II: 'high', III: 'medium' } as const satisfies Record<string, AlertSeverity>;

async function recalls(db: Db, range: BlockRange, own: Organization): Promise<Notice[]> {
  const notices: Notice[] = [];
  for (const row of await eventsOf(db, range, ['recall', 'withdraw'])) {
    const { event_id: eventId, event, record_time: at, block_number: block, kind } = row;
    for (const { gtin, lot } of event.lots ?? []) {
      const recall = await db
        .selectFrom('lot_recalls')
        .selectAll()
        .where('gtin', '=', gtin)
        .where('lot', '=', lot)
        .executeTakeFirst();
      const product = await db.selectFrom('products').select('msp_id').where('gtin', '=', gtin).executeTakeFirst();
      const audience: AudienceMember[] = [
        { mspId: own.regulator, gln: '', relation: 'regulator' },
        ...(product === undefined ? [] : [{ mspId: product.msp_id, gln: '', relation: 'maker' } as const]),
        ...(await audienceOfLot(db, gtin, lot)),
      ];
      notices.push({
        source: `${eventId}|${gtin}|${lot}`,
        kind: kind === 'recall' ? 'recallIssued' : 'withdrawalIssued',
        severity: recall === undefined ? 'high' : severityOfClass[recall.recall_class],
        about: {
          gtin,
          lot,
          ...(event.recallId === undefined ? {} : { recallId: event.recallId }),
          ...(recall === undefined ? {} : { recallClass: recall.recall_class, depth: recall.depth }),
        },
        occurredAt: iso(at),
        blockNumber: block,
        recipients: await peopleOf(db, own.mspId, audience),
      });
    }
  }
  return notices;
}

function noticeOf(row: AlertRow, kind: NoticeKind, eventId: string, blockNumber: number) {
  const { gtin, lot, serial, sscc, shipment_id: shipmentId } = row;
  const subject = Object.entries({ gtin, lot, serial, sscc, shipmentId } satisfies Nullable<AlertSubject>);
  const about: Record<string, string> = { alertId: row.alert_id, type: row.type, severity: row.severity };
  for (const [name, value] of subject) if (value !== null) about[name] = value;
  return { source: eventId, kind, severity: row.severity, about, blockNumber };
}

type Nullable<Fields> = { readonly [Name in keyof Fields]: string | null };

/** Keeps whom an alert concerns, and finds those of the own people. */
async function routed(
  db: Db,
  alert: AlertRow,
  own: Organization,
  relations?: ReadonlySet<string>,
): Promise<readonly string[]> {
  const audience = await audienceOfAlert(db, alert, own.regulator);
  const rows = audience.map(({ mspId, gln, relation }) => ({ alert_id: alert.alert_id, msp_id: mspId, gln, relation }));
  await db
    .insertInto('alert_audiences')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return peopleOf(
    db,
    own.mspId,
    relations === undefined ? audience : audience.filter(({ relation }) => relations.has(relation)),
  );
}

const rolesOfRelation: Readonly<Record<string, readonly string[]>> = {
  regulator: ['inspector'],
  maker: ['manufacturer'],
  assignee: acts['supply.workOnAlert'].roles,
};

/** Active staff of the organisation: at the premises named, or with the roles of who is concerned as an organisation. */
export async function peopleOf(db: Db, mspId: string, audience: readonly AudienceMember[]): Promise<readonly string[]> {
  const concerned = audience.filter((member) => member.mspId === mspId);
  if (concerned.length === 0) return [];
  const staff = await db
    .selectFrom('staff')
    .select(['staff_id', 'role', 'gln'])
    .where('msp_id', '=', mspId)
    .where('status', '=', 'active')
    .orderBy('staff_id')
    .execute();
  return staff
    .filter(({ role, gln }) =>
      concerned.some((member) =>
        member.gln === '' ? (rolesOfRelation[member.relation] ?? []).includes(role) : member.gln === gln,
      ),
    )
    .map(({ staff_id: id }) => id);
}

/** Events of these kinds in the blocks, in the ledger's order. */
export function eventsOf(db: Db, { first, last }: BlockRange, kinds: readonly EventRow['kind'][]): Promise<EventRow[]> {
  return db
    .selectFrom('supply_events')
    .selectAll()
    .where(sql<boolean>`block_number between ${first} and ${last}`)
    .where('kind', 'in', kinds)
    .orderBy('block_number')
    .orderBy('event_id')
    .execute();
}

function iso(instant: Date): string {
  return instant.toISOString();
}
