/**
 * What went wrong between gateway and ledger, in one place: every error of the SDK becomes one of a few kinds, from
 * which follows whether to propose again and what the caller is told.
 */
import { status as grpc } from '@grpc/grpc-js';
import { CommitError, EndorseError, GatewayError, StatusCode } from '@hyperledger/fabric-gateway';
import { isErrorCode, Refusal } from '@chain-of-care/chaincode/model';
import { Problem, type ProblemCode } from '../http/problem.ts';

export type Failure =
  /** The chaincode refused the transaction or query as a whole. */
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** The chaincode failed (status 500) or answered what we do not understand. */
  | { readonly kind: 'chaincode'; readonly detail: string }
  /** Nothing was sent to the orderers: these members did not answer, or the own peer did not (empty). */
  | { readonly kind: 'unavailable'; readonly members: readonly string[] }
  /** Nothing was sent to the orderers: an endorser could not hand private data to enough peers that keep it. */
  | { readonly kind: 'undelivered' }
  /** Endorsers disagreed, or state changed before the commit: a new proposal may succeed. */
  | { readonly kind: 'conflict'; readonly reason: string }
  /** The transaction is in the chain as invalid for another reason. */
  | { readonly kind: 'invalid'; readonly reason: string }
  /** Sent to the orderers, fate not known. */
  | { readonly kind: 'unknown' };

const conflicts: ReadonlySet<number> = new Set([
  StatusCode.MVCC_READ_CONFLICT,
  StatusCode.PHANTOM_READ_CONFLICT,
  StatusCode.ENDORSEMENT_POLICY_FAILURE,
  StatusCode.DUPLICATE_TXID,
]);
const statusNames = Object.fromEntries(Object.entries(StatusCode).map(([name, code]) => [code, name]));

/** The name of a validation code, such as MVCC_READ_CONFLICT. */
export function validationName(code: number): string {
  return statusNames[code] ?? `code ${code}`;
}

/** What a transaction's validation code means; undefined for VALID. */
export function failureOfCode(code: number): Failure | undefined {
  if (code === StatusCode.VALID) return undefined;
  const reason = validationName(code);
  return conflicts.has(code) ? { kind: 'conflict', reason } : { kind: 'invalid', reason };
}

/** @returns undefined for an error that does not come from the ledger: it is a defect of ours */
export function failureOf(error: unknown): Failure | undefined {
  if (error instanceof CommitError) return failureOfCode(error.code);
  if (!(error instanceof GatewayError)) return undefined;
  return wasEndorsed(error) ? { kind: 'unknown' } : failureOfEndorsement(error);
}

/** SubmitError and CommitStatusError carry a transaction id, as EndorseError does; errors of evaluating do not. */
function wasEndorsed(error: GatewayError): boolean {
  return 'transactionId' in error && !(error instanceof EndorseError);
}

function failureOfEndorsement(error: GatewayError): Failure {
  const messages = [...error.details.map(({ message }) => message), error.cause.details];
  for (const message of messages) {
    const answered = chaincodeAnswer(message);
    if (answered !== undefined) return answered;
  }
  if (messages.some((message) => /do(es)? not match|inconsistent/i.test(message)))
    return { kind: 'conflict', reason: 'ENDORSEMENT_MISMATCH' };
  if (messages.some((message) => undelivered.test(message))) return { kind: 'undelivered' };
  if (transient.has(error.code) || messages.some((message) => unreachable.test(message)))
    return { kind: 'unavailable', members: membersNamed(error) };
  return { kind: 'chaincode', detail: `${grpc[error.code] ?? error.code} while ${phaseOf(error)}` };
}

const transient: ReadonlySet<number> = new Set([
  grpc.UNAVAILABLE,
  grpc.DEADLINE_EXCEEDED,
  grpc.CANCELLED,
  grpc.RESOURCE_EXHAUSTED,
]);
const unreachable =
  /code = (Unavailable|DeadlineExceeded|Canceled)|failed to find any endorsing peers|no (peers|combination of peers)|connection refused|context deadline exceeded|could not be established|failed to (create|establish) connection|timeout expired|transport is closing|stream terminated|chaincode .* not (running|available)/i;

/** For some seconds after a peer died, others still take it for one that can keep their private data. */
const undelivered = /failed to distribute private collection/;

/** "chaincode response 404, {…}": a refusal with its code and status, or the chaincode's own failure. */
function chaincodeAnswer(message: string): Failure | undefined {
  const match = /chaincode response (\d{3}), ([\s\S]*)$/.exec(message);
  if (match === null) return undefined;
  const refusal = refusalFrom(match[2]!);
  if (refusal !== undefined) return { kind: 'refused', refusal };
  if (unreachable.test(match[2]!)) return { kind: 'unavailable', members: [] };
  return { kind: 'chaincode', detail: `chaincode status ${match[1]!}` };
}

function refusalFrom(text: string): Refusal | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { code, detail, pointer } = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  if (!isErrorCode(code)) return undefined;
  return new Refusal(
    code,
    typeof detail === 'string' ? detail : undefined,
    typeof pointer === 'string' ? pointer : undefined,
  );
}

function membersNamed(error: GatewayError): readonly string[] {
  const inDetails = error.details
    .filter(({ message }) => unreachable.test(message))
    .map(({ mspId }) => mspId)
    .filter((mspId) => mspId !== '');
  const inMessage = /endorsing peers for org\(s\): ([\w.,\s-]+)/.exec(error.cause.details)?.[1]?.split(/[,\s]+/) ?? [];
  return [...new Set([...inDetails, ...inMessage.filter((mspId) => mspId !== '')])];
}

function phaseOf(error: GatewayError): string {
  return error instanceof EndorseError ? 'endorsing' : 'evaluating';
}

/** What the caller is told. */
export function problemOfFailure(failure: Failure, cause?: unknown): Refusal | Problem {
  if (failure.kind === 'refused') return failure.refusal;
  const { code, headers } = answers[failure.kind];
  const detail = detailOf(failure);
  return new Problem(code, {
    ...(detail === undefined ? {} : { detail }),
    ...(headers === undefined ? {} : { headers }),
    cause: cause ?? new Error(failure.kind === 'chaincode' ? failure.detail : failure.kind),
  });
}

const retrySoon = { 'retry-after': '2' };

const answers: Readonly<
  Record<Exclude<Failure['kind'], 'refused'>, { readonly code: ProblemCode; readonly headers?: typeof retrySoon }>
> = {
  chaincode: { code: 'internal_error' },
  unavailable: { code: 'unavailable', headers: retrySoon },
  undelivered: { code: 'unavailable', headers: retrySoon },
  conflict: { code: 'conflict', headers: retrySoon },
  invalid: { code: 'upstream_failed' },
  unknown: { code: 'commit_unknown', headers: retrySoon },
};

function detailOf(failure: Failure): string | undefined {
  if (failure.kind === 'unavailable' && failure.members.length > 0)
    return `no answer from ${failure.members.join(', ')}`;
  if (failure.kind === 'invalid') return `the transaction was not valid: ${failure.reason}`;
  return undefined;
}
