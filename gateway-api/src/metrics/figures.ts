/** The figures to watch over a consortium, asked of the read model when the metrics are read. Counts only. */
import { sql } from 'kysely';
import type { ReadModel } from '../readmodel/index.ts';
import type { Metrics } from './metrics.ts';

interface Figure {
  readonly name: string;
  readonly help: string;
  /** One row with one number. */
  readonly query: ReturnType<typeof sql<{ value: number | null }>>;
}

const last = (interval: string) => sql.lit(interval);

const figures: readonly Figure[] = [
  {
    name: 'ledger_block_interval_seconds',
    help: 'Mean time between blocks, of the last hundred',
    query: sql`select extract(epoch from max(t) - min(t))::float8 / nullif(count(*) - 1, 0) as value from
      (select max(time) as t from transactions group by block_number order by block_number desc limit 100) blocks`,
  },
  {
    name: 'ledger_transactions_per_second',
    help: 'Transactions a second, of the last five minutes',
    query: sql`select count(*)::float8 / 300 as value from transactions where time > now() - ${last('5 minutes')}::interval`,
  },
  {
    name: 'care_unauthorised_attempts_day',
    help: 'Accesses that were refused, of the last 24 hours',
    query: sql`select count(*)::int4 as value from accesses
      where decision = 'deny' and record_time > now() - ${last('24 hours')}::interval`,
  },
  {
    name: 'care_consent_violations',
    help: 'Permitted accesses on a consent that was revoked before, or that the ledger does not have',
    query: sql`select count(*)::int4 as value from accesses a
      cross join lateral jsonb_array_elements(a.basis) b
      join consent_stops s on s.consent_id = b ->> 'consentId' and s.revoked_at < a.record_time
      where a.decision = 'permit' and b ->> 'kind' = 'consent' and jsonb_array_length(a.basis) = 1`,
  },
  {
    name: 'care_access_reviews_open',
    help: "Unusual accesses to this hospital's charts that no privacy officer has answered",
    query: sql`select count(*)::int4 as value from access_reviews where status <> 'answered'`,
  },
  {
    name: 'supply_counterfeit_alerts_open',
    help: 'Counterfeit alerts that are open or investigated',
    query: sql`select count(*)::int4 as value from alerts
      where type in ('counterfeit', 'clone') and status in ('open', 'investigating')`,
  },
  {
    name: 'supply_counterfeit_alerts_confirmed',
    help: 'Counterfeit alerts that are confirmed',
    query: sql`select count(*)::int4 as value from alerts where type in ('counterfeit', 'clone') and status = 'confirmed'`,
  },
  {
    name: 'supply_verifications_day',
    help: 'Verifications answered here, of the last 24 hours',
    query: sql`select count(*)::int4 as value from verification_log
      where verified_at > now() - ${last('24 hours')}::interval`,
  },
  {
    name: 'care_consents_active',
    help: 'Consents that permit and are neither revoked nor expired',
    query: sql`select count(*)::int4 as value from consents c
      where c.decision = 'permit' and (c.expires_at is null or c.expires_at > now())
        and not exists (select from consent_stops s where s.consent_id = c.consent_id)`,
  },
  {
    name: 'care_records_stored',
    help: 'Record versions on the ledger, as far as this organisation holds them',
    query: sql`select count(*)::int4 as value from records`,
  },
  {
    name: 'gateway_queued_operations',
    help: 'Requests with Prefer: respond-async that have not ended',
    query: sql`select count(*)::int4 as value from operations where status = 'queued'`,
  },
  {
    name: 'gateway_queued_operations_oldest_seconds',
    help: 'Age of the oldest of them',
    query: sql`select coalesce(extract(epoch from now() - min(started_at)), 0)::float8 as value
      from operations where status = 'queued'`,
  },
  {
    name: 'gateway_active_users_day',
    help: 'Device keys of this organisation that submitted a transaction, of the last 24 hours',
    query: sql`select count(distinct device_key)::int4 as value from transactions
      where time > now() - ${last('24 hours')}::interval`,
  },
];

export const figureNames = figures.map(({ name }) => name);

/** A figure that cannot be had now keeps its last value. */
export function watchFigures({ db }: Pick<ReadModel, 'db'>, metrics: Metrics): void {
  for (const { name, help, query } of figures)
    metrics.asyncGauge(name, help, async () => {
      const { rows } = await query.execute(db);
      return rows[0]?.value ?? undefined;
    });
}
