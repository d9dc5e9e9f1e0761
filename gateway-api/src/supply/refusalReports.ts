/**
 * Refused supply acts, reported by the identity that tried them in a transaction of its own. A report waits in a file
 * until it is committed, through restarts and while the ledger cannot be reached.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LedgerIdentity } from '../auth/caller.ts';
import type { CommittedTransaction, Ledger } from '../fabric/act.ts';
import type { Log } from '../log.ts';

export interface RefusalReport {
  /** Ledger's idempotency key of the report. */
  readonly key: string;
  readonly identity: LedgerIdentity;
  /** Body of `supply.reportRefusal`. */
  readonly body: object;
  /** The code that the gateway saw, for a report that the identity cannot make itself. */
  readonly code?: string;
}

export interface ReportedRefusal {
  readonly recorded: boolean;
  readonly eventId?: string;
  readonly code?: string;
  readonly alertId?: string;
  /** Which transaction wrote it. */
  readonly transaction?: CommittedTransaction;
}

const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

export class RefusalReports {
  readonly #directory: string;
  readonly #ledger: Pick<Ledger, 'submit'>;
  readonly #log: Log;
  readonly #service: LedgerIdentity | undefined;

  /** @param service passes on what an identity cannot report itself, actor `unproven` (DESIGN §4.8) */
  constructor(directory: string, ledger: Pick<Ledger, 'submit'>, log: Log, service?: LedgerIdentity) {
    this.#directory = directory;
    this.#ledger = ledger;
    this.#log = log;
    this.#service = service;
  }

  /** Takes up what was left when the gateway stopped. */
  async resume(): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.#directory)) {
      if (!name.endsWith('.json')) continue;
      const report = JSON.parse(await readFile(join(this.#directory, name), 'utf8')) as RefusalReport;
      this.#submitLater(report, 0);
    }
  }

  /**
   * Keeps a report and tries to commit it.
   *
   * @param withinMs how long the caller waits
   * @returns what was recorded, or undefined while it is still waiting
   */
  async report(report: RefusalReport, withinMs: number): Promise<ReportedRefusal | undefined> {
    await this.#keep(report);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => resolve(undefined), withinMs);
    });
    const committed = this.#submit(report, firstPauseMs);
    return Promise.race([committed, late]).finally(() => clearTimeout(timer));
  }

  /** @returns undefined when it failed and will be tried again */
  async #submit(report: RefusalReport, nextPauseMs: number): Promise<ReportedRefusal | undefined> {
    try {
      const { result, transaction } = await this.#ledger.submit<ReportedRefusal>(report.identity, {
        type: 'supply.reportRefusal',
        body: report.body,
        key: report.key,
        touches: { writes: [undefined], reads: ['registry'] },
      });
      await rm(this.#path(report), { force: true });
      return transaction === undefined ? result : { ...result, transaction };
    } catch (error) {
      const unproven = await this.#passOn(report, error);
      if (unproven !== undefined) {
        await rm(this.#path(report), { force: true });
        return unproven;
      }
      if (isFinal(error)) {
        this.#log.warn({ code: codeOf(error) }, 'a refusal could not be reported');
        await rm(this.#path(report), { force: true });
      } else this.#submitLater(report, nextPauseMs);
      return undefined;
    }
  }

  /** @returns undefined when the identity itself must try again, or nothing can be said in its place */
  async #passOn({ key, body, code }: RefusalReport, error: unknown): Promise<ReportedRefusal | undefined> {
    if (this.#service === undefined || !isUnknownToLedger(error)) return undefined;
    try {
      const { result, transaction } = await this.#ledger.submit<ReportedRefusal>(this.#service, {
        type: 'supply.reportUnproven',
        body: { ...body, code: code ?? codeOf(error) },
        key,
        touches: { writes: [undefined], reads: ['registry'] },
      });
      return transaction === undefined ? result : { ...result, transaction };
    } catch (failure) {
      this.#log.warn({ code: codeOf(failure) }, 'an unproven refusal could not be passed on');
      return undefined;
    }
  }

  #submitLater(report: RefusalReport, pauseMs: number): void {
    setTimeout(() => {
      void this.#submit(report, Math.min(longestPauseMs, Math.max(firstPauseMs, pauseMs * 2)));
    }, pauseMs).unref();
  }

  async #keep(report: RefusalReport): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const temporary = `${this.#path(report)}.tmp`;
    await writeFile(temporary, JSON.stringify(report), { mode: 0o600, flush: true });
    await rename(temporary, this.#path(report));
  }

  #path({ key }: RefusalReport): string {
    return join(this.#directory, `${key}.json`);
  }
}

/** The ledger said no: repeating says the same. Everything else passes. */
function isFinal(error: unknown): boolean {
  const status = (error as { status?: unknown }).status;
  return typeof status === 'number' && status >= 400 && status < 500 && status !== 409 && status !== 429;
}

/** The ledger does not take the identity's word: suspended, revoked, or unknown to it. */
function isUnknownToLedger(error: unknown): boolean {
  return ['unknown_identity', 'staff_suspended'].includes(codeOf(error));
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown }).code);
}
