import { createHash } from 'node:crypto';
import {
  collectionName,
  parseQueuedStatement,
  Refusal,
  statusOf,
  violationsOf,
  type QueuedEvent,
  type RefusalBody,
} from '@chain-of-care/chaincode/model';
import type { Caller } from '../auth/caller.ts';
import type { Act, Decided } from '../fabric/act.ts';
import { Problem } from '../http/problem.ts';
import { route, type Route } from '../http/route.ts';
import { transactionMembers } from '../http/transaction.ts';
import type { Derivation } from '../idempotency/derivation.ts';
import type { Services } from '../services.ts';
import { SupplyCommand } from './eventDto.ts';
import { supplyRoles } from './roles.ts';
import { policiesOf } from './goods.ts';
import { bodyOf, goodsOf, readModelPausesMs } from './prepare.ts';
import {
  DeviceKeyView,
  NewDeviceKey,
  PremisesKeyParams,
  QueuedEvents,
  QueuedOutcomes,
  type QueuedOutcome,
  type SignedQueuedEvent,
} from './tradeDto.ts';

interface Prepared {
  readonly act?: Act;
  readonly refusal?: RefusalBody;
  /** What it is about: events about the same goods wait for one another. */
  readonly goods: readonly string[];
}

interface Result {
  readonly eventId?: string;
  readonly shipmentId?: string;
  readonly alertId?: string;
  readonly conflicts?: readonly string[];
  readonly known?: boolean;
}

/** Premises without connection: their devices' keys, and what their devices signed. */
export function queuedRoutes(services: Services): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/queued-events',
      operationId: 'submitQueuedEvents',
      tag: 'supply',
      summary: 'Hands in events that a device of the organisation signed without connection',
      description:
        'In their order; each is decided by itself, against the state of now, and has a result. Up to seven days old. A ' +
        'refused one is recorded and names the events that are in its way. What was handed in before is answered the same.',
      audience: supplyRoles,
      body: QueuedEvents,
      responses: { 200: { description: 'a result per event', body: QueuedOutcomes } },
      handler: async ({ body: { events }, caller, idempotency }) => ({
        status: 200,
        body: { results: await submitQueued(services, caller, events, idempotency) },
      }),
    }),
    route({
      method: 'post',
      path: '/v1/premises/:gln/device-keys',
      operationId: 'registerDeviceKey',
      tag: 'actors',
      summary: 'Registers the key of a device that signs events at premises of the organisation',
      audience: ['administrator'],
      params: PremisesKeyParams,
      body: NewDeviceKey,
      responses: { 201: { description: 'registered', body: DeviceKeyView } },
      async handler({ params: { gln }, body: { publicKey, role }, caller, idempotency }) {
        const staffId = idempotency.uuid('device');
        const deviceKey = createHash('sha256').update(Buffer.from(publicKey, 'base64url')).digest('hex');
        const { transaction } = await services.ledger.submit(caller.identity, {
          type: 'registry.registerStaff',
          body: { staffId, deviceKey, role, gln },
          ...idempotency.command('device'),
          touches: { writes: [collectionName.registry] },
          head: `staff ${staffId}`,
        });
        return { status: 201, body: { staffId, deviceKey, gln, role, ...transactionMembers(transaction) } };
      },
    }),
  ];
}

/** Runs of events about different goods share transactions; an event about goods of an earlier one waits for it. */
async function submitQueued(
  services: Services,
  caller: Caller,
  events: readonly SignedQueuedEvent[],
  idempotency: Derivation,
): Promise<QueuedOutcome[]> {
  const outcomes: QueuedOutcome[] = [];
  const pauses = [...readModelPausesMs];
  let run: Prepared[] = [];
  const decideRun = async (): Promise<void> => {
    const acts = run.flatMap(({ act }) => (act === undefined ? [] : [act]));
    const decided = [...(await services.ledger.submitAll<Result>(caller.identity, acts))];
    for (const { act, refusal } of run)
      outcomes.push(act === undefined ? refusedOutcome(refusal!) : outcomeOf(decided.shift()!));
    run = [];
    await services.readModel.waitForAcknowledged();
  };
  for (const [index, event] of events.entries()) {
    const named = goodsNamed(event);
    if (run.some(({ goods }) => goods.some((one) => named.includes(one)))) await decideRun();
    run.push(await prepare(services, caller, event, { named, pauses, ...idempotency.command(`queued-${index}`) }));
  }
  await decideRun();
  return outcomes;
}

async function prepare(
  services: Services,
  caller: Caller,
  signed: SignedQueuedEvent,
  { named, pauses, ...keys }: { named: readonly string[]; pauses: number[]; key: string; fingerprint?: string },
): Promise<Prepared> {
  try {
    const command = commandOf(parseQueuedStatement(signed.statement));
    const goods = goodsOf(command);
    const { body, roots } = await bodyOf(services, caller, command, goods, { newShipmentId: '', pauses });
    const { packs } = body as { packs?: object[] };
    const touches = {
      writes: [undefined],
      reads: [collectionName.registry],
      policies: policiesOf(services.consortium, roots),
    };
    const { statement, publicKey, signature } = signed;
    const handedIn = { statement, publicKey, signature, ...(packs === undefined ? {} : { packs }) };
    return { goods: named, act: { type: 'supply.submitQueued', body: handedIn, ...keys, touches } };
  } catch (error) {
    if (error instanceof Refusal) return { goods: named, refusal: error.toJSON() };
    if (!(error instanceof Problem) || error.status >= 500) throw error;
    const [first] = error.errors ?? [];
    const detail = first?.detail ?? error.detail;
    return {
      goods: named,
      refusal: { code: error.code as RefusalBody['code'], ...(detail === undefined ? {} : { detail }) },
    };
  }
}

/** @throws Refusal validation_failed when the statement says what no event of custody says */
function commandOf(event: QueuedEvent): SupplyCommand & { readonly eventTime: string } {
  const [violation] = violationsOf(SupplyCommand, event);
  if (violation !== undefined) throw new Refusal('validation_failed', violation.detail, '/statement');
  return event as unknown as SupplyCommand & { readonly eventTime: string };
}

/** Names of goods, containers and shipments of a statement; none when it cannot be read. */
function goodsNamed({ statement }: SignedQueuedEvent): readonly string[] {
  try {
    const { packs = [], containers, sscc, shipmentId, quantities } = parseQueuedStatement(statement);
    const lots = Array.isArray(quantities) ? (quantities as { gtin?: unknown; lot?: unknown }[]) : [];
    return [
      ...packs.map(({ gtin, serial }) => `${gtin}|${serial}`),
      ...(Array.isArray(containers) ? containers.map(String) : []),
      ...[sscc, shipmentId].filter((name): name is string => typeof name === 'string'),
      ...lots.map(({ gtin, lot }) => `${String(gtin)}|${String(lot)}`),
    ];
  } catch {
    return [];
  }
}

function outcomeOf({ outcome, transaction }: Decided<Result>): QueuedOutcome {
  const { eventId, shipmentId, alertId, conflicts, known } = outcome.result ?? {};
  const members = {
    ...(eventId === undefined ? {} : { eventId }),
    ...(shipmentId === undefined ? {} : { shipmentId }),
    ...(alertId === undefined ? {} : { alertId }),
    ...(conflicts === undefined ? {} : { conflicts: [...conflicts] }),
    ...transactionMembers(transaction),
  };
  if (outcome.status === 'refused') return { ...refusedOutcome(outcome), ...members };
  return { status: known === true ? 'replayed' : outcome.status, ...members };
}

function refusedOutcome({ code, detail, pointer }: RefusalBody): QueuedOutcome {
  return {
    status: 'refused',
    code,
    httpStatus: statusOf(code),
    ...(detail === undefined ? {} : { detail }),
    ...(pointer === undefined ? {} : { pointer }),
  };
}
