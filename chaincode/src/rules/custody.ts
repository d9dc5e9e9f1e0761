/** Whether custody permits an event, by the transition table. */
import { Refusal, type CustodyEvent, type GoodsState, type LicenceKind, type StaffRole } from '../model/index.ts';
import { requireLicence, type StaffActor } from './acts.ts';
import type { CustodyFacts, CustodyOccasion } from './custodyFacts.ts';
import { guards } from './custodyGuards.ts';
import { custodyTransitions, type CustodyTransition, type Position } from './custodyTable.ts';

/** A licence of one of these kinds makes a role good for custody; the regulator needs none. */
export const licencesOfRole: Readonly<Partial<Record<StaffRole, readonly LicenceKind[]>>> = {
  manufacturer: ['manufacturer'],
  cmo: ['cmo'],
  distributor: ['distributor'],
  '3pl': ['3pl'],
  carrier: ['carrier'],
  repackager: ['repackager'],
  destroyer: ['destroyer'],
  pharmacist: ['pharmacy', 'hospital'],
};

/** Licences of premises that may receive goods. */
export const recipientLicences: readonly LicenceKind[] = [
  'manufacturer',
  'cmo',
  'distributor',
  '3pl',
  'repackager',
  'destroyer',
  'pharmacy',
  'hospital',
];

/** Licences of premises that take goods back: up the chain, or to who destroys them. */
export const returnLicences: readonly LicenceKind[] = recipientLicences.filter(
  (kind) => kind !== 'pharmacy' && kind !== 'hospital',
);

/** Licences of premises that may own goods; a third-party logistics provider possesses and never owns (DSCSA §581(22)). */
export const ownerLicences: readonly LicenceKind[] = recipientLicences.filter((kind) => kind !== '3pl');

const maxAheadMs = 60_000;

/**
 * Decides whether the actor may do this to the goods.
 *
 * @returns the state afterwards
 * @throws Refusal role_not_allowed, wrong_premises, licence_*; wrong_state, locked, already_supplied(_here);
 *   not_custodian, wrong_recipient; event_in_future, event_out_of_order; what the guards say
 */
export function decideCustody(actor: StaffActor, facts: CustodyFacts, occasion: CustodyOccasion): GoodsState {
  const row = custodyTransitions[occasion.event];
  requireCustodyRole(actor, row.roles, occasion.timeMs, occasion.event);
  requireState(actor, facts, row, occasion.event);
  requirePosition(actor, facts, row);
  requireOrder(facts.lastEventTime, occasion);
  for (const guard of row.guards) guards[guard](facts, occasion);
  if (occasion.event === 'undo' && facts.act?.wasLocked === true) return 'locked';
  return row.to ?? (facts.state === 'none' ? 'active' : facts.state);
}

/**
 * @param event that a licence with a scope must cover; absent: any licence of the role's kinds will do
 * @throws Refusal role_not_allowed, wrong_premises when the actor has no premises, licence_*
 */
export function requireCustodyRole(
  actor: StaffActor,
  roles: readonly StaffRole[],
  timeMs: number,
  event?: CustodyEvent,
): void {
  if (!roles.includes(actor.role)) throw new Refusal('role_not_allowed', `needs one of: ${roles.join(', ')}`);
  const licences = licencesOfRole[actor.role];
  if (licences === undefined) return;
  if (actor.gln === undefined) throw new Refusal('wrong_premises', 'the submitter has no premises');
  const covering = actor.licences.filter(({ covers }) => event === undefined || covers?.includes(event) !== false);
  requireLicence(covering, licences, timeMs);
}

function requireState(actor: StaffActor, facts: CustodyFacts, row: CustodyTransition, event: CustodyEvent): void {
  const isWhole = facts.content?.opened !== true;
  const mayOpen = event !== 'open' || facts.state === 'active' || !isWhole;
  if (row.from.includes(facts.state) && mayOpen) return;
  if (facts.state === 'supplied' && (event === 'dispense' || event === 'open'))
    throw new Refusal(isDoer(actor, facts) ? 'already_supplied_here' : 'already_supplied');
  if (facts.state === 'locked') throw new Refusal('locked');
  throw new Refusal('wrong_state', `the goods are ${facts.state}`);
}

function requirePosition(actor: StaffActor, facts: CustodyFacts, row: CustodyTransition): void {
  if (row.positions.some((position) => holdsPosition[position](actor, facts))) return;
  if (row.positions.includes('recipient')) throw new Refusal('wrong_recipient');
  if (row.positions.includes('doer')) throw new Refusal('wrong_premises');
  throw new Refusal('not_custodian');
}

const holdsPosition: Readonly<Record<Position, (actor: StaffActor, facts: CustodyFacts) => boolean>> = {
  custodian: (actor, facts) =>
    facts.shipment === undefined && actor.mspId === facts.mspId && actor.gln === facts.holder,
  recipient: (actor, { shipment }) =>
    shipment !== undefined && actor.mspId === shipment.recipientMspId && actor.gln === shipment.recipient,
  shipper: (actor, { shipment }) =>
    shipment !== undefined && actor.mspId === shipment.shipperMspId && actor.gln === shipment.shipper,
  maker: (actor, { lots }) =>
    lots.length > 0 &&
    lots.every(
      ({ makerMspId, makerGlns }) =>
        (makerRoles.has(actor.role) && actor.mspId === makerMspId) ||
        (actor.gln !== undefined && makerGlns.includes(actor.gln)),
    ),
  regulator: (actor) => actor.memberRole === 'regulator' && actor.role === 'inspector',
  locker: (actor, facts) => facts.act?.event !== undefined && isDoer(actor, facts),
  doer: isDoer,
  anyone: () => true,
};

/** Roles that are the maker in their own organisation: a repackager is the maker of what it repacks. */
const makerRoles: ReadonlySet<StaffRole> = new Set(['manufacturer', 'repackager']);

function isDoer(actor: StaffActor, { act }: CustodyFacts): boolean {
  return act !== undefined && act.mspId === actor.mspId && act.gln === actor.gln;
}

function requireOrder(lastEventTime: string | undefined, { eventTime, timeMs }: CustodyOccasion): void {
  const at = Date.parse(eventTime);
  if (at > timeMs + maxAheadMs) throw new Refusal('event_in_future', undefined, '/eventTime');
  if (lastEventTime !== undefined && at < Date.parse(lastEventTime))
    throw new Refusal('event_out_of_order', `the last event was at ${lastEventTime}`, '/eventTime');
}
