/** A contract as data: its commands and queries, each a body class and a function that decides. */
import type { Command, Consortium, Described, RefusalBody } from '../model/core/index.ts';
import type { Address } from './address.ts';
import type { Submitter } from './submitter.ts';
import type { UnitOfWork } from './unitOfWork.ts';

/** What a command is decided with, besides its body. */
export interface Transaction {
  readonly ledger: UnitOfWork;
  readonly consortium: Consortium;
  readonly submitter: Submitter;
  readonly transactionId: string;
  /** recordTime: RFC 3339, milliseconds, UTC. */
  readonly time: string;
  readonly timeMs: number;
}

/** `refusal` set: the refusal itself is a fact, and what was staged is written all the same. */
export interface Decision {
  readonly result: unknown;
  readonly refusal?: RefusalBody;
}

export interface CommandDefinition<Body extends object = object> {
  readonly body: Described<Body>;
  /** The collection of the state that the command guards (undefined: public state); its idempotency record lies there. */
  guards(body: Body, transaction: Transaction): string | undefined;
  /**
   * Addresses that deciding reads in any case. They are fetched together for all commands of a transaction; what is not
   * named here is fetched when it is asked for. @throws Refusal
   */
  reads?(transaction: Transaction, command: Command<Body>): Iterable<Address>;
  /** @throws Refusal when a rule says no; then nothing that it staged is written */
  decide(transaction: Transaction, command: Command<Body>): Promise<Decision>;
}

export interface QueryDefinition<Body extends object = object> {
  readonly body: Described<Body>;
  /** @throws Refusal */
  answer(transaction: Transaction, query: { readonly handle?: string; readonly body: Body }): Promise<unknown>;
}

/** Types are erased in a table; a row is checked by {@link command} and {@link query}. */
export interface ContractDefinition {
  readonly commands: Readonly<Record<string, CommandDefinition>>;
  readonly queries: Readonly<Record<string, QueryDefinition>>;
}

export function command<Body extends object>(definition: CommandDefinition<Body>): CommandDefinition {
  return definition;
}

export function query<Body extends object>(definition: QueryDefinition<Body>): QueryDefinition {
  return definition;
}
