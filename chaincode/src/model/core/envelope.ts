/**
 * What travels in a transaction's transient map and what comes back. Nothing of it is in the block: arguments are
 * empty and the response payload is sealed with a key that only this transaction's submitter and endorsers know.
 */
import type { ErrorCode } from './errors.ts';

export const chaincodeName = 'chain-of-care';
export const contracts = ['registry', 'care', 'supply'] as const;
export type ContractName = (typeof contracts)[number];

/** Keys of the transient map. `request` is JSON, `seal` and `salt` are 32 random bytes, fresh for each proposal. */
export const transientKey = { request: 'request', seal: 'seal', salt: 'salt' } as const;

/** Commands one transaction carries at the most. */
export const maxCommandsPerTransaction = 500;

/** Transaction time and endorser's clock may differ by this much. */
export const maxClockSkewMs = 60_000;

export interface Command<Body = unknown> {
  /** `contract.verb`, a row of the contract's command table. */
  readonly type: string;
  /** Idempotency key: 64 hex digits, HMAC-SHA-256(gateway secret, submitter | the caller's key). */
  readonly key: string;
  /** The patient's random 128-bit handle, 32 hex digits; on care commands only. */
  readonly handle?: string;
  readonly body: Body;
  /**
   * What makes two commands with the same key the same: 64 hex digits, HMAC-SHA-256 of the submitter's over the request
   * before sealing. Sealing is random, so a repeat of a request seals other bytes. Without it the body itself counts.
   */
  readonly fingerprint?: string;
}

export interface CommandBatch {
  readonly v: 1;
  readonly commands: readonly Command[];
}

export interface Query<Body = unknown> {
  readonly v: 1;
  readonly type: string;
  readonly handle?: string;
  readonly body: Body;
}

/** `applied`: written now. `replayed`: the same command was applied earlier, nothing written. `refused`: nothing written. */
export type Outcome<Result = unknown> =
  | { readonly status: 'applied' | 'replayed'; readonly result: Result }
  | {
      readonly status: 'refused';
      readonly code: ErrorCode;
      readonly httpStatus: number;
      readonly detail?: string;
      readonly pointer?: string;
      /** Set when the refusal itself was committed as a fact (access decisions). */
      readonly result?: Result;
    };

export interface BatchOutcome {
  readonly v: 1;
  readonly outcomes: readonly Outcome[];
  /** Number of keys written; 0 means that there is nothing to submit. */
  readonly writes: number;
}

/** The chaincode's only event, there to wake listeners: nobody endorses an event's content. */
export const wakeEvent = { name: 'v', payload: '{"v":1}' } as const;

export function contractOf(type: string): ContractName | undefined {
  const name = type.split('.', 1)[0];
  return contracts.find((contract) => contract === name);
}
