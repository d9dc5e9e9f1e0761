/**
 * The care chain in the client's own verbs, over REST. The caller is who the token says: the provider that stores, the
 * patient that grants, the accessor that retrieves. It is never an argument.
 */
import {
  recordCategories,
  type Confidentiality,
  type ConsentDecision,
  type PurposeOfUse,
  type RecordCategory,
} from '@chain-of-care/chaincode/model';
import { toBase64Url, utf8 } from '../encoding/index.ts';
import type {
  Access,
  AccessedRecord,
  AppendedRecords,
  AuditEvent,
  Coding,
  Committed,
  Consent,
  ConsentTemplate,
  GrantedConsent,
  IntegrityCheck,
  NewConsent,
  NewDelegation,
  RevokedConsent,
} from './care.ts';
import { path, type PostOptions, type RestClient, type UploadBody } from './restClient.ts';
import {
  SharingTokens,
  type CreatedSharingToken,
  type NewSharingToken,
  type RedeemedToken,
  type SharingToken,
} from './sharingTokens.ts';

/** Kinds of records by the client's names, where they differ from the ledger's. */
const categoryNames: Readonly<Record<string, RecordCategory>> = { allergies: 'allergy' };

/** Content above this goes up as a stream. Bytes. */
const inlineLimit = 1_000_000;

export interface HealthRecord {
  /** prescription, lab_result, vitals, diagnosis, immunization, allergies, … */
  readonly type: string;
  /** An object is stored as JSON. */
  readonly content: object | Uint8Array;
  readonly metadata: {
    /** Local date of care: a day, month or year. */
    readonly date: string;
    readonly facility?: string;
    readonly title?: string;
    readonly coding?: readonly Coding[];
    /** Of bytes; JSON otherwise. */
    readonly mediaType?: string;
    readonly confidentiality?: Confidentiality;
  };
}

export interface StoredRecord extends Committed {
  readonly recordId: string;
  readonly version: number;
}

/** Exactly one of `recordTypes` and `recordIds`. */
export interface Retrieval {
  readonly reason: string;
  readonly purposeOfUse?: PurposeOfUse;
  readonly recordTypes?: readonly string[];
  readonly recordIds?: readonly string[];
  /** The first time at a hospital that is not the patient's home: what the patient handed over. */
  readonly referral?: object;
}

export interface RetrievedRecord extends AccessedRecord {
  /** Its content, decrypted; good while the access is. @throws GatewayProblem */
  readonly content: () => Promise<Uint8Array>;
}

export interface RetrievedRecords {
  /** The access under which all of this is served and audited. */
  readonly access: Access;
  /** What the access covers, fetched page by page. */
  readonly records: AsyncIterable<RetrievedRecord>;
}

export interface AuditFilter {
  /** RFC 3339; from is inclusive, until exclusive. */
  readonly from?: string;
  readonly until?: string;
  readonly accessor?: string;
  readonly record?: string;
  readonly purpose?: PurposeOfUse;
  /** self, author, consent, … */
  readonly basis?: string;
  readonly decision?: ConsentDecision;
  /** access unless told otherwise; see the gateway's document for the others. */
  readonly type?: string;
}

export class HealthDataBank {
  readonly #rest: RestClient;
  readonly #tokens: SharingTokens;

  constructor(rest: RestClient) {
    this.#rest = rest;
    this.#tokens = new SharingTokens(rest);
  }

  /**
   * Seals a record to the patient and appends it to the patient's chain.
   *
   * @throws RangeError for a type that is none; GatewayProblem
   */
  async storeHealthRecord(patientId: string, record: HealthRecord, options: PostOptions = {}): Promise<StoredRecord> {
    const { confidentiality, date, mediaType, ...description } = record.metadata;
    const [content, ownType] = bytesOf(record.content);
    if (content.length > inlineLimit) throw new RangeError(`more than ${inlineLimit} bytes: use uploadHealthRecord`);
    const body = {
      ...description,
      category: categoryOf(record.type),
      ...(confidentiality === undefined ? {} : { confidentiality }),
      clinicalDate: date,
      mediaType: mediaType ?? ownType,
      content: toBase64Url(content),
    };
    return firstOf(await this.#rest.post(path`/v1/patients/${patientId}/records`, body, options));
  }

  /**
   * As {@link storeHealthRecord} for a file of any size, streamed.
   *
   * @throws RangeError for a type that is none; GatewayProblem
   */
  async uploadHealthRecord(
    patientId: string,
    file: { readonly type: string; readonly date: string; readonly mediaType: string; readonly body: UploadBody },
    options: PostOptions = {},
  ): Promise<StoredRecord> {
    const query = { category: categoryOf(file.type), clinicalDate: file.date };
    const target = path`/v1/patients/${patientId}/uploads`;
    return firstOf(await this.#rest.upload(target, file.body, file.mediaType, { ...options, query }));
  }

  /** By the patient. @throws GatewayProblem */
  async grantConsent(patientId: string, consent: NewConsent, options: PostOptions = {}): Promise<GrantedConsent> {
    return (await this.#rest.post(path`/v1/patients/${patientId}/consents`, consent, options)) as GrantedConsent;
  }

  /**
   * By the patient: a consent once more, under a new id.
   *
   * @param expiresAt RFC 3339; absent: from now for as long as before
   * @throws GatewayProblem consent_already_ended (409) for a revoked one
   */
  async renewConsent(consentId: string, expiresAt?: string, options: PostOptions = {}): Promise<GrantedConsent> {
    const body = expiresAt === undefined ? {} : { expiresAt };
    return (await this.#rest.post(path`/v1/consents/${consentId}/renewal`, body, options)) as GrantedConsent;
  }

  /** Consents that patients give often: what {@link grantConsent} takes as `template`. @throws GatewayProblem */
  async getConsentTemplates(): Promise<readonly ConsentTemplate[]> {
    const { items } = (await this.#rest.get('/v1/consent-templates')) as { items: readonly ConsentTemplate[] };
    return items;
  }

  /**
   * By whom a consent names that may be passed on: a part of it, to somebody else.
   *
   * @throws GatewayProblem delegation_not_allowed (403), delegation_too_wide (422)
   */
  async delegateConsent(
    consentId: string,
    delegation: NewDelegation,
    options: PostOptions = {},
  ): Promise<GrantedConsent> {
    return (await this.#rest.post(path`/v1/consents/${consentId}/delegations`, delegation, options)) as GrantedConsent;
  }

  /** The patient sees all that was delegated from a consent, whom it names what they passed on. @throws GatewayProblem */
  async *getDelegations(consentId: string): AsyncGenerator<Consent, void, void> {
    for await (const consent of this.#rest.list(path`/v1/consents/${consentId}/delegations`)) yield consent as Consent;
  }

  /**
   * By the patient, or by who delegated it; effective with its transaction, for accesses that run under it and for what was
   * delegated from it too.
   *
   * @throws GatewayProblem
   */
  async revokeConsent(consentId: string, options: PostOptions = {}): Promise<RevokedConsent> {
    return (await this.#rest.post(path`/v1/consents/${consentId}/revocation`, {}, options)) as RevokedConsent;
  }

  /**
   * By the patient: shares records by a secret, once unless told otherwise, until it expires.
   *
   * @throws GatewayProblem record_not_found
   */
  async createSharingToken(
    patientId: string,
    token: NewSharingToken,
    options: PostOptions = {},
  ): Promise<CreatedSharingToken> {
    return this.#tokens.create(patientId, token, options);
  }

  /** By whoever was given the secret, opened here. @throws KeyError; GatewayProblem token_not_found, token_ended */
  async accessWithToken(secret: string, options: Parameters<SharingTokens['redeem']>[1] = {}): Promise<RedeemedToken> {
    return this.#tokens.redeem(secret, options);
  }

  /** By the patient; newest first, ended ones too. @throws GatewayProblem */
  listSharingTokens(patientId: string): AsyncGenerator<SharingToken, void, void> {
    return this.#tokens.list(patientId);
  }

  /** By the patient; accesses that run under it are served no more. @throws GatewayProblem */
  async revokeSharingToken(tokenId: string, options: PostOptions = {}): Promise<RevokedConsent> {
    return this.#tokens.revoke(tokenId, options);
  }

  /**
   * Opens an access, committed before anything is served, and reads what it covers.
   *
   * @throws RangeError for a type that is none; GatewayProblem consent_missing, consent_denied (403): the refusal itself is
   * on the ledger
   */
  async retrieveHealthRecords(
    patientId: string,
    { reason, purposeOfUse = 'TREAT', recordTypes, recordIds, referral }: Retrieval,
    options: PostOptions = {},
  ): Promise<RetrievedRecords> {
    const body = {
      reason,
      purposeOfUse,
      ...(recordTypes === undefined ? {} : { categories: recordTypes.map(categoryOf) }),
      ...(recordIds === undefined ? {} : { records: recordIds.map((id) => ({ id })) }),
      ...(referral === undefined ? {} : { referral }),
    };
    const access = (await this.#rest.post(path`/v1/patients/${patientId}/accesses`, body, options)) as Access;
    return { access, records: this.#records(access.id) };
  }

  /** By the patient: who read or tried to, what, when, why and from where, newest first. @throws GatewayProblem */
  async *getAccessAuditLog(patientId: string, filter: AuditFilter = {}): AsyncGenerator<AuditEvent, void, void> {
    const events = this.#rest.list(path`/v1/patients/${patientId}/audit-events`, { type: 'access', ...filter });
    for await (const event of events) yield event as AuditEvent;
  }

  /**
   * By the patient: the audit as a file, streamed.
   *
   * @param format CSV, or FHIR R4 AuditEvents (IHE BALP)
   * @throws GatewayProblem
   */
  async exportAuditLog(patientId: string, format: 'csv' | 'fhir', filter: AuditFilter = {}): Promise<Response> {
    const accept = format === 'csv' ? 'text/csv' : 'application/fhir+json';
    return this.#rest.document(path`/v1/patients/${patientId}/audit-events`, accept, { ...filter });
  }

  /**
   * Recomputes the patient's chain and, unless told otherwise, the hash of every ciphertext.
   *
   * @throws GatewayProblem
   */
  async verifyChainIntegrity(patientId: string, { content = true } = {}): Promise<IntegrityCheck> {
    const target = path`/v1/patients/${patientId}/integrity-checks`;
    return (await this.#rest.post(target, { content })) as IntegrityCheck;
  }

  async *#records(accessId: string): AsyncGenerator<RetrievedRecord, void, void> {
    for await (const item of this.#rest.list(path`/v1/accesses/${accessId}/records`)) {
      const record = item as AccessedRecord;
      const target = path`/v1/accesses/${accessId}/records/${record.id}/content`;
      const content = async () => {
        const response = await this.#rest.content(`${target}?version=${record.version}`);
        return new Uint8Array(await response.arrayBuffer());
      };
      yield { ...record, content };
    }
  }
}

/** @throws RangeError */
function categoryOf(type: string): RecordCategory {
  const category = categoryNames[type] ?? recordCategories.find((each) => each === type);
  if (category === undefined) throw new RangeError(`no type of record: ${type}`);
  return category;
}

function bytesOf(content: object | Uint8Array): [bytes: Uint8Array, mediaType: string] {
  if (content instanceof Uint8Array) return [content, 'application/octet-stream'];
  return [utf8(JSON.stringify(content)), 'application/json'];
}

function firstOf(answer: unknown): StoredRecord {
  const { records, ...committed } = answer as AppendedRecords;
  const [record] = records;
  if (record === undefined) throw new RangeError('the answer names no record');
  return { recordId: record.id, version: record.version, ...committed };
}
