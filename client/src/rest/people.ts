/** A hospital's patients, and how a patient is led to another hospital, over REST. */
import type { Committed } from './care.ts';
import { path, type PostOptions, type RestClient } from './restClient.ts';

export interface PatientIdentifier {
  readonly system: string;
  readonly value: string;
}

export interface PatientFacts {
  readonly id: string;
  readonly home: string;
  readonly status: 'active' | 'deceased';
  readonly name: { readonly family?: string; readonly given: readonly string[] };
  readonly birthDate?: string;
  readonly gender?: string;
  readonly identifiers: readonly PatientIdentifier[];
  /** Other registrations of the same person. */
  readonly links: readonly string[];
}

export interface ReferralCode {
  readonly code: string;
  readonly expiresAt: string;
  /** A QR code of it. */
  readonly svg: string;
}

export interface Change {
  readonly kind: 'record' | 'consent' | 'revocation' | 'access' | 'link';
  readonly id: string;
  readonly version?: number;
  readonly blockNumber: number;
  readonly at: string;
  /** To go on from. */
  readonly since: string;
}

export interface ReadReceipt {
  readonly accessId: string;
  readonly recordId: string;
  readonly version: number;
  readonly accessorId: string;
  readonly accessorOrg: string;
  readonly firstReadAt: string;
}

type Changed = Committed & { readonly id: string };

export class Patients {
  readonly #rest: RestClient;

  constructor(rest: RestClient) {
    this.#rest = rest;
  }

  /** By exact identifier, at the own hospital; audited. @throws GatewayProblem */
  async find({ system, value }: PatientIdentifier): Promise<PatientFacts | undefined> {
    const { items } = (await this.#rest.get('/v1/patients', { identifier: `${system}|${value}` })) as {
      items: readonly PatientFacts[];
    };
    return items[0];
  }

  /** By a registrar: both are one person; the charts stay two. @throws GatewayProblem already_exists */
  async link(patientId: string, otherId: string, options: PostOptions = {}): Promise<Changed> {
    return (await this.#rest.post(path`/v1/patients/${patientId}/links`, { patientId: otherId }, options)) as Changed;
  }

  /** By a registrar. @throws GatewayProblem not_found when they are not linked */
  async unlink(patientId: string, otherId: string, options: PostOptions = {}): Promise<Changed> {
    const target = path`/v1/patients/${patientId}/links/ending`;
    return (await this.#rest.post(target, { patientId: otherId }, options)) as Changed;
  }

  /** By the patient: once, for 15 minutes. @throws GatewayProblem */
  async referralCode(patientId: string): Promise<ReferralCode> {
    return (await this.#rest.post(path`/v1/patients/${patientId}/referral-codes`, {})) as ReferralCode;
  }

  /** By staff of any hospital. @throws GatewayProblem not_found for a code that is wrong, spent or expired */
  async redeem(code: string): Promise<{ readonly patientId: string; readonly home: string }> {
    return (await this.#rest.post('/v1/referral-redemptions', { code })) as { patientId: string; home: string };
  }

  /** By the patient: everything that changed after `since`, the oldest first. @throws GatewayProblem */
  async *changes(patientId: string, since?: string): AsyncGenerator<Change, void, void> {
    for (let more = true; more;) {
      const answer = (await this.#rest.get(path`/v1/patients/${patientId}/changes`, { since })) as {
        items: readonly Change[];
        since?: string;
        more: boolean;
      };
      yield* answer.items;
      ({ since, more } = answer);
    }
  }

  /** By the patient: what was really served, the newest first. @throws GatewayProblem */
  async *readReceipts(patientId: string): AsyncGenerator<ReadReceipt, void, void> {
    for await (const receipt of this.#rest.list(path`/v1/patients/${patientId}/read-receipts`))
      yield receipt as ReadReceipt;
  }
}
