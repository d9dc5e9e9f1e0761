/** One verification from asking to answer: decided, counted, logged, watched, worded. Every face calls this. */
import type { Caller } from '../auth/caller.ts';
import type { Services } from '../services.ts';
import { VerificationAnchors } from './anchor.ts';
import type { Asked } from './asked.ts';
import { decide } from './decide.ts';
import type { Decided, Proof } from './decided.ts';
import type { VerificationView } from './dto.ts';
import { FindingReports } from './findingReports.ts';
import { GuessingWatch } from './guessing.ts';
import { factsTogether, type FactsReader } from './facts.ts';
import { VerificationLog, type Uncounted } from './log.ts';
import { VerificationPlans } from './plans.ts';
import { viewOf } from './view.ts';

export interface Answered {
  readonly decision: Decided;
  readonly view: VerificationView;
}

export interface AskedBy {
  readonly caller: Caller | undefined;
  /** Accept-Language. */
  readonly language?: string | undefined;
  readonly proof?: Proof | undefined;
}

export class VerificationService {
  readonly plans: VerificationPlans;
  readonly anchors: VerificationAnchors;
  readonly #services: Services;
  readonly #log: VerificationLog;
  readonly #facts: FactsReader;
  readonly #guessing: GuessingWatch;
  readonly #findings: FindingReports;

  constructor(services: Services) {
    this.#services = services;
    this.plans = new VerificationPlans(services);
    this.anchors = new VerificationAnchors(services, services.config.verificationAnchorMinutes * 60_000);
    this.#log = new VerificationLog(services.readModel.db);
    this.#facts = factsTogether(services.readModel.db);
    this.#guessing = new GuessingWatch(services);
    this.#findings = new FindingReports(services);
  }

  /** @throws Problem quota_exhausted, with the warnings that nothing withholds */
  async verify(asked: Asked, { caller, language, proof }: AskedBy): Promise<Answered> {
    const decision = await decide(this.#services, asked, caller, { proof, facts: this.#facts });
    const uncounted = caller === undefined ? undefined : await this.plans.countLimited(caller, decision, language);
    return this.answer(decision, { caller, language }, uncounted);
  }

  /** @param uncounted absent: it is counted already, or for nobody's account */
  async answer(decision: Decided, { caller, language }: AskedBy, uncounted?: Uncounted): Promise<Answered> {
    const view = viewOf(decision, caller, language);
    this.#guessing.note(decision, caller);
    this.#findings.note(decision, caller);
    await this.#log.append(decision, view, caller, uncounted);
    return { decision, view };
  }
}
