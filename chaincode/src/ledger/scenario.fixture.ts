/**
 * Fluent fixture of unit tests: a consortium on the in-memory ledger, people with keys and certificates, commands as they
 * would come from a gateway.
 */
import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import 'reflect-metadata';
import { X509CertificateGenerator, cryptoProvider } from '@peculiar/x509';
import { contractDefinitions } from '../contracts.ts';
import { Consortium, contractOf, type BatchOutcome, type Command, type Member, type Outcome } from '../model/index.ts';
import { executeQuery, executeSubmit } from './execute.ts';
import { MemoryLedger, type Simulation } from './memoryLedger.ts';
import { unseal } from './seal.ts';
import { submitterOf } from './submitter.ts';

cryptoProvider.set(globalThis.crypto);

export const members: readonly Member[] = [
  { mspId: 'HospitalMSP', role: 'hospital', name: 'Hospital' },
  { mspId: 'Hospital2MSP', role: 'hospital', name: 'Second hospital' },
  { mspId: 'PharmaMSP', role: 'pharma', name: 'Pharma' },
  { mspId: 'DistributorMSP', role: 'pharma', name: 'Distributor' },
  { mspId: 'RegulatorMSP', role: 'regulator', name: 'Regulator' },
  { mspId: 'ConsortiumMSP', role: 'operator', name: 'Operator' },
];

/** Somebody with a certificate of a member's CA. */
export interface Identity {
  readonly mspId: string;
  readonly certificate: Uint8Array;
  readonly deviceKey: string;
}

/** A certificate as a member's CA issues it; NodeOU `admin` for MSP administrators. */
export async function identityOf(mspId: string, unit: 'client' | 'admin' = 'client'): Promise<Identity> {
  const keys = await globalThis.crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${randomUUID()},OU=${unit}`,
    keys,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
  });
  const pem = Buffer.from(certificate.toString('pem'));
  return { mspId, certificate: pem, deviceKey: submitterOf({ mspId, certificate: pem }).deviceKey };
}

export interface CommandOptions {
  readonly handle?: string;
  /** Idempotency key as the caller would send it; random when absent. */
  readonly key?: string;
  readonly fingerprint?: string;
  /** The member whose peer endorses; the submitter's own when absent. */
  readonly endorser?: string;
}

export class Scenario {
  readonly consortium = new Consortium(members);
  readonly ledger = new MemoryLedger(this.consortium.collections);
  /** Transaction time. */
  now = Date.parse('2026-03-01T09:00:00Z');
  /** How far the endorser's clock is ahead of it, milliseconds. */
  endorserAheadMs = 0;

  /** Builds a command; its idempotency key is scoped as a gateway does it. */
  command(type: string, body: object, options: CommandOptions = {}): Command {
    const key = createHash('sha256')
      .update(options.key ?? randomUUID())
      .digest('hex');
    const { handle, fingerprint } = options;
    return {
      type,
      key,
      body,
      ...(handle === undefined ? {} : { handle }),
      ...(fingerprint === undefined ? {} : { fingerprint }),
    };
  }

  /** Endorses and commits one command; the outcome of it. */
  async submit(identity: Identity, type: string, body: object, options: CommandOptions = {}): Promise<Outcome> {
    const { outcome, simulation } = await this.endorse(identity, [this.command(type, body, options)], options.endorser);
    if (outcome.writes > 0 && this.ledger.commit(simulation) !== 'VALID') throw new Error('MVCC_READ_CONFLICT');
    return outcome.outcomes[0]!;
  }

  /** Endorses a batch without committing it. */
  async endorse(
    identity: Identity,
    commands: readonly Command[],
    endorser: string = identity.mspId,
  ): Promise<{ outcome: BatchOutcome; simulation: Simulation }> {
    const sealKey = randomBytes(32);
    const simulation = this.#simulate(identity, endorser, sealKey, { v: 1, commands });
    const contract = contractDefinitions[contractOf(commands[0]!.type)!];
    const answer = await executeSubmit(simulation, contract, this.#environment);
    return { outcome: JSON.parse(unseal(sealKey, answer)) as BatchOutcome, simulation };
  }

  async query(identity: Identity, type: string, body: object, options: CommandOptions = {}): Promise<unknown> {
    const sealKey = randomBytes(32);
    const request = { v: 1, type, body, ...(options.handle === undefined ? {} : { handle: options.handle }) };
    const simulation = this.#simulate(identity, options.endorser ?? identity.mspId, sealKey, request);
    const answer = await executeQuery(simulation, contractDefinitions[contractOf(type)!], this.#environment);
    return JSON.parse(unseal(sealKey, answer));
  }

  get #environment() {
    return { consortium: this.consortium, clock: () => this.now + this.endorserAheadMs };
  }

  #simulate(identity: Identity, endorser: string, sealKey: Uint8Array, request: object): Simulation {
    return this.ledger.simulate({
      creator: identity,
      timestampMs: this.now,
      endorser,
      transient: new Map<string, Uint8Array>([
        ['request', Buffer.from(JSON.stringify(request))],
        ['seal', sealKey],
        ['salt', createHmac('sha256', sealKey).update('salt').digest()],
      ]),
    });
  }
}

/** The result of an outcome that must have been applied. */
export function applied<Result = unknown>(outcome: Outcome): Result {
  if (outcome.status === 'refused')
    throw new Error(`refused: ${outcome.code} ${outcome.detail ?? ''} ${outcome.pointer ?? ''}`);
  return outcome.result as Result;
}
