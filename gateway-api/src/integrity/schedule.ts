/** Every chart of this hospital, one after another: by the schedule, or because somebody asked for it. */
import type { Caller } from '../auth/caller.ts';
import type { Progress } from '../operations/operation.ts';
import type { Services } from '../services.ts';
import { reportedCheck } from './reports.ts';

export interface IntegrityRun {
  readonly charts: number;
  readonly failed: number;
  readonly healed: number;
  /** Charts of which nothing can be said: the ledger did not answer, or the database is such that it cannot be asked. */
  readonly unchecked: number;
}

const patientsAtOnce = 500;

/** Ids of the own patients, page by page: none is held longer than needed. */
async function* ownPatients({ readModel, profile }: Pick<Services, 'readModel' | 'profile'>): AsyncGenerator<string> {
  for (let after = ''; ;) {
    const rows = await readModel.db
      .selectFrom('patients')
      .select('patient_id')
      .where('home', '=', profile.mspId)
      .where('patient_id', '>', after)
      .orderBy('patient_id')
      .limit(patientsAtOnce)
      .execute();
    for (const { patient_id: id } of rows) yield id;
    if (rows.length < patientsAtOnce) return;
    after = rows.at(-1)!.patient_id;
  }
}

/** @param by absent for the gateway itself */
export async function checkEveryChart(
  services: Services,
  by?: Pick<Caller, 'id' | 'role'>,
  report: (progress: Progress) => void = () => undefined,
  signal?: AbortSignal,
): Promise<IntegrityRun> {
  const run = { charts: 0, failed: 0, healed: 0, unchecked: 0 };
  for await (const patientId of ownPatients(services)) {
    if (signal?.aborted === true) break;
    run.charts += 1;
    try {
      const { valid, healed } = await reportedCheck(services, patientId, { content: true }, by);
      if (!valid) run.failed += 1;
      run.healed += healed.length;
    } catch (error) {
      run.unchecked += 1;
      services.metrics.integrityChecks.inc({ result: 'unchecked' });
      services.log.warn({ err: error }, 'a chart could not be verified now');
    }
    report({ done: run.charts });
  }
  return run;
}

export class IntegritySchedule {
  readonly #services: Services;
  readonly #everyMs: number;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  /** @param everyMs 0 for never */
  constructor(services: Services, everyMs: number) {
    this.#services = services;
    this.#everyMs = everyMs;
  }

  /** Begins at the end of each interval. It does not keep the process alive. */
  start(): void {
    if (this.#everyMs === 0 || this.#stop.signal.aborted) return;
    this.#timer = setTimeout(
      () => {
        this.#running = this.#run().finally(() => this.start());
      },
      this.#everyMs - (this.#services.clock() % this.#everyMs),
    );
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    const { log } = this.#services;
    const run = await checkEveryChart(this.#services, undefined, undefined, this.#stop.signal).catch((err: unknown) => {
      log.error({ err }, 'the scheduled verification ended early');
    });
    if (run === undefined) return;
    if (run.failed > 0) log.error(run, 'verification found broken charts');
    else if (run.unchecked > 0) log.error(run, 'charts could not be verified');
    else log.info(run, 'every chart was verified');
  }
}
