/** Runs a contract's commands and queries on a stub: parse, validate, decide one by one, write once, seal the answer. */
import { createHash } from 'node:crypto';
import {
  canonicalJson,
  formats,
  maxClockSkewMs,
  maxCommandsPerTransaction,
  Refusal,
  statusOf,
  storedType,
  transientKey,
  violationsOf,
  wakeEvent,
  type BatchOutcome,
  type Command,
  type Consortium,
  type Described,
  type Outcome,
} from '../model/core/index.ts';
import { publicAddress, type Address } from './address.ts';
import type { CommandDefinition, ContractDefinition, Transaction } from './contract.ts';
import { hmacSha256 } from './hmac.ts';
import { seal } from './seal.ts';
import type { LedgerStub } from './stub.ts';
import { submitterOf } from './submitter.ts';
import { UnitOfWork } from './unitOfWork.ts';

export interface Environment {
  readonly consortium: Consortium;
  /** The endorser's clock, milliseconds since the epoch. It is compared with the transaction's time, never stored. */
  readonly clock: () => number;
}

interface Applied {
  digest: string;
  outcome: unknown;
}
const appliedType = storedType<Applied>('applied-command');

/**
 * Decides a batch of commands and writes what was applied.
 *
 * @returns the sealed {@link BatchOutcome}
 * @throws Refusal when the transaction as a whole cannot be understood (malformed, unknown identity, clock skew)
 */
export async function executeSubmit(
  stub: LedgerStub,
  contract: ContractDefinition,
  environment: Environment,
): Promise<Uint8Array> {
  const { transaction, request, sealKey } = open(stub, environment);
  const commands = commandsOf(request);
  const prepared = commands.map((command) => prepare(contract, transaction, command));
  await transaction.ledger.prefetch(prepared.flatMap((one) => (one instanceof Refusal ? [] : one.reads)));
  const outcomes: Outcome[] = [];
  for (const one of prepared) outcomes.push(one instanceof Refusal ? refused(one) : await decideOne(transaction, one));
  const writes = await transaction.ledger.flush();
  if (writes > 0) stub.setEvent(wakeEvent.name, Buffer.from(wakeEvent.payload));
  const answer: BatchOutcome = { v: 1, outcomes, writes };
  return seal(sealKey, canonicalJson(answer));
}

/**
 * Answers a query.
 *
 * @returns the sealed canonical JSON of the answer
 * @throws Refusal
 */
export async function executeQuery(
  stub: LedgerStub,
  contract: ContractDefinition,
  environment: Environment,
): Promise<Uint8Array> {
  const { transaction, request, sealKey } = open(stub, environment);
  const { type, handle, body } = request;
  const definition = Object.hasOwn(contract.queries, String(type)) ? contract.queries[String(type)] : undefined;
  if (definition === undefined) throw new Refusal('unknown_command', undefined, '/type');
  const query = { ...checkedHandle(handle), body: validBody(definition.body, body) };
  return seal(sealKey, canonicalJson(await definition.answer(transaction, query)));
}

interface Opened {
  readonly transaction: Transaction;
  readonly request: Record<string, unknown>;
  readonly sealKey: Uint8Array;
}

function open(stub: LedgerStub, environment: Environment): Opened {
  if (Math.abs(stub.timestampMs - environment.clock()) > maxClockSkewMs) throw new Refusal('clock_skew');
  const sealKey = stub.transient.get(transientKey.seal);
  const salt = stub.transient.get(transientKey.salt);
  if (sealKey?.length !== 32 || salt?.length !== 32)
    throw new Refusal('malformed_request', 'transient seal and salt are 32 bytes each');
  const transaction: Transaction = {
    ledger: new UnitOfWork(stub, salt),
    consortium: environment.consortium,
    submitter: submitterOf(stub.creator),
    transactionId: stub.transactionId,
    time: new Date(stub.timestampMs).toISOString(),
    timeMs: stub.timestampMs,
  };
  return { transaction, request: parseRequest(stub.transient.get(transientKey.request)), sealKey };
}

function parseRequest(bytes: Uint8Array | undefined): Record<string, unknown> {
  if (bytes === undefined) throw new Refusal('malformed_request', 'transient request is missing');
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    throw new Refusal('malformed_request', 'transient request is not JSON');
  }
  if (!isObject(value) || value['v'] !== 1)
    throw new Refusal('malformed_request', 'transient request has no version 1');
  return value;
}

function commandsOf(request: Record<string, unknown>): readonly Command<object>[] {
  const { commands } = request;
  if (!Array.isArray(commands) || commands.length === 0) throw new Refusal('malformed_request', undefined, '/commands');
  if (commands.length > maxCommandsPerTransaction) throw new Refusal('too_many_commands');
  return commands.map((command: unknown, index) => {
    const wellFormed =
      isObject(command) &&
      typeof command['type'] === 'string' &&
      typeof command['key'] === 'string' &&
      formats['hex-256'](command['key']) &&
      (command['fingerprint'] === undefined || isFingerprint(command['fingerprint'])) &&
      isObject(command['body']);
    if (!wellFormed) throw new Refusal('malformed_request', undefined, `/commands/${index}`);
    return command as unknown as Command<object>;
  });
}

/** A command that is understood: what decides it, where its idempotency record lies, and what it will read. */
interface Prepared {
  readonly definition: CommandDefinition;
  readonly command: Command<object>;
  readonly applied: Address;
  readonly reads: readonly Address[];
}

function prepare(
  contract: ContractDefinition,
  transaction: Transaction,
  { handle, ...sent }: Command<object>,
): Prepared | Refusal {
  try {
    const definition = Object.hasOwn(contract.commands, sent.type) ? contract.commands[sent.type] : undefined;
    if (definition === undefined) throw new Refusal('unknown_command', undefined, '/type');
    const command = { ...sent, ...checkedHandle(handle), body: validBody(definition.body, sent.body) };
    const applied = appliedAddress(definition.guards(command.body, transaction), transaction, command.key);
    const reads = [applied, ...(definition.reads?.(transaction, command) ?? [])];
    return { definition, command, applied, reads };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error;
  }
}

async function decideOne(transaction: Transaction, prepared: Prepared): Promise<Outcome> {
  const { ledger } = transaction;
  try {
    const outcome = await decideOnce(transaction, prepared);
    ledger.keep();
    return outcome;
  } catch (error) {
    ledger.drop();
    if (!(error instanceof Refusal)) throw error;
    return refused(error);
  }
}

/** A command with a known idempotency key is answered with its first outcome and writes nothing. */
async function decideOnce(transaction: Transaction, { definition, command, applied }: Prepared): Promise<Outcome> {
  const { ledger } = transaction;
  const digest = createHash('sha256')
    .update(canonicalJson([command.type, command.key, command.fingerprint ?? command.body]))
    .digest('hex');
  const first = await ledger.get(appliedType, applied);
  if (first !== undefined) {
    if (first.digest !== digest) throw new Refusal('idempotency_key_reused');
    const outcome = first.outcome as Outcome;
    return outcome.status === 'refused' ? outcome : { status: 'replayed', result: outcome.result };
  }
  const { result, refusal } = await definition.decide(transaction, command);
  const outcome: Outcome =
    refusal === undefined
      ? { status: 'applied', result }
      : { status: 'refused', httpStatus: statusOf(refusal.code), ...refusal, result };
  ledger.put(appliedType, applied, { digest, outcome });
  return outcome;
}

/**
 * Idempotency keys are scoped to the submitter. The command's key is an HMAC that only the submitter's gateway can
 * compute, and is part of the digest, so neither says anything about the body.
 */
function appliedAddress(collection: string | undefined, transaction: Transaction, key: string): Address {
  const scoped = hmacSha256(Buffer.from(key, 'hex'), transaction.submitter.deviceKey).toString('hex');
  return collection === undefined ? publicAddress('applied', scoped) : { collection, key: `applied|${scoped}` };
}

function refused(refusal: Refusal): Outcome {
  return { status: 'refused', httpStatus: refusal.status, ...refusal.toJSON() };
}

function validBody<Body extends object>(type: Described<Body>, body: unknown): Body {
  const [first] = violationsOf(type, body);
  if (first !== undefined) throw new Refusal('validation_failed', first.detail, first.pointer);
  return body as Body;
}

function checkedHandle(handle: unknown): { handle?: string } {
  if (handle === undefined) return {};
  if (typeof handle !== 'string' || !formats['hex-128'](handle))
    throw new Refusal('malformed_request', 'handle is 32 hex digits', '/handle');
  return { handle };
}

function isFingerprint(value: unknown): boolean {
  return typeof value === 'string' && formats['hex-256'](value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
