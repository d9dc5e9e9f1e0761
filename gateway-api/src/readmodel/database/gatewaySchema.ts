import type { UnusualKind } from '@chain-of-care/chaincode/model';
import type { ReviewOutcome, ReviewStatus } from '../../access-reviews/dto.ts';
import type { IntegrityReport } from '../../integrity/dto.ts';
import type { OperationStatus } from '../../operations/operation.ts';
import type { Instant, Json } from './columns.ts';
import type { NotificationTables } from './notificationSchema.ts';

/**
 * `demographics`: shown or found. `export`: of an audit. `investigation`: an act's origin shown to the regulator.
 * `representative`: evidence of one shown. `review`: of an unusual access, seen or answered. `standing-rule`: made, ended,
 * applied.
 */
export type GatewayActType =
  'demographics' | 'export' | 'investigation' | 'representative' | 'review' | 'standing-rule';

/** The gateway's own tables. */
export interface GatewayTables extends NotificationTables {
  directory_entries: {
    source_id: string;
    resource_type: string;
    name: string;
    content_hash: string;
    content: Json<Readonly<Record<string, unknown>>>;
  };
  demographics: {
    patient_id: string;
    sealed: Uint8Array;
    updated_at: Instant;
    /** Height at the last change; null until the first. */
    changed_block: number | null;
  };
  demographic_identifiers: { blind_index: string; patient_id: string };
  operations: {
    operation_id: string;
    /** `running`: only its process can end it; `queued`: a kept request, which any process can run. */
    status: 'running' | 'queued' | 'ended';
    /** As its owner sees it. */
    shown_status: OperationStatus;
    sealed: Uint8Array;
    expires_at: Instant;
    /** Blind index of who started it. */
    owner_index: string;
    started_at: Instant;
  };
  first_answers: { answer_id: string; sealed: Uint8Array; expires_at: Instant };
  /** What the gateway did without the ledger. An empty `patient_id`: about nobody in particular. */
  gateway_acts: {
    act_id: string;
    patient_id: string;
    type: GatewayActType;
    interaction: string;
    /** What was acted on, when it is not the patient. */
    subject_id: string | null;
    actor_id: string;
    actor_org: string;
    actor_role: string;
    actor_group: string | null;
    acted_at: Instant;
  };
  /** From where somebody acted, sealed; by transaction id or by the id of an act. */
  audit_origins: { reference: string; sealed: Uint8Array; noted_at: Instant };
  /** Hourly Merkle roots over the log of verifications; without `tx_id` not on the ledger yet. */
  verification_anchors: {
    sequence: number;
    since: Instant;
    until: Instant;
    size: number;
    root: string;
    tx_id: string | null;
    block_number: number | null;
  };
  /** `entry` is a leaf as it was hashed; `sequence` and `position` are its tree and place in it, once anchored. */
  verification_log: {
    verification_id: string;
    verified_at: Instant;
    gtin: string | null;
    serial: string | null;
    account: string | null;
    msp_id: string | null;
    latitude_e6: number | null;
    longitude_e6: number | null;
    entry: string;
    sequence: number | null;
    position: number | null;
  };
  /** Verifications of an account in a month, `YYYY-MM`. */
  verification_usage: { account: string; month: string; used: number };
  /** SHA-256 of the code, hex. */
  referral_codes: { code_hash: string; patient_id: string; expires_at: Instant };
  /** Written before the first byte of a content leaves. */
  read_receipts: {
    patient_id: string;
    access_id: string;
    record_id: string;
    version: number;
    accessor_id: string;
    accessor_org: string;
    first_read_at: Instant;
  };
  integrity_reports: {
    report_id: string;
    patient_id: string;
    checked_at: Instant;
    valid: boolean;
    block_number: number;
    report: Json<IntegrityReport>;
  };
  /** Consents' ends of which people were told, and beside which block. */
  consent_ends: {
    consent_id: string;
    kind: 'consentExpiring' | 'consentLapsed';
    patient_id: string;
    told_at: Instant;
    block_number: number;
  };
  /** What a patient wants permitted whenever somebody asks. */
  standing_rules: {
    rule_id: string;
    patient_id: string;
    created_at: Instant;
    ended_at: Instant | null;
    sealed: Uint8Array;
  };
  /** Consents that a rule was about to give: those that the ledger took are in `consents`. */
  standing_rule_uses: { consent_id: string; rule_id: string; request_id: string; used_at: Instant };
  /** Unusual accesses to the own patients' charts, and what came out. */
  access_reviews: {
    review_id: string;
    access_id: string;
    patient_id: string;
    accessor_id: string;
    accessor_org: string;
    accessor_role: string;
    kinds: Json<readonly UnusualKind[]>;
    status: ReviewStatus;
    raised_at: Instant;
    block_number: number;
    acknowledged_at: Instant | null;
    answered_at: Instant | null;
    answered_by: string | null;
    answered_block: number | null;
    outcome: ReviewOutcome | null;
    sealed_explanation: Uint8Array | null;
  };
  /** Members of staff who are patients here. */
  staff_charts: { staff_id: string; patient_id: string; noted_at: Instant; noted_by: string };
  /** How many records of a chart a person opened by asking for the same, and when last: for a day. */
  opened_scopes: { accessor_id: string; patient_id: string; scope: string; records: number; opened_at: Instant };
  account_plans: { account: string; plan: string; changed_at: Instant };
}

/** Names of the gateway's own tables: not from the ledger, never emptied by a rebuild. */
export const gatewayTables: Readonly<Record<keyof GatewayTables, true>> = {
  directory_entries: true,
  demographics: true,
  demographic_identifiers: true,
  operations: true,
  first_answers: true,
  gateway_acts: true,
  audit_origins: true,
  alert_audiences: true,
  notifications: true,
  notification_progress: true,
  notification_preferences: true,
  webhook_subscriptions: true,
  notification_deliveries: true,
  verification_anchors: true,
  verification_log: true,
  verification_usage: true,
  account_plans: true,
  integrity_reports: true,
  consent_ends: true,
  standing_rules: true,
  standing_rule_uses: true,
  referral_codes: true,
  read_receipts: true,
  access_reviews: true,
  staff_charts: true,
  opened_scopes: true,
};
