/** Requests for access over REST: a clinician asks, the patient chooses and answers, the clinician sees what is open. */
import type { PurposeOfUse, RecordCategory } from '@chain-of-care/chaincode/model';
import type { Committed } from './care.ts';
import { path, type PostOptions, type RestClient } from './restClient.ts';

export interface NewAccessRequest {
  readonly reason: string;
  readonly categories: readonly RecordCategory[];
  /** For how many days from the answer. */
  readonly days: number;
  readonly purposeOfUse?: PurposeOfUse;
  /** Refers the patient: the consent is for this department of the own hospital, not for who asks. */
  readonly receivingDepartment?: string;
  /** At a hospital that is not the patient's home: what the patient handed over. */
  readonly referral?: object;
}

export interface AccessRequest {
  readonly id: string;
  readonly patientId: string;
  readonly requesterId: string;
  readonly requesterOrg: string;
  readonly requesterRole: string;
  readonly purposeOfUse: PurposeOfUse;
  readonly reason?: string;
  readonly categories: readonly RecordCategory[];
  readonly days: number;
  /** Of a referral: for whom the consent is. */
  readonly receivingDepartment?: string;
  readonly requestedAt: string;
  readonly lapsesAt: string;
  readonly status: 'requested' | 'approved' | 'denied' | 'withdrawn' | 'lapsed';
  readonly answeredAt?: string;
  readonly consentId?: string;
  /** For the patient: the standing rule by which it can be approved. */
  readonly standingRule?: string;
}

/** Of an approval: by a standing rule alone; or chosen records, or some of the categories, or all of them; and for how long. */
export interface Approval {
  readonly records?: readonly string[];
  readonly categories?: readonly RecordCategory[];
  readonly days?: number;
  readonly maxAccesses?: number;
  /** Its id: what it says is permitted, to whom it names. */
  readonly standingRule?: string;
}

export interface AnsweredAccessRequest extends Committed {
  readonly id: string;
  readonly status: AccessRequest['status'];
  readonly consentId?: string;
}

export interface AuthorizedPatient {
  readonly patientId: string;
  readonly proof: 'readmodel' | 'ledger';
  readonly records: readonly {
    readonly id: string;
    readonly version: number;
    readonly category: RecordCategory;
    readonly clinicalDate: string;
    readonly consentIds: readonly string[];
  }[];
}

export class AccessRequests {
  readonly #rest: RestClient;

  constructor(rest: RestClient) {
    this.#rest = rest;
  }

  /** By a clinician. @throws GatewayProblem */
  async request(
    patientId: string,
    request: NewAccessRequest,
    options: PostOptions = {},
  ): Promise<Committed & { readonly id: string; readonly lapsesAt: string }> {
    const answer = await this.#rest.post(path`/v1/patients/${patientId}/access-requests`, request, options);
    return answer as Committed & { id: string; lapsesAt: string };
  }

  /** The patient's inbox, or the clinician's own requests; newest first. @throws GatewayProblem */
  async *list(status?: AccessRequest['status']): AsyncGenerator<AccessRequest, void, void> {
    for await (const each of this.#rest.list('/v1/access-requests', { status })) yield each as AccessRequest;
  }

  /** By the patient. @throws GatewayProblem request_already_answered, request_lapsed */
  async approve(requestId: string, approval: Approval = {}, options: PostOptions = {}): Promise<AnsweredAccessRequest> {
    return this.#answer(requestId, { response: 'approve', ...approval }, options);
  }

  /** By the patient. @throws GatewayProblem request_already_answered, request_lapsed */
  async deny(requestId: string, options: PostOptions = {}): Promise<AnsweredAccessRequest> {
    return this.#answer(requestId, { response: 'deny' }, options);
  }

  /** By who asked. @throws GatewayProblem */
  async withdraw(requestId: string, options: PostOptions = {}): Promise<AnsweredAccessRequest> {
    const target = path`/v1/access-requests/${requestId}/withdrawal`;
    return (await this.#rest.post(target, {}, options)) as AnsweredAccessRequest;
  }

  /**
   * Records that patients opened to the caller.
   *
   * @param proof `ledger` lets the peer decide on committed state
   * @throws GatewayProblem
   */
  async *authorizedRecords(
    proof: AuthorizedPatient['proof'] = 'readmodel',
  ): AsyncGenerator<AuthorizedPatient, void, void> {
    for await (const each of this.#rest.list('/v1/authorized-records', { proof })) yield each as AuthorizedPatient;
  }

  async #answer(requestId: string, body: object, options: PostOptions): Promise<AnsweredAccessRequest> {
    const target = path`/v1/access-requests/${requestId}/response`;
    return (await this.#rest.post(target, body, options)) as AnsweredAccessRequest;
  }
}
