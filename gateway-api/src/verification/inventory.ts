/** Verification of a whole inventory: read as a stream, decided a few hundred lines at a time, answered as a file. */
import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { once } from 'node:events';
import { Refusal } from '@chain-of-care/chaincode/model';
import type { Caller } from '../auth/caller.ts';
import { Problem } from '../http/problem.ts';
import type { Progress } from '../operations/operation.ts';
import type { Services } from '../services.ts';
import { readAsked, type Asked } from './asked.ts';
import { decide, decidePack } from './decide.ts';
import type { AskedOf, Decided } from './decided.ts';
import { knownPacks } from './facts.ts';
import type { InventoryLine } from './inventoryLines.ts';
import type { VerificationService } from './service.ts';

export const inventoryLimit = 100_000;
const linesAtOnce = 250;
/** Results are kept for so long. */
const keptMs = 7 * 24 * 3_600_000;

export interface InventorySummary {
  readonly lines: number;
  readonly authentic: number;
  readonly notAuthentic: number;
  readonly unreadable: number;
  readonly byBand: Readonly<Record<string, number>>;
}

/** What is answered of a line. */
interface LineResult {
  readonly line: number;
  readonly isAuthentic?: boolean;
  readonly verificationId?: string;
  readonly riskScore?: number;
  readonly riskBand?: string;
  readonly state?: string;
  readonly findings?: readonly string[];
  readonly problem?: string;
}

const csvColumns = [
  'line',
  'isAuthentic',
  'riskScore',
  'riskBand',
  'state',
  'findings',
  'problem',
  'verificationId',
] as const;

export class InventoryVerification {
  readonly #services: Services;
  readonly #service: VerificationService;
  readonly #directory: string;

  constructor(services: Services, service: VerificationService) {
    this.#services = services;
    this.#service = service;
    this.#directory = join(services.config.dataDirectory, 'inventories');
  }

  /**
   * @param id names the result file
   * @throws Problem payload_too_large beyond 100,000 lines; quota_exhausted
   */
  async run(
    id: string,
    caller: Caller,
    lines: AsyncIterable<InventoryLine>,
    report: (progress: Progress) => void,
  ): Promise<InventorySummary> {
    await this.#forgetOld();
    const file = createWriteStream(this.#pathOf(id), { mode: 0o600 });
    const count = { lines: 0, authentic: 0, notAuthentic: 0, unreadable: 0, byBand: {} as Record<string, number> };
    try {
      for await (const batch of batchesOf(lines)) {
        if (count.lines + batch.length > inventoryLimit)
          throw new Problem('payload_too_large', { detail: `an inventory has up to ${inventoryLimit} lines` });
        for (const result of await this.#verifyBatch(caller, batch, count.lines)) {
          tally(count, result);
          if (!file.write(`${JSON.stringify(result)}\n`)) await once(file, 'drain');
        }
        count.lines += batch.length;
        report({ done: count.lines });
      }
    } finally {
      file.end();
      await once(file, 'close');
    }
    return count;
  }

  /**
   * The result, line by line.
   *
   * @throws Problem not_found
   */
  async *result(id: string, as: 'csv' | 'ndjson'): AsyncGenerator<string> {
    const file = await open(this.#pathOf(id)).catch((cause: unknown) => {
      throw new Problem('not_found', { cause });
    });
    try {
      if (as === 'csv') yield `${csvColumns.join(',')}\r\n`;
      for await (const line of file.readLines())
        yield as === 'csv' ? csvOf(JSON.parse(line) as LineResult) : `${line}\n`;
    } finally {
      await file.close();
    }
  }

  async #verifyBatch(caller: Caller, batch: readonly InventoryLine[], first: number): Promise<LineResult[]> {
    const now = this.#services.clock();
    const asked = batch.map((line) => askedOf(line, caller, now));
    const readable = asked.filter((each): each is Asked => !('problem' in each));
    await this.#service.plans.count(caller, readable.length);
    const packs = readable.filter((each): each is AskedOf<'pack'> => each.scope === 'pack');
    const known = await knownPacks(
      this.#services.readModel.db,
      packs.map(({ gtin, serial, request: { lot } }) => ({ gtin, serial, lot })),
      now,
    );
    const knownOf = new Map(packs.map((pack, index) => [pack, known[index]!]));
    return Promise.all(
      asked.map(async (each, index): Promise<LineResult> => {
        const line = first + index + 1;
        if ('problem' in each) return { line, problem: each.problem };
        const decision =
          each.scope === 'pack'
            ? await decidePack(this.#services, each, caller, knownOf.get(each)!)
            : await decide(this.#services, each, caller);
        return { line, ...(await this.#resultOf(decision, caller)) };
      }),
    );
  }

  async #resultOf(decision: Decided, caller: Caller): Promise<Omit<LineResult, 'line'>> {
    const { view } = await this.#service.answer(decision, { caller });
    const { isAuthentic, verificationId, riskScore, riskBand, identity, custody, quality, status } = view;
    const findings = [identity, custody, quality, status].flatMap((said) => said.findings.map(({ code }) => code));
    return {
      isAuthentic,
      verificationId,
      riskScore,
      riskBand,
      findings: [...new Set(findings)],
      ...(status.state === undefined ? {} : { state: status.state }),
    };
  }

  #pathOf(id: string): string {
    return join(this.#directory, `${id}.ndjson`);
  }

  async #forgetOld(): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.#directory)) {
      const path = join(this.#directory, name);
      const { mtimeMs } = await stat(path);
      if (this.#services.clock() - mtimeMs > keptMs) await rm(path, { force: true });
    }
  }
}

/** In an inventory the context is `inventory` unless a line says otherwise. */
function askedOf(line: InventoryLine, caller: Caller, now: number): Asked | { readonly problem: string } {
  if ('problem' in line) return line;
  try {
    return readAsked({ context: 'inventory', ...line.body }, caller, now);
  } catch (error) {
    if (error instanceof Refusal) return { problem: error.detail ?? error.code };
    if (error instanceof Problem) return { problem: error.errors?.[0]?.detail ?? error.code };
    throw error;
  }
}

function tally(
  count: { authentic: number; notAuthentic: number; unreadable: number; byBand: Record<string, number> },
  { isAuthentic, riskBand }: LineResult,
): void {
  if (isAuthentic === undefined) count.unreadable += 1;
  else if (isAuthentic) count.authentic += 1;
  else count.notAuthentic += 1;
  if (riskBand !== undefined) count.byBand[riskBand] = (count.byBand[riskBand] ?? 0) + 1;
}

async function* batchesOf(lines: AsyncIterable<InventoryLine>): AsyncGenerator<InventoryLine[]> {
  let batch: InventoryLine[] = [];
  for await (const line of lines) {
    batch.push(line);
    if (batch.length < linesAtOnce) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function csvOf(result: LineResult): string {
  const cells = csvColumns.map((column) => {
    const value = result[column];
    const text = Array.isArray(value) ? value.join(' ') : value === undefined ? '' : String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  });
  return `${cells.join(',')}\r\n`;
}
