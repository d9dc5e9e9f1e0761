/**
 * Answers requests for access by the patients' automatic rules, with the keys that this organisation keeps for them: when a
 * request comes, at the start, and from time to time. The ledger takes one answer to a request.
 */
import { Refusal, type AccessRequest } from '@chain-of-care/chaincode/model';
import type { Caller } from '../auth/caller.ts';
import { custodialIdentity } from '../custody/patientKeys.ts';
import { Derivation } from '../idempotency/derivation.ts';
import { accessRequests } from '../readmodel/queries/accessRequests.ts';
import type { Services } from '../services.ts';
import { approveByRule, ruledConsents } from './rules.ts';

const everyMs = 60_000;
const requestsAtOnce = 200;

export class StandingRuleWatch {
  readonly #services: Services;
  #timer: NodeJS.Timeout | undefined;
  #unlisten: (() => void) | undefined;
  #last: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(services: Services) {
    this.#services = services;
  }

  start(): void {
    this.#unlisten = this.#services.readModel.onBlock(({ changes }) => {
      for (const { type, value } of changes) {
        const { patientId, status } = value as Readonly<Record<string, unknown>>;
        if (type === 'access-request' && status === 'requested' && typeof patientId === 'string')
          this.#answer(patientId);
      }
    });
    void this.#sweep();
    this.#timer = setInterval(() => void this.#sweep(), everyMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#unlisten?.();
    clearInterval(this.#timer);
    await this.#last;
  }

  async #sweep(): Promise<void> {
    const { readModel, clock, log } = this.#services;
    try {
      const rows = await readModel.db
        .selectFrom('access_requests')
        .innerJoin('standing_rules', 'standing_rules.patient_id', 'access_requests.patient_id')
        .select('access_requests.patient_id')
        .distinct()
        .where('status', '=', 'requested')
        .where('lapses_at', '>', new Date(clock()))
        .where('ended_at', 'is', null)
        .execute();
      for (const { patient_id: patientId } of rows) this.#answer(patientId);
    } catch (err) {
      if (!this.#stopped) log.warn({ err }, 'requests that standing rules answer could not be looked for now');
    }
  }

  /** One after another: of a patient's two rules one answers. */
  #answer(patientId: string): void {
    this.#last = this.#answerAfter(this.#last, patientId);
  }

  async #answerAfter(before: Promise<void>, patientId: string): Promise<void> {
    await before;
    if (this.#stopped) return;
    try {
      await this.#answerAll(patientId);
    } catch (err) {
      this.#services.log.warn({ err }, 'a standing rule could not be applied now; it is tried again');
    }
  }

  async #answerAll(patientId: string): Promise<void> {
    const { readModel, keystore, profile, clock } = this.#services;
    const identity = await custodialIdentity(keystore, profile.mspId, patientId);
    if (identity === undefined) return;
    const filter = { patientId, status: 'requested', nowMs: clock(), limit: requestsAtOnce } as const;
    const { items } = await accessRequests(readModel.db, filter);
    const patient = { kind: 'patient', role: 'patient', id: patientId, identity } as const;
    for (const request of items) await this.#apply({ ...patient, issuer: '', subject: '', scopes: [] }, request);
  }

  async #apply(patient: Caller, request: AccessRequest): Promise<void> {
    const { requestId } = request;
    const found = (await ruledConsents(this.#services, request)).find(({ rule }) => rule.effect === 'automatic');
    if (found === undefined) return;
    const secret = this.#services.keystore.derived('standing rule commands');
    const occasion = new Derivation(secret, patient.identity.deviceKey, `${found.rule.ruleId}|${requestId}`);
    try {
      await approveByRule(this.#services, patient, requestId, found, occasion);
    } catch (error) {
      if (!(error instanceof Refusal && answered.has(error.code))) throw error;
    }
  }
}

/** The patient was faster, or it is too late. */
const answered: ReadonlySet<string> = new Set(['request_already_answered', 'request_lapsed']);
