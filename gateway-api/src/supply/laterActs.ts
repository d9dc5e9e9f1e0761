/**
 * Acts that were promised and could not be committed yet. Each waits in a file, through restarts and while the ledger
 * cannot be reached, until it is committed or refused.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LedgerIdentity } from '../auth/caller.ts';
import type { Act, Ledger } from '../fabric/act.ts';
import type { Log } from '../log.ts';

/** The name of a collection, or public state, which JSON has no word for. */
type Kept = Omit<Act, 'touches'> & {
  readonly touches: Omit<Act['touches'], 'writes'> & { readonly writes: readonly (string | null)[] };
};

export interface LaterAct {
  readonly identity: LedgerIdentity;
  readonly act: Act;
}

const firstPauseMs = 1_000;
const longestPauseMs = 60_000;

export class LaterActs {
  readonly #directory: string;
  readonly #ledger: Pick<Ledger, 'submit'>;
  readonly #log: Log;

  constructor(directory: string, ledger: Pick<Ledger, 'submit'>, log: Log) {
    this.#directory = directory;
    this.#ledger = ledger;
    this.#log = log;
  }

  /** Takes up what was left when the gateway stopped. */
  async resume(): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.#directory)) {
      if (!name.endsWith('.json')) continue;
      const { identity, act } = JSON.parse(await readFile(join(this.#directory, name), 'utf8')) as {
        identity: LedgerIdentity;
        act: Kept;
      };
      const writes = act.touches.writes.map((collection) => collection ?? undefined);
      this.#submitAfter({ identity, act: { ...act, touches: { ...act.touches, writes } } }, 0);
    }
  }

  /** Keeps an act, and submits it as soon as that succeeds. Resolves when it is kept. */
  async submit(later: LaterAct): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const { identity, act } = later;
    const writes = act.touches.writes.map((collection) => collection ?? null);
    const kept: Kept = { ...act, touches: { ...act.touches, writes } };
    const temporary = `${this.#path(later)}.tmp`;
    await writeFile(temporary, JSON.stringify({ identity, act: kept }), { mode: 0o600, flush: true });
    await rename(temporary, this.#path(later));
    this.#submitAfter(later, 0);
  }

  #submitAfter(later: LaterAct, pauseMs: number): void {
    setTimeout(() => {
      void this.#submitNow(later, Math.min(longestPauseMs, Math.max(firstPauseMs, pauseMs * 2)));
    }, pauseMs).unref();
  }

  async #submitNow(later: LaterAct, nextPauseMs: number): Promise<void> {
    try {
      await this.#ledger.submit(later.identity, later.act);
    } catch (error) {
      if (!isFinal(error)) return this.#submitAfter(later, nextPauseMs);
      this.#log.warn({ code: String((error as { code?: unknown }).code) }, `${later.act.type} was refused`);
    }
    await rm(this.#path(later), { force: true });
  }

  #path({ act: { key } }: LaterAct): string {
    return join(this.#directory, `${key}.json`);
  }
}

/** The ledger's rule said no: repeating says the same. Everything else passes. */
function isFinal(error: unknown): boolean {
  const { status, code } = error as { status?: unknown; code?: unknown };
  return typeof status === 'number' && status >= 400 && status < 500 && code !== 'conflict' && status !== 429;
}
