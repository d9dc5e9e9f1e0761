/** Types of the database's tables, as `database/migrations` creates them. */
import type { CustodyEvent, LicenceKind, LicenceRequestStatus } from '@chain-of-care/chaincode/model';
import type { CareTables, CareViews } from './careSchema.ts';
import type { Computed, Instant, Json } from './columns.ts';
import type { GatewayTables } from './gatewaySchema.ts';
import type { SupplyTables, SupplyViews } from './supplySchema.ts';

/** Rows that projectors make from stored values. */
export interface RegistryTables {
  premises: {
    gln: string;
    msp_id: string;
    name: string;
    kind: string;
    latitude_e6: number;
    longitude_e6: number;
    country: string;
    registered_at: Instant;
  };
  licences: {
    licence_id: string;
    /** GLN of premises, or staff id of a professional. */
    holder: string;
    kind: string;
    status: string;
    valid_from: Instant;
    valid_until: Instant;
    granted_at: Instant;
    changed_at: Instant;
    /** Custody events that it covers; null: all that its kind is good for. */
    covers: Json<readonly CustodyEvent[] | null>;
  };
  licence_requests: {
    request_id: string;
    kind: LicenceKind;
    gln: string;
    msp_id: string;
    covers: Json<readonly CustodyEvent[] | null>;
    documents: Json<readonly string[]>;
    status: LicenceRequestStatus;
    requested_at: Instant;
    decided_at: Instant | null;
    reason: string | null;
    licence_id: string | null;
  };
  staff: {
    staff_id: string;
    msp_id: string;
    role: string;
    department: string | null;
    gln: string | null;
    sealing_key: string | null;
    status: string;
    registered_at: Instant;
  };
  devices: { device_key: string; staff_id: string; status: string; added_at: Instant };
  group_keys: { msp_id: string; group_name: string; epoch: number; public_key: string; published_at: Instant };
}

export interface LedgerTables extends RegistryTables, CareTables, SupplyTables {}

/** What the projection itself keeps. */
export interface ProjectionTables {
  checkpoint: { id: number; channel: string; block_number: number; block_hash: string };
  transactions: {
    block_number: number;
    tx_index: number;
    tx_id: string;
    time: Instant;
    validation_code: number;
    msp_id: string;
    device_key: string;
  };
  /** The current value of every key; `collection` is empty for public state, NUL in keys is shown as U+2400. */
  ledger_state: {
    collection: string;
    key_hash: string;
    key: string;
    type: string;
    value: Json<Readonly<Record<string, unknown>>>;
    block_number: number;
    tx_index: number;
    tx_id: string;
  };
  pending_private_writes: {
    block_number: number;
    tx_index: number;
    collection: string;
    key_hash: string;
    value_hash: string;
  };
  /** Every act on a patient's facts, as its block wrote it: what a later write replaces is here still. */
  patient_acts: {
    block_number: number;
    tx_index: number;
    collection: string;
    key_hash: string;
    patient_id: string;
    type: string;
    interaction: string;
    subject_id: string;
    version: number | null;
    category: string | null;
    acted_at: Instant;
    tx_id: string;
    msp_id: string;
    device_key: string;
    /** Of the audit: the same for all facts of one act. */
    event_id: Computed<string>;
  };
  /** Writes that their projector or a column refused; `code` is `unreadable`, `projector` or an SQLSTATE. */
  projection_faults: {
    block_number: number;
    tx_index: number;
    collection: string;
    key_hash: string;
    type: string;
    code: string;
  };
}

/** Views. */
export interface LedgerViews extends CareViews, SupplyViews {
  authorized_supply_chain_actors: {
    actor_did: string;
    role: string;
    license: string;
    organization: string;
    authorized_at: Instant;
    revoked_at: Instant | null;
  };
}

export interface Database extends LedgerTables, ProjectionTables, LedgerViews, GatewayTables {}
