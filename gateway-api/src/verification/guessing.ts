/** Notices who tries serials: many failures of one product, by an organisation or by the public, in a short time. */
import { createHash } from 'node:crypto';
import type { Caller } from '../auth/caller.ts';
import type { Services } from '../services.ts';
import type { Decided } from './decided.ts';

type Needs = Pick<Services, 'ledger' | 'serviceIdentity' | 'clock' | 'log' | 'config' | 'metrics'>;

interface Window {
  startedAt: number;
  failures: number;
}

const windowMs = 10 * 60_000;
const windowsKept = 10_000;

export class GuessingWatch {
  readonly #services: Needs;
  readonly #windows = new Map<string, Window>();

  constructor(services: Needs) {
    this.#services = services;
  }

  /** Counts a failed identity; at the configured number in ten minutes an alert opens on the ledger. */
  note({ asked, verdicts, known }: Decided, caller: Caller | undefined): void {
    if (asked.scope !== 'pack' || verdicts.identity.verdict === 'verified' || !known.facts.productKnown) return;
    const { clock, config } = this.#services;
    const asker = caller?.kind === 'staff' ? caller.identity.mspId : 'public';
    const key = `${asker}|${asked.gtin}`;
    const now = clock();
    let window = this.#windows.get(key);
    if (window === undefined || now - window.startedAt >= windowMs) {
      if (this.#windows.size >= windowsKept) this.#forget(now);
      window = { startedAt: now, failures: 0 };
      this.#windows.set(key, window);
    }
    window.failures += 1;
    if (window.failures === config.verificationGuesses) void this.#report(asked.gtin, asker, window);
  }

  #forget(now: number): void {
    for (const [key, { startedAt }] of this.#windows) if (now - startedAt >= windowMs) this.#windows.delete(key);
    if (this.#windows.size >= windowsKept) this.#windows.clear();
  }

  async #report(gtin: string, asker: string, { startedAt, failures }: Window): Promise<void> {
    const { ledger, serviceIdentity, clock, log } = this.#services;
    try {
      await ledger.submit(serviceIdentity, {
        type: 'supply.reportGuessing',
        body: { gtin, failures, eventTime: new Date(clock()).toISOString() },
        key: createHash('sha256').update(`guessing|${asker}|${gtin}|${startedAt}`).digest('hex'),
        touches: { writes: [undefined] },
      });
    } catch (error) {
      log.error({ err: error, gtin }, 'a burst of failed verifications could not be reported');
    }
  }
}
