import type { Kysely } from 'kysely';
import { problemFrom } from '../http/answer.ts';
import { Problem, type ProblemCode, type ProblemOptions } from '../http/problem.ts';
import type { Reply } from '../http/route.ts';
import { SealedJson } from '../keystore/sealedJson.ts';
import type { Log } from '../log.ts';
import type { Database } from '../readmodel/database/schema.ts';
import { keptMs, type AnswerStore, type KeptAnswer } from './answers.ts';

/** A larger answer is worked out again after a restart. */
const maxSealedBytes = 64 * 1024;
const rowsPerStatement = 500;

interface Stored {
  readonly request: string;
  readonly body?: string;
  readonly at: number;
  readonly reply?: Reply;
  readonly problem?: Pick<Problem, 'code'> & ProblemOptions;
}

/** First answers in the gateway's database, sealed, written a moment later and many at once. */
export class AnswerTable implements AnswerStore {
  readonly #db: Kysely<Database>;
  readonly #sealed: SealedJson<Stored>;
  readonly #clock: () => number;
  readonly #log: Log;
  readonly #writeAfterMs: number;
  #waiting: { readonly answer_id: string; readonly sealed: Uint8Array; readonly expires_at: string }[] = [];
  #written: Promise<void> = Promise.resolve();

  /** @param key 32 bytes */
  constructor(db: Kysely<Database>, key: Uint8Array, clock: () => number, log: Log, writeAfterMs = 250) {
    this.#db = db;
    this.#sealed = new SealedJson(key);
    this.#clock = clock;
    this.#log = log;
    this.#writeAfterMs = writeAfterMs;
  }

  keep({ id, end, ...request }: KeptAnswer): void {
    const stored = 'reply' in end ? { ...request, reply: end.reply } : { ...request, problem: problemOf(end.error) };
    const sealed = this.#sealed.seal(id, stored);
    if (sealed.length > maxSealedBytes) return;
    this.#waiting.push({ answer_id: id, sealed, expires_at: new Date(request.at + keptMs).toISOString() });
    if (this.#waiting.length === 1) setTimeout(() => void this.flush(), this.#writeAfterMs).unref();
  }

  async since(since: number, limit: number): Promise<readonly KeptAnswer[]> {
    const rows = await this.#db
      .selectFrom('first_answers')
      .select(['answer_id', 'sealed'])
      .where('expires_at', '>', new Date(since + keptMs))
      .orderBy('expires_at', 'desc')
      .limit(limit)
      .execute();
    return rows.map((row) => {
      const { reply, problem, ...request } = this.#sealed.open(row.answer_id, row.sealed);
      const end = problem === undefined ? { reply: reply! } : { error: new Problem(problem.code, problem) };
      return { id: row.answer_id, ...request, end };
    });
  }

  /** Writes what waits; to be called before the database closes too. */
  async flush(): Promise<void> {
    this.#written = this.#written
      .then(() => this.#write())
      .catch((error: unknown) => this.#log.error({ err: error }, 'first answers could not be kept'));
    await this.#written;
  }

  async #write(): Promise<void> {
    const rows = this.#waiting;
    this.#waiting = [];
    for (let at = 0; at < rows.length; at += rowsPerStatement)
      await this.#db
        .insertInto('first_answers')
        .values(rows.slice(at, at + rowsPerStatement))
        .onConflict((conflict) =>
          conflict.column('answer_id').doUpdateSet((row) => ({
            sealed: row.ref('excluded.sealed'),
            expires_at: row.ref('excluded.expires_at'),
          })),
        )
        .execute();
    await this.#db.deleteFrom('first_answers').where('expires_at', '<=', new Date(this.#clock())).execute();
  }
}

function problemOf(error: Error): { readonly code: ProblemCode } & ProblemOptions {
  const { code, detail, errors, headers, members } = problemFrom(error);
  return {
    code,
    headers,
    members,
    ...(detail === undefined ? {} : { detail }),
    ...(errors === undefined ? {} : { errors }),
  };
}
