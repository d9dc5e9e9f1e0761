/** A hospital's patients, and how a patient is led to another hospital, over REST. */
import type { RepresentativeRelationship } from '@chain-of-care/chaincode/model';
import type { Committed } from './care.ts';
import { path, type PostOptions, type RestClient, type UploadBody } from './restClient.ts';

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
  /** `patient`: status or demographics. `representative`, `care-team`: came or went. */
  readonly kind:
    | 'record'
    | 'consent'
    | 'revocation'
    | 'access'
    | 'access-request'
    | 'sharing-token'
    | 'link'
    | 'patient'
    | 'representative'
    | 'care-team';
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

interface PersonName {
  readonly family?: string;
  readonly given: readonly string[];
}

/** Who acts for a patient (FHIR RelatedPerson). */
export interface RepresentativeFacts {
  readonly id: string;
  readonly patientId: string;
  /** As the audit names who acted. */
  readonly personId: string;
  readonly relationship: RepresentativeRelationship;
  /** Whether they act now. */
  readonly active: boolean;
  readonly name?: PersonName;
  readonly period: { readonly start: string; readonly end?: string };
  readonly confirmedBy: string;
}

export interface Confirmation {
  readonly relationship: RepresentativeRelationship;
  readonly account: { readonly subject: string };
  readonly name?: PersonName;
  /** CID of the uploaded evidence. */
  readonly evidence: string;
  /** Parents and guardians need an end, exclusive. */
  readonly period?: { readonly end: string };
}

/** Somebody on a patient's care team (FHIR CareTeam.participant). */
export interface CareTeamMemberFacts {
  readonly id: string;
  readonly member: { readonly mspId: string; readonly id: string };
  readonly role?: string;
  readonly department?: string;
  readonly status: 'active' | 'inactive';
  readonly period: { readonly start: string; readonly end?: string };
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

  /** By a registrar: a document that shows who may act for a patient. @throws GatewayProblem payload_too_large */
  async uploadRepresentationEvidence(body: UploadBody, mediaType: string): Promise<{ readonly cid: string }> {
    return (await this.#rest.upload('/v1/representation-evidence', body, mediaType)) as { cid: string };
  }

  /** By a registrar, who saw the evidence. @throws GatewayProblem already_exists, content_not_found */
  async confirmRepresentative(
    patientId: string,
    confirmation: Confirmation,
    options: PostOptions = {},
  ): Promise<Changed & { readonly personId: string }> {
    const target = path`/v1/patients/${patientId}/representatives`;
    return (await this.#rest.post(target, confirmation, options)) as Changed & { personId: string };
  }

  /**
   * By a registrar or the representative; a power of attorney also by the patient.
   *
   * @throws GatewayProblem representation_ended, not_own_patient
   */
  async endRepresentative(patientId: string, id: string, options: PostOptions = {}): Promise<Changed> {
    const target = path`/v1/patients/${patientId}/representatives/${id}/ending`;
    return (await this.#rest.post(target, {}, options)) as Changed;
  }

  /** Who acts, or acted, for a patient. @throws GatewayProblem */
  async representatives(patientId: string): Promise<readonly RepresentativeFacts[]> {
    return this.#representations(path`/v1/patients/${patientId}/representatives`);
  }

  /** For whom the caller acts now. @throws GatewayProblem */
  async representedPatients(): Promise<readonly RepresentativeFacts[]> {
    return this.#representations('/v1/represented-patients');
  }

  /** By the patient's side. @throws GatewayProblem already_exists, staff_not_found */
  async addToCareTeam(
    patientId: string,
    member: CareTeamMemberFacts['member'],
    options: PostOptions = {},
  ): Promise<Changed> {
    return (await this.#rest.post(path`/v1/patients/${patientId}/care-team`, { member }, options)) as Changed;
  }

  /** By the patient's side: at once. @throws GatewayProblem not_found */
  async removeFromCareTeam(patientId: string, id: string, options: PostOptions = {}): Promise<Changed> {
    return (await this.#rest.post(path`/v1/patients/${patientId}/care-team/${id}/removal`, {}, options)) as Changed;
  }

  /** Who is on it, for the patient's side also who was. @throws GatewayProblem */
  async careTeam(patientId: string): Promise<readonly CareTeamMemberFacts[]> {
    const answer = await this.#rest.get(path`/v1/patients/${patientId}/care-team`);
    return (answer as { items: readonly CareTeamMemberFacts[] }).items;
  }

  async #representations(target: string): Promise<readonly RepresentativeFacts[]> {
    return ((await this.#rest.get(target)) as { items: readonly RepresentativeFacts[] }).items;
  }
}
