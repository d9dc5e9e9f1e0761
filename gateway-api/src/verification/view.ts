/** Words a verification for who asks. */
import { randomUUID } from 'node:crypto';
import { expiryInstantMs, parsePrintedDate } from '@chain-of-care/chaincode/model';
import type { Finding } from '@chain-of-care/chaincode/rules';
import type { Caller } from '../auth/caller.ts';
import { alertView, eventView, productView } from '../supply/views.ts';
import type { Asked } from './asked.ts';
import { visibleEvents } from './audience.ts';
import type { Decided, Said } from './decided.ts';
import type { VerificationView } from './dto.ts';
import type { KnownPack } from './knownPack.ts';
import { gravestWarnings, languageOf, warningViews, warningsOf, type WarningCode } from './warnings.ts';

/** @param acceptLanguage header of the request */
export function viewOf(decision: Decided, caller: Caller | undefined, acceptLanguage?: string): VerificationView {
  const { asked, audience, known, proof, blockHeight, nmvsCode } = decision;
  const language = languageOf(acceptLanguage);
  const common = {
    verificationId: randomUUID(),
    scope: asked.scope,
    context: asked.request.context,
    audience,
    proof,
    ...(blockHeight === undefined ? {} : { blockHeight }),
    verifiedAt: new Date(asked.request.timeMs).toISOString(),
  };
  if (audience === 'public' && !isIdentified(decision))
    return { ...common, ...uniformFailure, warnings: warningViews(warningsWithoutIdentity(decision), language) };
  const { isAuthentic, identity, custody, quality, status, risk } = decision.verdicts;
  const shown = audience === 'public' ? withoutEvents : asItIs;
  const lot = known.facts.lot?.lot ?? known.commissioned?.lot;
  return {
    ...common,
    isAuthentic,
    identity: shown(identity),
    custody: audience === 'public' ? { verdict: custody.verdict, findings: [] } : shown(custody),
    quality: shown(quality),
    status: shown(status),
    riskScore: risk.score,
    riskBand: risk.band,
    riskFactors: risk.factors.map((factor) => (audience === 'public' ? { ...factor, eventIds: [] } : copied(factor))),
    warnings: warningViews(warningCodes(decision), language),
    ...(nmvsCode === undefined || audience === 'public' ? {} : { nmvsCode }),
    ...(known.product === undefined ? {} : { product: productView(known.product) }),
    ...(lot === undefined ? {} : { lot }),
    ...(known.expiresOn === undefined ? {} : { expiresOn: known.expiresOn }),
    ...(audience === 'public' ? {} : nearby(decision, caller)),
  };
}

/** History and alerts for who stands near enough to the goods. */
function nearby({ audience, known }: Decided, caller: Caller | undefined): Partial<VerificationView> {
  const events = visibleEvents(audience, caller?.gln, known.events);
  return {
    chainOfCustody: events.map(({ brief, tx_id, block_number }) => eventView({ event: brief, tx_id, block_number })),
    alerts: audience === 'partner' ? [] : known.alerts.map(alertView),
  };
}

/** The public learns only that it failed: not whether product, serial, lot or expiry was wrong. */
const uniformFailure = {
  isAuthentic: false,
  identity: { verdict: 'unknown', findings: [] },
  custody: { verdict: 'QUESTIONABLE', findings: [] },
  quality: { verdict: 'no_data', findings: [] },
  status: { verdict: 'not_usable', state: 'unknown', findings: [] },
  riskScore: 100,
  riskBand: 'reject',
  riskFactors: [],
} as const satisfies Partial<VerificationView>;

function isIdentified({ asked, verdicts }: Decided): boolean {
  return asked.scope === 'lot' ? verdicts.identity.verdict === 'known_class' : verdicts.isAuthentic;
}

/** Of a box that is not what it says: what holds of the lot it names, and the date it bears. */
function warningsWithoutIdentity({ asked, known, verdicts }: Decided): WarningCode[] {
  const { namedRecall } = known;
  return [
    'not_verified',
    ...(namedRecall === undefined ? [] : [namedRecall === 'recall' ? ('recalled' as const) : ('withdrawn' as const)]),
    ...(isPrintedExpired(asked) ? (['expired'] as const) : []),
    ...(verdicts.status.state === 'stolen' ? (['stolen'] as const) : []),
  ];
}

function isPrintedExpired({ request: { expiry, timeMs } }: Asked): boolean {
  if (expiry === undefined) return false;
  try {
    return timeMs >= expiryInstantMs(parsePrintedDate(expiry, new Date(timeMs).getUTCFullYear()).day);
  } catch {
    return false;
  }
}

function warningCodes({ asked, verdicts, known }: Decided): WarningCode[] {
  if (asked.scope === 'lot') return [...gravestWarnings(verdicts), ...unknownClass(known), 'lot_only'];
  const codes = warningsOf(verdicts);
  return verdicts.isAuthentic ? codes : [...unknownClass(known), 'not_verified', ...codes];
}

function unknownClass({ facts }: KnownPack): WarningCode[] {
  return facts.productKnown ? [] : ['product_not_found'];
}

type SaidView = VerificationView['identity'];

const copied = <Found extends Finding>(found: Found): Found & { eventIds: string[] } => ({
  ...found,
  eventIds: [...found.eventIds],
});
const asItIs = (said: Said): SaidView => ({ ...said, findings: said.findings.map(copied) });
const withoutEvents = (said: Said): SaidView => ({
  ...said,
  findings: said.findings.map(({ code }) => ({ code, eventIds: [] })),
});
