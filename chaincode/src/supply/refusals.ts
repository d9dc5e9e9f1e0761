/** Refused acts, recorded in a transaction of their own with the code that is found now (DESIGN §4.8). */
import { command, type Transaction } from '../ledger/index.ts';
import { article23Bodies, Refusal, ReportRefusal, supplyAttemptsType, type ErrorCode } from '../model/index.ts';
import { alertRuleOf, decideCustody, type StaffActor } from '../rules/index.ts';
import { supplyActor } from './actor.ts';
import { supplyAttemptsAddress } from './addresses.ts';
import { openAlert, subjectOf, whatIsReported } from './alerts.ts';
import { custodyFactsOf, findContainer, findPack, type FoundGoods } from './goods.ts';
import { lotFactsOf, requireLot, requireProduct } from './lotFacts.ts';
import { eventIdOf, recordEvent } from './record.ts';

/**
 * Records that the submitter tried something that the rules refuse, and opens an alert where the table says so. When the
 * rules would allow it now, nothing is recorded.
 */
export const reportRefusal = command<ReportRefusal>({
  body: ReportRefusal,
  guards: () => undefined,
  async decide(transaction, { body, key }) {
    const actor = await supplyActor(transaction, body);
    const { code, found } = await attempt(transaction, actor, body);
    if (code === undefined) return { result: { recorded: false } };
    const rule = alertRuleOf(code, await attemptNumber(transaction, actor, body, code));
    const eventId = eventIdOf(transaction, { key });
    const subject = subjectOf(body);
    const alertId =
      rule === undefined ? undefined : await openAlert(transaction, actor, { rule, reason: code, subject, eventId });
    const { event, commandDigest, eventTime, gtin, lot, segment, serial } = body;
    const named =
      found?.kind === 'pack' &&
      gtin !== undefined &&
      lot !== undefined &&
      segment !== undefined &&
      serial !== undefined;
    await recordEvent(transaction, actor, {
      eventId,
      kind: 'refusal',
      eventTime,
      attempted: {
        event,
        code,
        commandDigest,
      },
      ...whatIsReported(subject),
      ...(named
        ? {
            packs: [
              {
                gtin,
                lot,
                segment,
                serials: [serial],
              },
            ],
          }
        : {}),
      ...(alertId === undefined ? {} : { alertId }),
      previous: found === undefined ? [] : [found.goods.eventId],
    });
    return { result: { recorded: true, eventId, code, ...(alertId === undefined ? {} : { alertId }) } };
  },
});

/** What the command may have said besides, at its best: a report tells what custody forbids, not what was left out. */
const wellFormed = {
  notHandedOver: true,
  units: 1,
  reason: 'inspected_good',
  qualityDecisionHash: '',
  certificateHash: '',
  suppliedTo: article23Bodies[0],
} as const;

interface Attempt {
  readonly code?: ErrorCode;
  readonly found?: FoundGoods;
}

/** Decides the attempt again on the state of now. */
async function attempt(transaction: Transaction, actor: StaffActor, body: ReportRefusal): Promise<Attempt> {
  let found: FoundGoods | undefined;
  try {
    const { event, eventTime } = body;
    const occasion = { ...wellFormed, event, eventTime, timeMs: transaction.timeMs };
    if (event === 'commission') {
      const lots = [await lotFactsOf(transaction, body.gtin ?? '', body.lot ?? '')];
      const nowhere = { state: 'none', holder: actor.gln ?? '', mspId: actor.mspId, hasParent: false } as const;
      decideCustody(actor, { ...nowhere, lockedInside: 0, lots }, occasion);
    } else {
      found = await findSubject(transaction, body);
      decideCustody(actor, await custodyFactsOf(transaction, found), occasion);
    }
    return found === undefined ? {} : { found };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { code: error.code, ...(found === undefined ? {} : { found }) };
  }
}

/** @throws Refusal validation_failed when neither a pack nor a container is named; what finding throws */
async function findSubject(
  transaction: Transaction,
  { gtin, lot, segment, serial, sscc }: ReportRefusal,
): Promise<FoundGoods> {
  if (sscc !== undefined) return findContainer(transaction, sscc);
  if (gtin === undefined || serial === undefined) throw new Refusal('validation_failed', 'names no goods', '/gtin');
  await requireProduct(transaction, gtin);
  if (lot !== undefined) await requireLot(transaction, gtin, lot);
  if (lot === undefined || segment === undefined) throw new Refusal('pack_not_found');
  return findPack(transaction, { gtin, lot, segment, serial });
}

/** How many times these premises were to supply the pack, this attempt included; counts a repeat. */
async function attemptNumber(
  { ledger }: Transaction,
  actor: StaffActor,
  { gtin, serial }: ReportRefusal,
  code: ErrorCode,
): Promise<number> {
  if (code !== 'already_supplied_here' || gtin === undefined || serial === undefined || actor.gln === undefined)
    return 1;
  const { gln } = actor;
  const at = supplyAttemptsAddress(gtin, serial);
  const repeats = (await ledger.get(supplyAttemptsType, at))?.repeats ?? [];
  const count = 1 + (repeats.find((repeat) => repeat.gln === gln)?.count ?? 0);
  const others = repeats.filter((repeat) => repeat.gln !== gln);
  ledger.put(supplyAttemptsType, at, { gtin, serial, repeats: [...others, { gln, count }] });
  return 1 + count;
}
