/** What the gateway measures (OpenMetrics), besides the process and its event loop. */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export class Metrics {
  readonly registry = new Registry();
  readonly requests: Histogram<'method' | 'route' | 'status'>;
  readonly submitPhases: Histogram<'phase'>;
  readonly batchCommands: Histogram<'contract'>;
  readonly retries: Counter<'reason'>;
  readonly transactions: Counter<'code'>;
  readonly refusals: Counter<'code'>;
  readonly queuedActs: Gauge;
  /** Verified charts: `passed`, `healed` (whole again), `failed` (alarm above 0). */
  readonly integrityChecks: Counter<'result'>;
  readonly healedObjects: Counter;
  /** New epochs of patients' keys: `begun`, or `failed` and to be tried again. */
  readonly keyEpochs: Counter<'result'>;

  constructor() {
    this.registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE as typeof this.registry.contentType);
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.requests = new Histogram({
      name: 'gateway_http_request_duration_seconds',
      help: 'Duration of HTTP requests by route and status',
      labelNames: ['method', 'route', 'status'],
      buckets: seconds,
      registers,
    });
    this.submitPhases = new Histogram({
      name: 'gateway_submit_phase_duration_seconds',
      help: 'Duration of endorse, submit, commit and evaluate',
      labelNames: ['phase'],
      buckets: seconds,
      registers,
    });
    this.batchCommands = new Histogram({
      name: 'gateway_submit_batch_commands',
      help: 'Commands in a proposed transaction',
      labelNames: ['contract'],
      buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
      registers,
    });
    this.retries = new Counter({
      name: 'gateway_submit_retries',
      help: 'Transactions proposed again, by reason',
      labelNames: ['reason'],
      registers,
    });
    this.transactions = new Counter({
      name: 'gateway_transactions',
      help: 'Transactions by their validation code',
      labelNames: ['code'],
      registers,
    });
    this.refusals = new Counter({
      name: 'gateway_refusals',
      help: 'Requests refused, by code',
      labelNames: ['code'],
      registers,
    });
    this.integrityChecks = new Counter({
      name: 'gateway_integrity_checks',
      help: 'Charts verified, by what came out',
      labelNames: ['result'],
      registers,
    });
    this.healedObjects = new Counter({
      name: 'gateway_store_healed_objects',
      help: 'Ciphertexts restored from a replica or in it',
      registers,
    });
    this.keyEpochs = new Counter({
      name: 'gateway_key_epochs',
      help: "Epochs of patients' keys that began after somebody lost a right, and attempts that failed",
      labelNames: ['result'],
      registers,
    });
    this.queuedActs = new Gauge({
      name: 'gateway_submit_queued_acts',
      help: 'Acts waiting for a transaction',
      registers,
    });
  }

  /** A value that is read when the metrics are. */
  gauge(name: string, help: string, read: () => number | undefined): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers: [this.registry],
      collect: () => {
        const value = read();
        if (value !== undefined) gauge.set(value);
      },
    });
  }

  /** As {@link gauge}, for a value that has to be asked for. A failure leaves the last value. */
  asyncGauge(name: string, help: string, read: () => Promise<number | undefined>): void {
    const gauge: Gauge = new Gauge({
      name,
      help,
      registers: [this.registry],
      collect: async () => {
        const value = await read().catch(() => undefined);
        if (value !== undefined) gauge.set(value);
      },
    });
  }
}
