/** How many verifications an account has a month, by its plan. Recall, theft and expiry warnings are outside it. */
import { sql } from 'kysely';
import type { Caller } from '../auth/caller.ts';
import { Problem } from '../http/problem.ts';
import type { Services } from '../services.ts';
import type { Decided } from './decided.ts';
import type { Uncounted } from './log.ts';
import { gravestWarnings, languageOf, warningViews } from './warnings.ts';

export interface Usage {
  readonly plan: string;
  /** YYYY-MM, UTC. */
  readonly month: string;
  readonly used: number;
  /** Absent: no limit. */
  readonly limit?: number;
}

type Needs = Pick<Services, 'readModel' | 'clock' | 'config'>;

/** Patients have the free plan until an administrator gives them another; members' staff have none to count against. */
const planOfKind: Readonly<Record<Caller['kind'], string>> = {
  patient: 'free',
  representative: 'free',
  staff: 'enterprise',
};

export class VerificationPlans {
  readonly #services: Needs;
  /** Of accounts that have one of their own; read once. */
  #plans: Promise<Map<string, string>> | undefined;

  constructor(services: Needs) {
    this.#services = services;
  }

  get names(): readonly string[] {
    return Object.keys(this.#services.config.verificationPlans);
  }

  async usage(caller: Caller): Promise<Usage> {
    const { readModel, config } = this.#services;
    const plan = await this.#planOf(caller);
    const month = this.#month();
    const row = await readModel.db
      .selectFrom('verification_usage')
      .select('used')
      .where('account', '=', caller.id)
      .where('month', '=', month)
      .executeTakeFirst();
    const limit = config.verificationPlans[plan] ?? 0;
    return { plan, month, used: row?.used ?? 0, ...(limit === 0 ? {} : { limit }) };
  }

  /** @throws Problem validation_failed for a plan that is not configured */
  async put(account: string, plan: string): Promise<void> {
    if (!this.names.includes(plan))
      throw new Problem('validation_failed', {
        errors: [{ pointer: '/plan', code: 'validation_failed', detail: `one of ${this.names.join(', ')}` }],
      });
    const row = { account, plan, changed_at: new Date(this.#services.clock()).toISOString() };
    await this.#services.readModel.db
      .insertInto('account_plans')
      .values(row)
      .onConflict((conflict) => conflict.column('account').doUpdateSet(row))
      .execute();
    this.#plans = undefined;
  }

  /**
   * Counts one verification of an account with a limit, before it is answered.
   *
   * @returns what is still to be counted: that of an account without one
   * @throws Problem quota_exhausted
   */
  async countLimited(caller: Caller, decided: Decided, language?: string): Promise<Uncounted | undefined> {
    if ((await this.#limitOf(caller)) === 0) return { account: caller.id, month: this.#month() };
    await this.count(caller, 1, decided, language);
    return undefined;
  }

  /**
   * Counts verifications of an account.
   *
   * @param warned what was found, so that what nobody may withhold is told all the same
   * @throws Problem quota_exhausted
   */
  async count(caller: Caller, number: number, warned?: Pick<Decided, 'verdicts'>, language?: string): Promise<void> {
    const limit = await this.#limitOf(caller);
    const { rows } = await sql<{ used: number }>`
      insert into verification_usage as u (account, month, used)
      select ${caller.id}, ${this.#month()}, ${number}::integer where ${limit}::integer = 0 or ${number}::integer <= ${limit}::integer
      on conflict (account, month) do update set used = u.used + excluded.used
        where ${limit}::integer = 0 or u.used + excluded.used <= ${limit}::integer
      returning used`.execute(this.#services.readModel.db);
    if (rows.length > 0) return;
    const warnings = warned === undefined ? [] : warningViews(gravestWarnings(warned.verdicts), languageOf(language));
    throw new Problem('quota_exhausted', { detail: `${limit} a month`, members: { warnings } });
  }

  /** 0: none. */
  async #limitOf(caller: Caller): Promise<number> {
    return this.#services.config.verificationPlans[await this.#planOf(caller)] ?? 0;
  }

  async #planOf(caller: Caller): Promise<string> {
    this.#plans ??= this.#read().catch((error: unknown) => {
      this.#plans = undefined;
      throw error;
    });
    return (await this.#plans).get(caller.id) ?? planOfKind[caller.kind];
  }

  async #read(): Promise<Map<string, string>> {
    const rows = await this.#services.readModel.db.selectFrom('account_plans').select(['account', 'plan']).execute();
    return new Map(rows.map(({ account, plan }) => [account, plan]));
  }

  #month(): string {
    return new Date(this.#services.clock()).toISOString().slice(0, 7);
  }
}
