/** Counts of alerts of a period, by severity, type and status, and over time. */
import {
  alertSeverities,
  alertStatuses,
  alertTypes,
  type AlertSeverity,
  type AlertSource,
  type AlertStatus,
  type AlertType,
} from '@chain-of-care/chaincode/model';
import { sql, type Kysely } from 'kysely';
import type { Database } from '../database/schema.ts';

export const statisticsIntervals = ['day', 'week', 'month'] as const;
export type StatisticsInterval = (typeof statisticsIntervals)[number];

export interface StatisticsFilter {
  /** RFC 3339; `until` is exclusive. */
  readonly since?: string;
  readonly until?: string;
  readonly severity?: AlertSeverity;
  readonly type?: AlertType;
  readonly status?: AlertStatus;
  readonly source?: AlertSource;
  readonly gtin?: string;
  readonly lot?: string;
  /** Country (ISO 3166-1 alpha-2) of the premises that reported or tried. */
  readonly country?: string;
  /** Organisation and premises that reported or tried. */
  readonly mspId?: string;
  readonly gln?: string;
  readonly interval?: StatisticsInterval;
}

export interface AlertStatistics {
  readonly totalAlerts: number;
  readonly bySeverity: Readonly<Record<AlertSeverity, number>>;
  readonly byType: Readonly<Record<AlertType, number>>;
  readonly byStatus: Readonly<Record<AlertStatus, number>>;
  /** With an interval: the beginning of each (UTC) in which an alert opened, and how many. */
  readonly series?: readonly { readonly from: string; readonly totalAlerts: number }[];
}

interface Count {
  readonly severity: AlertSeverity;
  readonly type: AlertType;
  readonly status: AlertStatus;
  readonly count: number;
}

export async function alertStatistics(db: Kysely<Database>, filter: StatisticsFilter): Promise<AlertStatistics> {
  const where = condition(filter);
  const { rows } = await sql<Count>`
    select a.severity, a.type, a.status, count(*)::int8 as count
    from alerts a left join premises p on p.gln = a.gln where ${where}
    group by a.severity, a.type, a.status`.execute(db);
  const sum = <Name extends string>(names: readonly Name[], column: 'severity' | 'type' | 'status') =>
    Object.fromEntries(
      names.map((name) => [
        name,
        rows.filter((row) => row[column] === (name as string)).reduce((total, { count }) => total + count, 0),
      ]),
    ) as Record<Name, number>;
  return {
    totalAlerts: rows.reduce((total, { count }) => total + count, 0),
    bySeverity: sum(alertSeverities, 'severity'),
    byType: sum(alertTypes, 'type'),
    byStatus: sum(alertStatuses, 'status'),
    ...(filter.interval === undefined ? {} : { series: await seriesOf(db, filter.interval, where) }),
  };
}

async function seriesOf(db: Kysely<Database>, interval: StatisticsInterval, where: ReturnType<typeof condition>) {
  const { rows } = await sql<{ from: Date; totalAlerts: number }>`
    select date_trunc(${interval}, a.opened_at, 'UTC') as "from", count(*)::int8 as "totalAlerts"
    from alerts a left join premises p on p.gln = a.gln where ${where}
    group by 1 order by 1`.execute(db);
  return rows.map(({ from, totalAlerts }) => ({ from: from.toISOString(), totalAlerts }));
}

function condition(filter: StatisticsFilter) {
  const { since, until, country, mspId, gln } = filter;
  const parts = [sql<boolean>`true`];
  if (since !== undefined) parts.push(sql<boolean>`a.opened_at >= ${since}::timestamptz`);
  if (until !== undefined) parts.push(sql<boolean>`a.opened_at < ${until}::timestamptz`);
  if (country !== undefined) parts.push(sql<boolean>`p.country = ${country}`);
  if (mspId !== undefined) parts.push(sql<boolean>`a.msp_id = ${mspId}`);
  if (gln !== undefined) parts.push(sql<boolean>`a.gln = ${gln}`);
  for (const column of ['severity', 'type', 'status', 'source', 'gtin', 'lot'] as const) {
    const wanted = filter[column];
    if (wanted !== undefined) parts.push(sql<boolean>`${sql.ref(`a.${column}`)} = ${wanted}`);
  }
  return sql.join(parts, sql` and `);
}
