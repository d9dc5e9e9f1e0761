/** From a command as a caller sends it to its outcome on the ledger; refusals are reported on the way. */
import { createHash } from 'node:crypto';
import { canonicalJson, Refusal, statusOf, type Outcome, type RefusalBody } from '@chain-of-care/chaincode/model';
import { alertOfRefusal, nmvsCodeOfRefusal } from '@chain-of-care/chaincode/rules';
import type { Caller } from '../auth/caller.ts';
import type { CommittedTransaction } from '../fabric/act.ts';
import { Problem, problemOf } from '../http/problem.ts';
import { transactionMembers } from '../http/transaction.ts';
import type { Derivation } from '../idempotency/derivation.ts';
import type { Services } from '../services.ts';
import { shipWithCommerce } from './commerceActs.ts';
import type { SupplyCommand, SupplyCommandOutcome } from './eventDto.ts';
import type { NamedGoods } from './goods.ts';
import { locatePacks } from './location.ts';
import { prepareCommand, readModelPausesMs, type Prepared } from './prepare.ts';
import type { RefusalReports, ReportedRefusal } from './refusalReports.ts';
import { sensorReadings } from './sensors.ts';
import type { SupplyServices } from './supplyServices.ts';

/** How long an answer waits for the report of its refusal. */
const reportWithinMs = 5_000;

interface Result {
  readonly eventId?: string;
  readonly shipmentId?: string;
  readonly status?: string;
  readonly sscc?: string;
  readonly alertId?: string;
  readonly alertIds?: string[];
  readonly commerce?: boolean;
  readonly jobId?: string;
  readonly firstSegment?: number;
  readonly first?: number;
  readonly segments?: number;
  readonly count?: number;
  readonly units?: number;
}

/**
 * Submits commands of one caller, each decided by itself.
 *
 * @returns their outcomes in the same order, committed and readable here
 */
export async function submitSupplyCommands(
  services: SupplyServices,
  reports: RefusalReports,
  caller: Caller,
  commands: readonly SupplyCommand[],
  idempotency: Derivation,
): Promise<SupplyCommandOutcome[]> {
  const prepared: Prepared[] = [];
  const pauses = [...readModelPausesMs];
  for (const [index, command] of commands.entries())
    prepared.push(await prepareCommand(services, caller, command, { part: String(index), idempotency, pauses }));
  const decided = await decideAll(services, caller, prepared);
  const outcomes: SupplyCommandOutcome[] = [];
  for (const [index, { command, named }] of prepared.entries()) {
    const { outcome, transaction, commerce } = decided[index]!;
    if (outcome.status !== 'refused') {
      const view = { ...viewOf(outcome.result), ...(commerce === undefined ? {} : { commerce }) };
      outcomes.push({ status: outcome.status, ...view, ...transactionMembers(transaction) });
      continue;
    }
    const { code, httpStatus, detail, pointer } = outcome;
    const nmvsCode = nmvsCodeOfRefusal[code];
    const key = idempotency.commandKey(`refusal-${index}`);
    const reported = await report(services, reports, caller, { code, command, named, key });
    outcomes.push({
      status: 'refused',
      code,
      httpStatus,
      ...(nmvsCode === undefined ? {} : { nmvsCode }),
      ...(detail === undefined ? {} : { detail }),
      ...(pointer === undefined ? {} : { pointer }),
      ...(reported?.eventId === undefined ? {} : { eventId: reported.eventId }),
      ...(reported?.alertId === undefined ? {} : { alertId: reported.alertId }),
      ...transactionMembers(reported?.transaction),
    });
  }
  return outcomes;
}

/** The problem that a single refused command is answered with; it names the alert and the transaction of its report. */
export function problemOfOutcome(outcome: SupplyCommandOutcome): Problem {
  const { code, nmvsCode, detail, pointer, eventId, alertId, transactionId, blockNumber } = outcome;
  const members = Object.entries({ nmvsCode, eventId, alertId, transactionId, blockNumber });
  const { errors, ...refused } = problemOf(new Refusal(code as RefusalBody['code'], detail, pointer));
  return new Problem(refused.code, {
    ...(detail === undefined ? {} : { detail }),
    ...(errors === undefined ? {} : { errors }),
    members: Object.fromEntries(members.filter(([, value]) => value !== undefined)),
  });
}

interface Fate {
  readonly outcome: Outcome<Result>;
  readonly transaction?: CommittedTransaction;
  readonly commerce?: 'recorded' | 'follows';
}

/** Acts without commerce share transactions; each shipment with commerce has one of its own. */
async function decideAll(
  services: SupplyServices,
  caller: Caller,
  prepared: readonly Prepared[],
): Promise<readonly Fate[]> {
  const plain = prepared.flatMap(({ act, shipping }) => (act === undefined || shipping !== undefined ? [] : [act]));
  const [decided, shipped] = await Promise.all([
    services.ledger.submitAll<Result>(caller.identity, plain),
    Promise.all(
      prepared.map(async ({ shipping }) =>
        shipping === undefined ? undefined : shipWithCommerce<Result>(services, caller.identity, shipping),
      ),
    ),
  ]);
  const waiting = [...decided];
  return prepared.map(({ act, refusal }, index) =>
    act === undefined ? { outcome: refusedOutcome(refusal!) } : (shipped[index] ?? waiting.shift()!),
  );
}

function refusedOutcome(refusal: RefusalBody): Outcome<Result> {
  return { status: 'refused', httpStatus: statusOf(refusal.code), ...refusal };
}

/** Codes of identities that cannot report themselves: the service identity passes the attempt on. */
const unprovable: ReadonlySet<string> = new Set(['unknown_identity', 'staff_suspended']);

/** Reports a refused act where the table says that it is an alert. */
async function report(
  services: Services,
  reports: RefusalReports,
  caller: Caller,
  refused: { code: string; command: Prepared['command']; named: NamedGoods; key: string },
): Promise<ReportedRefusal | undefined> {
  const { code, command, named, key } = refused;
  const [pack] = named.packs;
  const [sscc] = named.containers;
  const reportable =
    (Object.hasOwn(alertOfRefusal, code) || unprovable.has(code)) && (pack !== undefined || sscc !== undefined);
  if (!reportable || command.type === 'openCommissioningJob') return undefined;
  const body = {
    event: command.type,
    eventTime: command.eventTime,
    commandDigest: createHash('sha256')
      .update(canonicalJson(wholeNumbers(command)))
      .digest('hex'),
    ...(pack ?? { sscc }),
    ...(pack === undefined ? {} : await segmentOf(services, pack)),
  };
  return reports.report({ key, identity: caller.identity, body, code }, reportWithinMs);
}

/** As the ledger keeps it: canonical JSON has no fractions. */
function wholeNumbers({ sensorElementList, ...command }: Prepared['command']): object {
  return sensorElementList === undefined ? command : { ...command, sensors: sensorReadings(sensorElementList) };
}

/** Where the serial was commissioned, when it was. */
async function segmentOf({ readModel }: Services, { gtin, serial, lot }: NamedGoods['packs'][number]) {
  const located = (await locatePacks(readModel.db, gtin, [serial], lot)).get(serial);
  return located === undefined ? {} : { lot: located.lot, segment: located.segment };
}

/** The members of a result that an answer has. */
function viewOf(result: Result | undefined): Partial<SupplyCommandOutcome> {
  if (result === undefined) return {};
  const { eventId, shipmentId, status: shipmentStatus, sscc, alertId, alertIds, jobId, units } = result;
  const { first: firstSegment = result.firstSegment, count: segments = result.segments } = result;
  const created = { eventId, shipmentId, shipmentStatus, sscc, alertId, alertIds, jobId };
  const view = { ...created, firstSegment, segments, units };
  return Object.fromEntries(Object.entries(view).filter(([, value]) => value !== undefined));
}
