/** Verification of what is not one pack: a container by its code, and a lot alone, which proves no box. */
import { expiryInstantMs, type RecallKind } from '../model/index.ts';
import { brokenFindings, questionableFindings } from './custodyFindings.ts';
import type { Risk } from './risk.ts';
import { reportFindings, riskOfFindings, type Verdict, type Verification } from './verification.ts';
import {
  finding,
  type Finding,
  type VerificationFacts,
  type VerificationRequest,
  type VerifiedAlert,
} from './verificationFacts.ts';

export interface LotOfGoods {
  readonly lot: string;
  readonly expiresOn: string;
  readonly recall?: { readonly kind: RecallKind; readonly eventId: string };
}

export interface ContainerFacts {
  /** Absent: there is no such container. */
  readonly container?: NonNullable<VerificationFacts['pack']>;
  readonly events: VerificationFacts['events'];
  readonly alerts: readonly VerifiedAlert[];
  /** Of what is inside, at every depth. */
  readonly lots: readonly LotOfGoods[];
}

/** A container's custody is its own; its status is that of the worst lot inside. */
export function verifyContainer(facts: ContainerFacts, request: VerificationRequest): Verification {
  const { container, events, alerts, lots } = facts;
  const identity = container === undefined ? [finding('unknown_container')] : [];
  const asPack: VerificationFacts = {
    productKnown: true,
    cloneEventIds: [],
    events,
    alerts,
    ...(container === undefined ? {} : { pack: container }),
  };
  const broken = brokenFindings(asPack);
  const questionable = questionableFindings(asPack, request);
  const status = [...lots.flatMap((lot) => lotFindings(lot, request.timeMs)), ...stateFindings(container)];
  const findings = [...identity, ...broken, ...questionable, ...status, ...reportFindings(alerts)];
  return {
    isAuthentic: container !== undefined,
    identity: { verdict: container === undefined ? 'unknown' : 'verified', findings: identity },
    custody: {
      verdict: broken.length > 0 ? 'BROKEN' : findings.length > status.length ? 'QUESTIONABLE' : 'CONSISTENT',
      findings: [...broken, ...questionable],
    },
    quality: { verdict: 'no_data', findings: [] },
    status: {
      verdict: container === undefined || status.length > 0 ? 'not_usable' : 'usable',
      state: container?.state ?? 'unknown',
      findings: status,
    },
    risk: riskOfFindings(findings),
  };
}

export interface LotVerification {
  readonly identity: Verdict<'known_class' | 'unknown'>;
  readonly status: Verdict<'usable' | 'not_usable'>;
  readonly risk: Risk;
}

/** Of a lot alone: whether the class is known, and what holds of all of it. */
export function verifyLot(
  { lot, alerts, productKnown }: { lot?: LotOfGoods; alerts: readonly VerifiedAlert[]; productKnown: boolean },
  timeMs: number,
): LotVerification {
  const identity = lot === undefined ? [finding(productKnown ? 'unknown_lot' : 'unknown_product')] : [];
  const status = lot === undefined ? [] : lotFindings(lot, timeMs);
  return {
    identity: { verdict: lot === undefined ? 'unknown' : 'known_class', findings: identity },
    status: { verdict: lot === undefined || status.length > 0 ? 'not_usable' : 'usable', findings: status },
    risk: riskOfFindings([...identity, ...status, ...reportFindings(alerts)]),
  };
}

function lotFindings({ expiresOn, recall }: LotOfGoods, timeMs: number): Finding[] {
  return [
    ...(recall === undefined ? [] : [finding(recall.kind === 'recall' ? 'recalled' : 'withdrawn', recall.eventId)]),
    ...(timeMs >= expiryInstantMs(expiresOn) ? [finding('expired')] : []),
  ];
}

function stateFindings(container: ContainerFacts['container']): Finding[] {
  return container === undefined || container.state === 'active' || container.state === 'in_transit'
    ? []
    : [finding(container.state, container.eventId)];
}
