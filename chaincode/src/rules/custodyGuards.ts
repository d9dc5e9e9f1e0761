/** Guards of the transition table, by the name a row gives. Each throws the refusal it is named after. */
import { expiryInstantMs, Refusal, supplyLimits, type CustodyEvent } from '../model/index.ts';
import type { CustodyFacts, CustodyOccasion } from './custodyFacts.ts';

export type GuardName =
  | 'no_parent'
  | 'nothing_locked'
  | 'own_state'
  | 'returned_to_locker'
  | 'lot_not_recalled'
  | 'lot_not_held'
  | 'lot_not_expired'
  | 'content_suffices'
  | 'never_opened'
  | 'undoable'
  | 'within_undo_days'
  | 'not_handed_over'
  | 'quality_approved'
  | 'destruction_proven'
  | 'body_named';

type Guard = (facts: CustodyFacts, occasion: CustodyOccasion) => void;

const dayMs = 24 * 3600 * 1000;

/** What `undo` takes back; a dispensing has an undo of its own, with an attestation. */
const undoableEvents: ReadonlySet<CustodyEvent> = new Set(['lock', 'sample', 'export', 'checkOut']);

const lotNotRecalled: Guard = ({ lots }) => {
  const recalled = lots.find((lot) => lot.recalled);
  if (recalled !== undefined) throw new Refusal('lot_recalled', `lot ${recalled.lot}`);
};

const lotNotExpired: Guard = ({ lots }, { timeMs }) => {
  const expired = lots.find((lot) => timeMs >= expiryInstantMs(lot.expiresOn));
  if (expired !== undefined) throw new Refusal('lot_expired', `lot ${expired.lot}`);
};

export const guards: Readonly<Record<GuardName, Guard>> = {
  no_parent({ hasParent }) {
    if (hasParent) throw new Refusal('has_parent');
  },
  nothing_locked({ lockedInside }) {
    if (lockedInside > 0) throw new Refusal('locked', `${lockedInside} packs inside are locked`);
  },
  /** What a container is under, ends for the container and not for something in it. */
  own_state({ isInherited }) {
    if (isInherited === true) throw new Refusal('locked', 'by a container around it');
  },
  /** Who takes goods back puts a lock of their own in the place of the one there was: so what others locked stays, or goes to them. */
  returned_to_locker({ state, act, holder, mspId }, { returnedTo }) {
    if (state !== 'locked' || act === undefined || act.mspId === returnedTo) return;
    if (act.mspId !== mspId || act.gln !== holder) throw new Refusal('locked', 'by somebody else');
  },
  lot_not_recalled: lotNotRecalled,
  lot_not_expired: lotNotExpired,
  content_suffices({ content }, { units }) {
    if (units === undefined) throw new Refusal('validation_failed', 'is required', '/units');
    if (content === undefined || units > content.left)
      throw new Refusal('content_exceeded', `${content?.left ?? 0} units are left`, '/units');
  },
  lot_not_held({ lots }) {
    const held = lots.find((lot) => lot.held === true);
    if (held !== undefined) throw new Refusal('locked', `lot ${held.lot} is quarantined`);
  },
  never_opened({ content }) {
    if (content?.opened === true) throw new Refusal('pack_opened');
  },
  /** A lock of returned goods ends with the decision of quality assurance, not by taking it back. */
  undoable({ act }) {
    if (act?.reason === 'return_inspection') throw new Refusal('quality_decision_required', 'not by an undo');
    if (act === undefined || !undoableEvents.has(act.event)) throw new Refusal('wrong_state', 'not by an undo');
  },
  within_undo_days({ act }, { timeMs }) {
    if (act === undefined || timeMs > Date.parse(act.recordTime) + supplyLimits.undoDays * dayMs)
      throw new Refusal('undo_too_late');
  },
  not_handed_over(_, { notHandedOver }) {
    if (notHandedOver !== true)
      throw new Refusal('validation_failed', 'must attest that the pack was not handed over', '/notHandedOver');
  },
  /** Returned goods are saleable again only after verification and quality assurance: EU GDP 2013/C 343/01, §6.3. */
  quality_approved(facts, occasion) {
    if (facts.act?.reason !== 'return_inspection') return;
    if (occasion.reason !== 'inspected_good')
      throw new Refusal('quality_decision_required', 'released as inspected_good', '/reason');
    if (occasion.qualityDecisionHash === undefined)
      throw new Refusal('quality_decision_required', undefined, '/qualityDecisionHash');
    lotNotRecalled(facts, occasion);
    lotNotExpired(facts, occasion);
  },
  destruction_proven(_, { certificateHash, witnessHash }) {
    if (certificateHash === undefined && witnessHash === undefined)
      throw new Refusal('validation_failed', 'needs a certificate or a witness', '/certificateHash');
  },
  body_named(_, { suppliedTo }) {
    if (suppliedTo === undefined) throw new Refusal('validation_failed', 'is required', '/suppliedTo');
  },
};
