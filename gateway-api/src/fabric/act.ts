/** What capabilities hand to the ledger: acts (commands with what the pipeline must know about them) and questions. */
import type { Outcome, Policy } from '@chain-of-care/chaincode/model';
import type { LedgerIdentity } from '../auth/caller.ts';

/** Where an act's transaction reads and writes; who must endorse it follows from the consortium's policies. */
export interface Touches {
  /** Collections written, `undefined` standing for public state. Idempotency records lie where the state does. */
  readonly writes: readonly (string | undefined)[];
  /** Collections only read: every endorser must be a member of them. */
  readonly reads?: readonly string[];
  /** Key-level policies to be met besides, such as `consortium.rootPolicy(holders)`. */
  readonly policies?: readonly Policy[];
  /** Nobody else may endorse: an endorser reads what is in the transient data. */
  readonly among?: readonly string[];
}

export interface Act<Body extends object = object> {
  /** `contract.verb`. */
  readonly type: string;
  readonly body: Body;
  /** The patient's random handle, on care commands. */
  readonly handle?: string;
  /** 64 hex digits; with `fingerprint` from `exchange.idempotency.command(part)`. */
  readonly key: string;
  /** Of the request before sealing: a repeat seals other bytes and is still the same command. */
  readonly fingerprint?: string;
  readonly touches: Touches;
  /**
   * What the act advances (a patient's chain, a container): two acts with the same head are never in two transactions
   * in flight; in one transaction they see each other.
   */
  readonly head?: string;
  /** Accesses never share a transaction with writes. */
  readonly kind?: 'write' | 'access';
  /**
   * false: the act of a self-custody person, which the gateway must neither queue nor coalesce nor propose again.
   */
  readonly repeatable?: boolean;
}

export interface Question<Body extends object = object> {
  readonly type: string;
  readonly body: Body;
  readonly handle?: string;
}

/** An act's fate. `transaction` is absent when the transaction wrote nothing and so was not submitted. */
export interface Decided<Result = unknown> {
  readonly outcome: Outcome<Result>;
  readonly transaction?: CommittedTransaction;
}

export interface CommittedTransaction {
  readonly transactionId: string;
  readonly blockNumber: bigint;
}

/** An act that was applied (now, or by an earlier request with the same key). */
export interface Applied<Result = unknown> {
  readonly result: Result;
  readonly replayed: boolean;
  /** Absent on a replay. */
  readonly transaction?: CommittedTransaction;
}

/** The ledger as capabilities see it. */
export interface Ledger {
  /**
   * Submits one act and waits until it is VALID.
   *
   * @throws Refusal the ledger's rule said no; `LedgerRefusal` when the refusal itself was committed
   * @throws Problem 503 unavailable (retry), 504 commit_unknown (retry with the same Idempotency-Key), 409 conflict
   */
  submit<Result>(identity: LedgerIdentity, act: Act): Promise<Applied<Result>>;
  /**
   * Submits acts, each decided by itself, in as few transactions as their touches allow; results in the same order.
   *
   * @throws Problem as {@link submit} when any of them has no known fate
   */
  submitAll<Result>(identity: LedgerIdentity, acts: readonly Act[]): Promise<readonly Decided<Result>[]>;
  /** Evaluates a question on the organisation's own peer. @throws Refusal, Problem 503 */
  query<Result>(identity: LedgerIdentity, question: Question): Promise<Result>;
}
