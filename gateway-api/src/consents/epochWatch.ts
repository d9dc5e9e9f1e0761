/** Sees to the key epochs of this hospital's patients: when a block narrows a right, at the start, and from time to time. */
import { patientsWithEpochsToDecide } from '../readmodel/queries/seeds.ts';
import type { ProjectedBlock } from '../readmodel/readModel.ts';
import type { Services } from '../services.ts';
import { decideEpochs } from './keyEpochs.ts';

/** Consents expire without a block: that they did is noticed then at the latest. */
const everyMs = 600_000;
const againAfterMs = 15_000;

type Written = ProjectedBlock['changes'][number];

export class EpochWatch {
  readonly #services: Services;
  readonly #failed = new Set<string>();
  readonly #timers = new Set<NodeJS.Timeout>();
  /** While a patient's epochs are decided another right ended: once more. */
  readonly #again = new Set<string>();
  #unlisten: (() => void) | undefined;
  #stopped = false;

  constructor(services: Services) {
    this.#services = services;
  }

  /**
   * To be called before requests are taken: appends wait until the first sweep has found whose keys an earlier process left
   * to be renewed.
   *
   * @param seeWholeLedger resolves when the read model shows what the ledger had at the start
   */
  start(seeWholeLedger: () => Promise<void>): void {
    const { readModel, epochsUnderWay } = this.#services;
    this.#unlisten = readModel.onBlock(({ changes }) => {
      for (const { patientId, isGrant } of changes.flatMap(rightIn)) this.#decide(patientId, isGrant);
    });
    epochsUnderWay.begin(this.#first(seeWholeLedger));
    this.#every(everyMs, () => this.sweep());
    this.#every(againAfterMs, async () => {
      for (const patientId of this.#failed) this.#decide(patientId);
    });
  }

  async #first(seeWholeLedger: () => Promise<void>): Promise<void> {
    await seeWholeLedger().catch((err: unknown) => {
      this.#services.log.warn({ err }, 'key epochs are looked for before the whole ledger is seen');
    });
    await this.sweep();
  }

  /** All patients about whose epochs something is to be decided. */
  async sweep(): Promise<void> {
    const { readModel, profile, clock, log } = this.#services;
    try {
      for (const id of await patientsWithEpochsToDecide(readModel.db, profile.mspId, clock())) this.#decide(id);
    } catch (err) {
      log.warn({ err }, 'key epochs could not be looked for now');
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#unlisten?.();
    for (const timer of this.#timers) clearInterval(timer);
  }

  #decide(patientId: string, isGrant = false): void {
    const { epochsUnderWay } = this.#services;
    if (this.#stopped) return;
    if (epochsUnderWay.isRunning(patientId)) this.#again.add(patientId);
    else epochsUnderWay.track(patientId, this.#run(patientId, isGrant));
  }

  async #run(patientId: string, isGrant: boolean): Promise<void> {
    const { facts, profile, metrics, log } = this.#services;
    try {
      if ((await facts.patient(patientId))?.home !== profile.mspId) return;
      // A grant crosses the beginning of an epoch only where one begins.
      if (isGrant && (await facts.categoryKeys(patientId)).every(({ epoch }) => epoch === 0)) return;
      do {
        this.#again.delete(patientId);
        metrics.keyEpochs.inc({ result: 'begun' }, await decideEpochs(this.#services, patientId));
      } while (this.#again.has(patientId) && !this.#stopped);
      this.#failed.delete(patientId);
    } catch (err) {
      if (this.#stopped) return;
      this.#failed.add(patientId);
      metrics.keyEpochs.inc({ result: 'failed' });
      log.warn({ err }, 'a key epoch could not begin now; it is tried again');
    }
  }

  #every(ms: number, work: () => Promise<void>): void {
    const timer = setInterval(() => void work(), ms);
    timer.unref();
    this.#timers.add(timer);
  }
}

/** Of a write that takes a right, or gives one. */
function rightIn({ type, value }: Written): readonly { readonly patientId: string; readonly isGrant: boolean }[] {
  if (type !== 'consent-stops' && type !== 'consent') return [];
  const { patientId, subject, decision } = value as Readonly<Record<string, unknown>>;
  if (typeof patientId !== 'string' || String(subject).startsWith('token/')) return [];
  return [{ patientId, isGrant: decision === 'permit' }];
}
