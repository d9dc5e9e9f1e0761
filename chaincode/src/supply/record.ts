import { createHash } from 'node:crypto';
import type { Transaction } from '../ledger/index.ts';
import { requireSensors, supplyEventIdOf } from '../rules/index.ts';
import {
  canonicalJson,
  Refusal,
  supplyEventType,
  type Command,
  type GoodsOccurrence,
  type ReporterRole,
  type SupplyEvent,
} from '../model/index.ts';
import { eventAddress } from './addresses.ts';

export { uuidOf } from '../rules/index.ts';

/** @see supplyEventIdOf */
export function eventIdOf({ submitter }: Transaction, command: Pick<Command, 'key'>): string {
  return supplyEventIdOf(submitter.deviceKey, command.key);
}

/** What a command adds to an event; who and when come from the transaction. */
export type EventFacts = Pick<SupplyEvent, 'eventId' | 'kind' | 'eventTime'> &
  Partial<Omit<SupplyEvent, 'recordTime' | 'gln' | 'mspId' | 'role' | 'hash'>>;

/** What sensors told, as an event keeps it. */
export function sensorsOf({ sensors }: Pick<GoodsOccurrence, 'sensors'>): Pick<SupplyEvent, 'sensors'> {
  return sensors === undefined ? {} : { sensors };
}

/** Whose event it is: the submitter, or `unproven` for what a gateway passes on. */
export interface EventActor {
  readonly mspId: string;
  readonly role: ReporterRole;
  readonly gln?: string;
}

/** Events named as predecessors at the most. */
const maxPrevious = 32;

/**
 * Records an event of the submitter.
 *
 * @throws Refusal already_exists when the event is on the ledger already; validation_failed for impossible sensor readings
 */
export async function recordEvent(
  { ledger, time }: Transaction,
  actor: EventActor,
  facts: EventFacts,
): Promise<SupplyEvent> {
  const at = eventAddress(facts.eventId);
  if (await ledger.has(at)) throw new Refusal('already_exists', 'the event is recorded already');
  requireSensors(facts.sensors ?? [], facts.eventTime);
  const event = {
    ...facts,
    previous: [...new Set(facts.previous)].sort().slice(0, maxPrevious),
    recordTime: time,
    mspId: actor.mspId,
    role: actor.role,
    ...(actor.gln === undefined ? {} : { gln: actor.gln }),
  };
  const recorded: SupplyEvent = { ...event, hash: hashOf(event) };
  ledger.put(supplyEventType, at, recorded);
  return recorded;
}

/** Notes of an event recorded in this transaction how it came here. */
export async function noteQueued(
  { ledger }: Transaction,
  eventId: string,
  queued: NonNullable<SupplyEvent['queued']>,
): Promise<void> {
  const at = eventAddress(eventId);
  const { t: _t, v: _v, hash: _hash, ...event } = (await ledger.get(supplyEventType, at))!;
  const noted = { ...event, queued };
  ledger.put(supplyEventType, at, { ...noted, hash: hashOf(noted) });
}

function hashOf(event: Omit<SupplyEvent, 'hash'>): string {
  return createHash('sha256').update(canonicalJson(event)).digest('hex');
}
