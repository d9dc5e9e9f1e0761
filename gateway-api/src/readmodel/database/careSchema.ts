import type {
  AccessBasis,
  AccessRequestStatus,
  ClosingKind,
  Confidentiality,
  ConsentDecision,
  ConsentLevel,
  ConsentRule,
  GranteeKind,
  PurposeOfUse,
  RecordCategory,
  RecordVersion,
  RepresentativeRelationship,
  Withdrawal,
  SharingToken,
} from '@chain-of-care/chaincode/model';
import type { Instant, Json } from './columns.ts';

/** Patients, records, consents and accesses. Fields are those of the model's types of the same name. */
export interface CareTables {
  patients: {
    patient_id: string;
    home: string;
    handle: string;
    /** The DID document's id. */
    did: string;
    status: 'active' | 'deceased';
    did_document: Json<Readonly<Record<string, unknown>>>;
    registered_at: Instant;
  };
  patient_devices: { patient_id: string; device_key: string; status: 'active' | 'revoked'; added_at: Instant };
  patient_links: {
    patient_id: string;
    other_id: string;
    linked_at: Instant;
    linked_by: string;
    ended_at: Instant | null;
  };
  representatives: {
    patient_id: string;
    device_key: string;
    representative_id: string;
    person_id: string;
    relationship: RepresentativeRelationship;
    sealed_name: string | null;
    evidence: string;
    confirmed_at: Instant;
    confirmed_by: string;
    ends_at: Instant | null;
    block_number: number;
  };
  representative_endings: {
    representative_id: string;
    patient_id: string;
    ended_at: Instant;
    /** A device key. */
    ended_by: string;
    block_number: number;
  };
  chain_heads: { patient_id: string; length: number; hash: string };
  category_keys: {
    patient_id: string;
    category: RecordCategory;
    confidentiality: Confidentiality;
    epoch: number;
    public_key: string;
  };
  batch_keys: {
    patient_id: string;
    batch_id: string;
    category: RecordCategory;
    confidentiality: Confidentiality;
    epoch: number;
    sealed_to_category: string;
    author_org: string;
    author_group: string;
    group_epoch: number;
    sealed_to_group: string;
  };
  records: {
    record_id: string;
    version: number;
    patient_id: string;
    category: RecordCategory;
    confidentiality: Confidentiality;
    clinical_date: string;
    author_id: string;
    author_org: string;
    author_group: string;
    cid: string;
    sha256: string;
    size: number;
    batch_id: string;
    wrapped_key: string;
    sealed: string;
    terms: Json<readonly string[] | null>;
    withdrawn: Withdrawal | null;
    record_time: Instant;
    sequence: number;
    previous_hash: string;
    hash: string;
    tx_id: string;
    block_number: number;
  };
  record_withdrawals: {
    record_id: string;
    patient_id: string;
    version: number;
    withdrawn: Withdrawal;
    withdrawn_at: Instant;
    block_number: number;
  };
  consents: {
    consent_id: string;
    patient_id: string;
    grantee_kind: GranteeKind;
    grantee_org: string | null;
    grantee_id: string | null;
    /** The bucket's subject, of kind, organisation and id. */
    subject: string;
    decision: ConsentDecision;
    level: ConsentLevel;
    rule: Json<ConsentRule>;
    sealed_note: string | null;
    granted_by: string;
    granted_at: Instant;
    expires_at: Instant | null;
    tx_id: string;
  };
  consent_buckets: {
    patient_id: string;
    subject: string;
    rules: Json<readonly ConsentRule[]>;
    closing: Json<Readonly<Record<ClosingKind, number>> | null>;
  };
  consent_stops: {
    consent_id: string;
    patient_id: string;
    subject: string;
    revoked_at: Instant;
    revoked_by: string;
    closes: ClosingKind | null;
  };
  openings: { patient_id: string; category: RecordCategory; hospitals: Json<readonly string[]> };
  access_counters: { patient_id: string; consent_id: string; used: number };
  grant_keys: { patient_id: string; consent_id: string; key_id: string; recipient: string; sealed: string };
  wraps: {
    patient_id: string;
    consent_id: string;
    wrap_id: string;
    /** The grant key it is wrapped under; null where it is sealed to the recipient by itself. */
    key_id: string | null;
    kind: 'seed' | 'dek';
    category: RecordCategory;
    confidentiality: Confidentiality;
    epoch: number;
    record_id: string | null;
    version: number | null;
    recipient: string;
    sealed: string;
  };
  care_team_members: {
    patient_id: string;
    staff_id: string;
    msp_id: string;
    membership_id: string;
    added_at: Instant;
    block_number: number;
  };
  care_team_removals: {
    membership_id: string;
    patient_id: string;
    staff_id: string;
    removed_at: Instant;
    block_number: number;
  };
  access_requests: {
    request_id: string;
    patient_id: string;
    requester_id: string;
    requester_org: string;
    requester_role: string;
    purpose_of_use: PurposeOfUse;
    categories: Json<readonly RecordCategory[]>;
    days: number;
    receiving_department: string | null;
    sealed_reason: string;
    requested_at: Instant;
    lapses_at: Instant;
    status: AccessRequestStatus;
    answered_at: Instant | null;
    consent_id: string | null;
    tx_id: string;
    block_number: number;
  };
  sharing_tokens: {
    token_id: string;
    patient_id: string;
    redeem_hash: string;
    keys: Json<SharingToken['keys']>;
    purpose_of_use: PurposeOfUse;
    single_use: boolean;
    grantee_org: string | null;
    grantee_id: string | null;
    created_at: Instant;
    expires_at: Instant;
    spent_by: string | null;
    spent_at: Instant | null;
  };
  accesses: {
    access_id: string;
    patient_id: string;
    accessor_id: string;
    accessor_org: string;
    accessor_role: string;
    accessor_group: string | null;
    device_key: string;
    purpose_of_use: PurposeOfUse;
    sealed_reason: string | null;
    records: Json<readonly RecordVersion[] | null>;
    categories: Json<readonly RecordCategory[] | null>;
    decision: ConsentDecision;
    code: string | null;
    basis: Json<readonly AccessBasis[]>;
    withheld: number;
    record_time: Instant;
    not_after: Instant;
    serves_until: Instant;
    /** `access_H` or `exchange_H`. */
    collection: string;
    tx_id: string;
    block_number: number;
  };
}

/** Audit: the list of every act, and the client's tables; all are views. */
export interface CareViews {
  audit_events: {
    id: string;
    type: string;
    interaction: string;
    patient_id: string;
    record_time: Instant;
    accessor_id: string;
    accessor_org: string;
    accessor_role: string;
    accessor_group: string | null;
    purpose_of_use: PurposeOfUse | null;
    sealed_reason: string | null;
    decision: ConsentDecision | null;
    code: string | null;
    basis: Json<readonly AccessBasis[] | null>;
    records: Json<readonly RecordVersion[] | null>;
    categories: Json<readonly RecordCategory[] | null>;
    withheld: number | null;
    subjects: Json<readonly string[] | null>;
    tx_id: string | null;
    block_number: number | null;
  };
  health_records_blockchain: {
    id: string;
    version: number;
    /** Null at an organisation that does not hold the patient's document. */
    patient_did: string | null;
    record_type: RecordCategory;
    /** The content identifier; content lies in the ciphertext store. */
    encrypted_data: string;
    metadata: Json<Readonly<Record<string, unknown>>>;
    blockchain_hash: string;
    previous_hash: string;
    provider_did: string;
    created_at: Instant;
    updated_at: Instant;
  };
  consent_rules: {
    id: string;
    patient_did: string | null;
    granted_to: string;
    purpose: Json<readonly PurposeOfUse[] | null>;
    record_types: Json<readonly RecordCategory[] | null>;
    granted_at: Instant;
    expires_at: Instant | null;
    revoked_at: Instant | null;
    conditions: Json<ConsentRule>;
    blockchain_hash: string;
  };
}
