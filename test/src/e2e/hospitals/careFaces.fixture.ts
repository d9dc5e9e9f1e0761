/** What people of the care chain do, over REST and by the client's classes: one story is told through both. */
import {
  AccessRequests,
  GatewayProblem,
  HealthDataBank,
  openBytes,
  RestClient,
  SharingSecret,
  type AccessRequest,
  type Approval,
  type AuditFilter,
  type NewAccessRequest,
  type NewConsent,
  type NewSharingToken,
  type RetrievedRecord,
} from '@chain-of-care/client';
import { all } from '../../demo/careStory.ts';
import { demandOk, RestSession, UnexpectedAnswer, type Json } from '../../system/rest.ts';

/** What is read: all prescriptions, or these records. */
export interface Reading {
  readonly recordIds?: readonly string[];
  readonly referral?: object;
}

export interface Prescription {
  readonly id: string;
  readonly text: string;
}

/** Somebody logged in. Refusals are thrown; {@link refusalOf} says their code. */
export interface CareFace {
  store(patientId: string, text: string): Promise<string>;
  grant(patientId: string, consent: NewConsent): Promise<string>;
  revoke(consentId: string): Promise<void>;
  read(patientId: string, reading?: Reading): Promise<readonly Prescription[]>;
  share(patientId: string, token: NewSharingToken): Promise<{ readonly id: string; readonly secret: string }>;
  redeem(secret: string, referral?: object): Promise<readonly Prescription[]>;
  revokeToken(tokenId: string): Promise<void>;
  request(patientId: string, request: NewAccessRequest): Promise<string>;
  requests(): Promise<readonly Pick<AccessRequest, 'id' | 'patientId' | 'status' | 'reason'>[]>;
  approve(requestId: string, approval: Approval): Promise<string>;
  audit(patientId: string, filter?: AuditFilter): Promise<readonly Pick<Json, string>[]>;
  auditFile(patientId: string, filter: AuditFilter): Promise<string>;
  integrity(patientId: string): Promise<Pick<Json, string>>;
}

const type = 'prescription';
const date = '2026-02-01';
const mediaType = 'text/plain';
const reason = 'as agreed';
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

/** @returns the code of what was refused; of what was not, that it was not */
export async function refusalOf(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof GatewayProblem) return error.code;
    if (error instanceof UnexpectedAnswer) return String(error.answer.body['code']);
    throw error;
  }
  return 'it was not refused';
}

/** The plain addresses, as a program without the client's library calls them; it opens what a token shares itself. */
export class RestFace implements CareFace {
  readonly #session: RestSession;

  constructor(base: string, token: string) {
    this.#session = new RestSession(base, token);
  }

  async store(patientId: string, text: string): Promise<string> {
    const body = { category: type, clinicalDate: date, mediaType, content: Buffer.from(text).toString('base64url') };
    const path = `/v1/patients/${patientId}/records`;
    return (await this.#session.create<{ records: { id: string }[] }>(path, body)).records[0]!.id;
  }

  async grant(patientId: string, consent: NewConsent): Promise<string> {
    return (await this.#session.create<{ id: string }>(`/v1/patients/${patientId}/consents`, consent)).id;
  }

  async revoke(consentId: string): Promise<void> {
    await this.#session.create(`/v1/consents/${consentId}/revocation`);
  }

  async read(patientId: string, { recordIds, referral }: Reading = {}): Promise<readonly Prescription[]> {
    const asked = recordIds === undefined ? { categories: [type] } : { records: recordIds.map((id) => ({ id })) };
    const { id: access } = await this.#session.create<{ id: string }>(`/v1/patients/${patientId}/accesses`, {
      ...asked,
      ...{ purposeOfUse: 'TREAT', reason, referral },
    });
    const records = await all(this.#session, `/v1/accesses/${access}/records`);
    return Promise.all(
      records.map(async ({ id }) => {
        const path = `/v1/accesses/${access}/records/${String(id)}/content`;
        return { id: String(id), text: textOf(demandOk(path, await this.#session.get(path)).bytes) };
      }),
    );
  }

  async share(patientId: string, token: NewSharingToken): Promise<{ id: string; secret: string }> {
    return this.#session.create(`/v1/patients/${patientId}/sharing-tokens`, token);
  }

  async redeem(secretText: string, referral?: object): Promise<readonly Prescription[]> {
    const secret = new SharingSecret(secretText);
    const redeemed = await this.#session.create<{
      readonly id: string;
      readonly tokenId: string;
      readonly records: readonly { readonly id: string; readonly version: number; readonly wrappedKey: string }[];
    }>('/v1/token-redemptions', { redeem: secret.redeem, referral });
    const headers = { 'x-token-redeem': secret.redeem };
    return Promise.all(
      redeemed.records.map(async ({ id, version, wrappedKey }) => {
        const path = `/v1/token-redemptions/${redeemed.id}/records/${id}/ciphertext`;
        const { bytes } = demandOk(path, await this.#session.get(path, { headers }));
        const dataKey = await secret.unwrap(wrappedKey, redeemed.tokenId, { recordId: id, version });
        return { id, text: textOf(await openBytes(bytes, dataKey, { recordId: id, version, type: 'record' })) };
      }),
    );
  }

  async revokeToken(tokenId: string): Promise<void> {
    await this.#session.create(`/v1/sharing-tokens/${tokenId}/revocation`);
  }

  async request(patientId: string, request: NewAccessRequest): Promise<string> {
    return (await this.#session.create<{ id: string }>(`/v1/patients/${patientId}/access-requests`, request)).id;
  }

  async requests() {
    return (await all(this.#session, '/v1/access-requests')) as unknown as readonly AccessRequest[];
  }

  async approve(requestId: string, approval: Approval): Promise<string> {
    const answer = { response: 'approve', ...approval };
    const path = `/v1/access-requests/${requestId}/response`;
    return (await this.#session.create<{ consentId: string }>(path, answer)).consentId;
  }

  async audit(patientId: string, filter: AuditFilter = {}): Promise<readonly Json[]> {
    return all(this.#session, `/v1/patients/${patientId}/audit-events?${queryOf({ type: 'access', ...filter })}`);
  }

  async auditFile(patientId: string, filter: AuditFilter): Promise<string> {
    const path = `/v1/patients/${patientId}/audit-events?${queryOf(filter)}`;
    return textOf(demandOk(path, await this.#session.get(path, { headers: { accept: 'text/csv' } })).bytes);
  }

  async integrity(patientId: string): Promise<Json> {
    return this.#session.create(`/v1/patients/${patientId}/integrity-checks`, { content: true }, { key: null });
  }
}

const queryOf = (filter: AuditFilter): string => new URLSearchParams({ ...filter }).toString();

/** The client's own verbs. */
export class ClientFace implements CareFace {
  readonly #bank: HealthDataBank;
  readonly #requests: AccessRequests;

  constructor(baseUrl: string, token: string) {
    const rest = new RestClient({ baseUrl, token });
    this.#bank = new HealthDataBank(rest);
    this.#requests = new AccessRequests(rest);
  }

  async store(patientId: string, text: string): Promise<string> {
    const metadata = { date, mediaType };
    return (await this.#bank.storeHealthRecord(patientId, { type, content: Buffer.from(text), metadata })).recordId;
  }

  async grant(patientId: string, consent: NewConsent): Promise<string> {
    return (await this.#bank.grantConsent(patientId, consent)).id;
  }

  async revoke(consentId: string): Promise<void> {
    await this.#bank.revokeConsent(consentId);
  }

  async read(patientId: string, { recordIds, referral }: Reading = {}): Promise<readonly Prescription[]> {
    const asked = recordIds === undefined ? { recordTypes: [type] } : { recordIds };
    const handedOver = referral === undefined ? {} : { referral };
    const { records } = await this.#bank.retrieveHealthRecords(patientId, { reason, ...asked, ...handedOver });
    return opened(await collected(records));
  }

  async share(patientId: string, token: NewSharingToken): Promise<{ id: string; secret: string }> {
    return this.#bank.createSharingToken(patientId, token);
  }

  async redeem(secret: string, referral?: object): Promise<readonly Prescription[]> {
    const { records } = await this.#bank.accessWithToken(secret, referral === undefined ? {} : { referral });
    return opened(records);
  }

  async revokeToken(tokenId: string): Promise<void> {
    await this.#bank.revokeSharingToken(tokenId);
  }

  async request(patientId: string, request: NewAccessRequest): Promise<string> {
    return (await this.#requests.request(patientId, request)).id;
  }

  async requests() {
    return collected(this.#requests.list());
  }

  async approve(requestId: string, approval: Approval): Promise<string> {
    return (await this.#requests.approve(requestId, approval)).consentId!;
  }

  async audit(patientId: string, filter: AuditFilter = {}) {
    return (await collected(this.#bank.getAccessAuditLog(patientId, filter))).map((event) => ({ ...event }));
  }

  async auditFile(patientId: string, filter: AuditFilter): Promise<string> {
    return (await this.#bank.exportAuditLog(patientId, 'csv', filter)).text();
  }

  async integrity(patientId: string) {
    return { ...(await this.#bank.verifyChainIntegrity(patientId)) };
  }
}

const opened = async (records: readonly Pick<RetrievedRecord, 'id' | 'content'>[]): Promise<readonly Prescription[]> =>
  Promise.all(records.map(async ({ id, content }) => ({ id, text: textOf(await content()) })));

async function collected<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}
