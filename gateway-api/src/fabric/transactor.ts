/** One proposal's way through Fabric: endorse, open the sealed answer, submit, wait for the commit. No retries here. */
import { EndorseError, GatewayError, type Commit, type Contract, type Transaction } from '@hyperledger/fabric-gateway';
import { contractOf, type BatchOutcome, type Command } from '@chain-of-care/chaincode/model';
import { openAnswer, openBatchOutcome, proposeCommands, proposeQuery } from '@chain-of-care/client';
import type { LedgerIdentity } from '../auth/caller.ts';
import { Problem } from '../http/problem.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { CommittedTransaction, Question } from './act.ts';
import { submitToOrderers } from './alreadyOrdered.ts';
import type { PeerConnection, PeerConnections } from './connection.ts';
import { failureOf, failureOfCode, validationName, type Failure } from './failure.ts';
import type { Identities } from './identities.ts';

export interface TransactorOptions {
  readonly channel: string;
  readonly chaincode: string;
  /** The own organisation, which answers queries. */
  readonly mspId: string;
  readonly endorseTimeoutMs: number;
  readonly commitTimeoutMs: number;
}

/** How a proposed batch ended. */
export type BatchFate =
  | { readonly outcome: BatchOutcome; readonly transaction?: CommittedTransaction }
  | { readonly failure: Failure; readonly cause?: unknown };

/** A batch of commands of one identity and contract. */
export interface Batch {
  readonly identity: LedgerIdentity;
  readonly commands: readonly Command[];
  readonly endorsers: readonly string[];
}

export interface Transactor {
  transact(batch: Batch): Promise<BatchFate>;
  ask(
    identity: LedgerIdentity,
    question: Question,
  ): Promise<{ readonly answer: unknown } | { readonly failure: Failure; readonly cause: unknown }>;
}

const submitTimeoutMs = 15_000;

export class FabricTransactor implements Transactor {
  readonly #peers: PeerConnections;
  readonly #identities: Identities;
  readonly #options: TransactorOptions;
  readonly #metrics: Metrics;

  constructor(peers: PeerConnections, identities: Identities, options: TransactorOptions, metrics: Metrics) {
    this.#peers = peers;
    this.#identities = identities;
    this.#options = options;
    this.#metrics = metrics;
  }

  /** Proposes the batch, and submits it when it writes something. Every foreseeable error is in the fate. */
  async transact({ identity, commands, endorsers }: Batch): Promise<BatchFate> {
    const peer = this.#peers.current;
    const contract = await this.#contract(peer, identity, commands[0]!.type);
    const { transient, sealKey } = proposeCommands(commands);
    try {
      const proposal = contract.newProposal('submit', {
        transientData: transient,
        endorsingOrganizations: [...endorsers],
      });
      const endorsed = await this.#timed('endorse', () =>
        proposal.endorse({ deadline: Date.now() + this.#options.endorseTimeoutMs }),
      );
      const outcome = await openBatchOutcome(sealKey, payloadOf(endorsed.getResult()));
      this.#peers.succeeded(peer);
      if (outcome.writes === 0) return { outcome };
      const submitted = await this.#timed('submit', () => this.#submit(peer, identity, endorsed));
      return await this.#committed(outcome, submitted);
    } catch (error) {
      return { failure: this.#failure(peer, error), cause: error };
    }
  }

  /** Evaluates a question on the own peer, and on the next one when the first does not answer. */
  async ask(
    identity: LedgerIdentity,
    question: Question,
  ): Promise<{ readonly answer: unknown } | { readonly failure: Failure; readonly cause: unknown }> {
    const first = await this.#evaluate(identity, question);
    if ('answer' in first || first.failure.kind !== 'unavailable' || !this.#peers.hasAlternative) return first;
    return this.#evaluate(identity, question);
  }

  async #evaluate(
    identity: LedgerIdentity,
    question: Question,
  ): Promise<{ readonly answer: unknown } | { readonly failure: Failure; readonly cause: unknown }> {
    const peer = this.#peers.current;
    const contract = await this.#contract(peer, identity, question.type);
    const { transient, sealKey } = proposeQuery(question);
    try {
      const proposal = contract.newProposal('query', {
        transientData: transient,
        endorsingOrganizations: [this.#options.mspId],
      });
      const payload = await this.#timed('evaluate', () =>
        proposal.evaluate({ deadline: Date.now() + this.#options.endorseTimeoutMs }),
      );
      this.#peers.succeeded(peer);
      return { answer: await openAnswer(sealKey, payloadOf(payload)) };
    } catch (error) {
      return { failure: this.#failure(peer, error), cause: error };
    }
  }

  async #contract(peer: PeerConnection, identity: LedgerIdentity, type: string): Promise<Contract> {
    const contractName = contractOf(type);
    if (contractName === undefined) throw new Problem('unknown_command', { detail: type });
    const { channel, chaincode } = this.#options;
    const gateway = await this.#identities.gateway(peer, identity);
    return gateway.getNetwork(channel).getContract(chaincode, contractName);
  }

  async #submit(peer: PeerConnection, identity: LedgerIdentity, endorsed: Transaction): Promise<Commit> {
    const gateway = await this.#identities.gateway(peer, identity);
    return submitToOrderers(endorsed, gateway, this.#options.channel, submitTimeoutMs);
  }

  async #committed(outcome: BatchOutcome, submitted: Commit): Promise<BatchFate> {
    const status = await this.#timed('commit', () => this.#commitStatus(submitted));
    this.#metrics.transactions.inc({ code: validationName(status.code) });
    const failure = failureOfCode(status.code);
    if (failure !== undefined) return { failure };
    return { outcome, transaction: { transactionId: status.transactionId, blockNumber: status.blockNumber } };
  }

  /** Asks again while the peer is away: the transaction is with the orderers and will be in a block. */
  async #commitStatus(submitted: Commit): ReturnType<Commit['getStatus']> {
    const deadline = Date.now() + this.#options.commitTimeoutMs;
    for (;;) {
      try {
        return await submitted.getStatus({ deadline });
      } catch (error) {
        if (!(error instanceof GatewayError) || Date.now() + commitPollMs >= deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, commitPollMs));
      }
    }
  }

  #failure(peer: PeerConnection, error: unknown): Failure {
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    const peerIsAway = failure.kind === 'unavailable' && failure.members.length === 0;
    if (peerIsAway || (failure.kind === 'unknown' && !(error instanceof EndorseError))) this.#peers.failed(peer);
    return failure;
  }

  async #timed<Result>(phase: string, work: () => Promise<Result>): Promise<Result> {
    const stop = this.#metrics.submitPhases.startTimer({ phase });
    try {
      return await work();
    } finally {
      stop();
    }
  }
}

const commitPollMs = 500;

/** The chaincode returns the sealed bytes as base64 text. */
function payloadOf(result: Uint8Array): Uint8Array {
  return Buffer.from(Buffer.from(result).toString('latin1'), 'base64');
}
