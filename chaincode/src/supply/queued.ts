/** Events of premises without connection: signed by their device, handed in by their organisation, decided now. */
import { createHash, createPublicKey, verify } from 'node:crypto';
import { command, type CommandDefinition, type Decision, type Transaction } from '../ledger/index.ts';
import {
  collectionName,
  parseQueuedStatement,
  queuedStatementPrefix,
  Refusal,
  SubmitQueued,
  supplyLimits,
  violationsOf,
  type PackSet,
  type QueuedEvent,
  type SupplyEvent,
} from '../model/index.ts';
import { requireStaffActor } from '../registry/actor.ts';
import { alertRuleOf, type StaffActor } from '../rules/index.ts';
import { eventAddress } from './addresses.ts';
import { openAlert, whatIsReported } from './alerts.ts';
import { findContainer, findPack, type FoundGoods } from './goods.ts';
import { eventIdOf, noteQueued, recordEvent } from './record.ts';

const dayMs = 24 * 3600 * 1000;

/**
 * @param commands of the contract, by type
 * @returns a command that carries one of them, signed by a device of the submitter's organisation. What the present state
 *   does not allow is recorded with the events that are in its way.
 */
export function queuedCommand(commands: Readonly<Record<string, CommandDefinition>>): CommandDefinition {
  return command<SubmitQueued>({
    body: SubmitQueued,
    guards: () => undefined,
    async decide(transaction, { body }) {
      await requireStaffActor(transaction, [collectionName.registry]);
      const event = parseQueuedStatement(body.statement);
      const device = deviceTransaction(transaction, body);
      const actor = await requireStaffActor(device, [collectionName.registry]);
      requireRecent(event, transaction.timeMs);
      const key = createHash('sha256').update(body.statement).digest('hex');
      const eventId = eventIdOf(device, { key });
      if (await transaction.ledger.has(eventAddress(eventId))) return { result: { eventId, known: true } };
      const queued = { deviceKey: device.submitter.deviceKey, statementHash: key };
      const definition = commands[`supply.${event.type}`]!;
      try {
        const inner = bodyOf(event, body.packs ?? []);
        const [violation] = violationsOf(definition.body, inner);
        if (violation !== undefined) throw new Refusal('validation_failed', violation.detail, violation.pointer);
        const decision = await definition.decide(device, { type: `supply.${event.type}`, key, body: inner });
        await noteQueued(transaction, eventId, queued);
        return decision;
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        transaction.ledger.drop();
        return conflict(device, actor, { event, eventId, refusal: error, queued, packs: body.packs ?? [] });
      }
    },
  });
}

/** The transaction as if the device had submitted it. @throws Refusal invalid_signature */
function deviceTransaction(transaction: Transaction, { statement, publicKey, signature }: SubmitQueued): Transaction {
  const spki = Buffer.from(publicKey, 'base64url');
  const message = Buffer.from(queuedStatementPrefix + statement);
  if (!isSignature(spki, message, Buffer.from(signature, 'base64url')))
    throw new Refusal('invalid_signature', undefined, '/signature');
  const deviceKey = createHash('sha256').update(spki).digest('hex');
  const { mspId } = transaction.submitter;
  return { ...transaction, submitter: { mspId, deviceKey, isMspAdministrator: false } };
}

function isSignature(spki: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' && verify('sha256', message, key, signature);
  } catch {
    return false;
  }
}

function requireRecent({ eventTime }: QueuedEvent, timeMs: number): void {
  if (Date.parse(eventTime) < timeMs - supplyLimits.queuedDays * dayMs)
    throw new Refusal('queued_too_long', `${supplyLimits.queuedDays} days at the most`, '/statement');
}

/** The command's body: the statement with its packs by segment, which must be the same packs. */
function bodyOf({ type: _type, packs: stated = [], ...rest }: QueuedEvent, sets: readonly PackSet[]): object {
  const named = sets.flatMap(({ gtin, lot, serials }) => serials.map((serial) => ({ gtin, lot, serial })));
  const byName = new Map(named.map((pack) => [`${pack.gtin}|${pack.serial}`, pack]));
  const isSame = stated.every(({ gtin, serial, lot }) => {
    const found = byName.get(`${gtin}|${serial}`);
    return found !== undefined && (lot === undefined || lot === found.lot);
  });
  if (!isSame || named.length !== stated.length || byName.size !== named.length)
    throw new Refusal('validation_failed', 'are not the packs of the statement', '/packs');
  return { ...rest, ...(sets.length === 0 ? {} : { packs: sets }) };
}

interface Conflict {
  readonly event: QueuedEvent;
  readonly eventId: string;
  readonly refusal: Refusal;
  readonly queued: NonNullable<SupplyEvent['queued']>;
  readonly packs: readonly PackSet[];
}

/** Records what was refused, and names the last events of the goods: one of them is in the way. */
async function conflict(transaction: Transaction, actor: StaffActor, told: Conflict): Promise<Decision> {
  const { event, eventId, refusal, queued, packs } = told;
  const goods = await findThese(transaction, event, packs);
  const conflicts = [...new Set(goods.map(({ goods: { eventId: last } }) => last))].sort();
  const [first] = event.packs ?? [];
  const [sscc] = containersOf(event);
  const subject = first === undefined ? (sscc === undefined ? {} : { sscc }) : { ...first };
  const rule = Object.keys(subject).length === 0 ? undefined : alertRuleOf(refusal.code, 1);
  const opened = { reason: refusal.code, subject, eventId };
  const alertId = rule === undefined ? undefined : await openAlert(transaction, actor, { ...opened, rule });
  await recordEvent(transaction, actor, {
    ...whatIsReported(subject),
    eventId,
    kind: 'refusal',
    eventTime: event.eventTime,
    attempted: { event: event.type, code: refusal.code, commandDigest: queued.statementHash },
    queued,
    ...(packs.length === 0 ? {} : { packs: [...packs] }),
    ...(alertId === undefined ? {} : { alertId }),
    previous: conflicts,
  });
  const result = { eventId, conflicts, ...(alertId === undefined ? {} : { alertId }) };
  return { result, refusal: refusal.toJSON() };
}

/** Those of the goods that are there. */
async function findThese(
  transaction: Transaction,
  event: QueuedEvent,
  packs: readonly PackSet[],
): Promise<FoundGoods[]> {
  const finding = [
    ...containersOf(event).map((sscc) => () => findContainer(transaction, sscc)),
    ...packs.flatMap(({ gtin, lot, segment, serials }) =>
      serials.map((serial) => () => findPack(transaction, { gtin, lot, segment, serial })),
    ),
  ];
  const found: FoundGoods[] = [];
  for (const find of finding) {
    try {
      found.push(await find());
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
  return found;
}

function containersOf({ containers }: QueuedEvent): readonly string[] {
  return Array.isArray(containers) ? containers.filter((sscc): sscc is string => typeof sscc === 'string') : [];
}
