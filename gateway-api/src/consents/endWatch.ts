/** Wakes the notices when a consent's end is to be told of: that moment comes without a block. */
import type { Services } from '../services.ts';
import { nextConsentEnd, type ConsentEndOptions } from './endNotices.ts';

type Needed = Pick<Services, 'readModel' | 'notifications' | 'log'>;

const lookAgainMs = 600_000;
/** Between two readings. */
const pauseMs = 1_000;

export class ConsentEndWatch {
  readonly #services: Needed;
  readonly #options: ConsentEndOptions;
  #timer: NodeJS.Timeout | undefined;
  #isLooking = false;
  /** While it looked, a consent came. */
  #hasChanged = false;

  constructor(services: Needed, options: ConsentEndOptions) {
    this.#services = services;
    this.#options = options;
  }

  /** Until the notifications stop. */
  start(): void {
    const { readModel, notifications } = this.#services;
    const unsubscribe = readModel.onBlock(({ changes }) => {
      if (!changes.some(({ type }) => type === 'consent')) return;
      if (this.#isLooking) this.#hasChanged = true;
      else this.#lookIn(pauseMs);
    });
    notifications.stopping.addEventListener('abort', () => {
      unsubscribe();
      clearTimeout(this.#timer);
    });
    this.#lookIn(0);
  }

  #lookIn(ms: number): void {
    if (this.#services.notifications.stopping.aborted) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), ms);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const { readModel, notifications, log } = this.#services;
    const { clock } = this.#options;
    let inMs = lookAgainMs;
    this.#isLooking = true;
    try {
      const next = await nextConsentEnd(readModel.db, this.#options, clock() + lookAgainMs);
      if (next !== undefined && next <= clock() && readModel.height !== undefined) {
        notifications.readAgain(readModel.height);
        await notifications.settled();
        inMs = pauseMs;
      } else if (next !== undefined) inMs = Math.max(next - clock(), pauseMs);
    } catch (err) {
      if (!notifications.stopping.aborted) log.warn({ err }, 'ends of consents could not be looked for now');
      inMs = pauseMs * 10;
    }
    this.#lookIn(this.#hasChanged ? pauseMs : inMs);
    this.#isLooking = this.#hasChanged = false;
  }
}
