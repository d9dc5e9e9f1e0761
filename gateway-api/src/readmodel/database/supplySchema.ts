import type {
  AlertSeverity,
  AlertSource,
  AlertStatus,
  AlertStep,
  AlertType,
  ClassBalance,
  Commerce,
  Contents,
  ErrorReason,
  GoodsState,
  LotQuantity,
  MemberRole,
  NamedPacks,
  ProductNotification,
  ProductNotificationStep,
  RecallClass,
  RecallDepth,
  ReceiptDispute,
  RecallKind,
  ReporterRole,
  Shipment,
  ShippedQuantity,
  StateAct,
  StorageProfile,
  SupplyAttempts,
  SupplyEvent,
  SupplyEventKind,
  TracingRequest,
} from '@chain-of-care/chaincode/model';
import type { Computed, Instant, Json } from './columns.ts';

/** Who holds goods, and in which state. */
interface GoodsColumns {
  state: GoodsState;
  /** SSCC. */
  parent: string | null;
  /** GLN. */
  holder: string;
  msp_id: string;
  shipment_id: string | null;
  act: Json<StateAct | null>;
  event_id: string;
  event_time: Instant;
}

/** Products, custody and alerts. Fields are those of the model's types of the same name. */
export interface SupplyTables {
  products: {
    gtin: string;
    ndc: string | null;
    name: string;
    dosage_form: string;
    strength: string;
    pack_content: number;
    storage: Json<StorageProfile | null>;
    markets: Json<readonly string[]>;
    msp_id: string;
    gln: string;
    contract_manufacturers: Json<readonly string[]>;
    registered_at: Instant;
  };
  lots: {
    gtin: string;
    lot: string;
    /** YYMMDD as printed. */
    expiry: string;
    /** ISO days. */
    expires_on: string;
    manufactured_on: string;
    declared_quantity: number;
    serialised: boolean;
    gln: string;
    msp_id: string;
    registered_at: Instant;
    certified_at: Instant | null;
    expiry_extended_at: Instant | null;
  };
  lot_commissionings: { gtin: string; lot: string; next_segment: number; reserved_units: number };
  commissioning_jobs: {
    gtin: string;
    lot: string;
    job_id: string;
    first_segment: number;
    segments: number;
    units: number;
    gln: string;
    msp_id: string;
  };
  segments: {
    gtin: string;
    lot: string;
    segment: number;
    job_id: string | null;
    units_before: number;
    units: number;
    /** In the order of their positions. */
    serials: string[];
    gln: string;
    msp_id: string;
    event_id: string;
    event_time: Instant;
  };
  /** Every commissioned serial; `position` is its place in its segment, the same serial in two lots is a clone. */
  serials: { gtin: string; serial: string; lot: string; segment: number; position: number };
  placements: {
    gtin: string;
    lot: string;
    segment: number;
    sscc: string;
    /** Bitmap over the segment's positions. */
    members: string;
    event_id: string;
    event_time: Instant;
  };
  packs: {
    gtin: string;
    serial: string;
    lot: string;
    segment: number;
    /** Units left in a pack that was opened. */
    remaining: number | null;
  } & GoodsColumns;
  containers: {
    sscc: string;
    contents: Json<readonly Contents[]>;
    /** Of lots without serials, directly in it. */
    quantities: Json<readonly LotQuantity[]>;
  } & GoodsColumns;
  /** Contents of containers by lot: which containers hold packs of a lot now. */
  container_lots: { gtin: string; lot: string; sscc: string; units: number; locked: number };
  shipments: {
    shipment_id: string;
    kind: Shipment['kind'];
    status: Shipment['status'];
    shipper: string;
    shipper_msp_id: string;
    recipient: string;
    recipient_msp_id: string;
    shipped_at: Instant;
    recorded_at: Instant;
    received_at: Instant | null;
    containers: Json<readonly string[]>;
    packs: Json<readonly NamedPacks[]>;
    received_containers: Json<readonly string[]>;
    received_packs: Json<readonly NamedPacks[]>;
    quantities: Json<readonly ShippedQuantity[]>;
    received_quantities: Json<readonly ShippedQuantity[]>;
    expected_by: Instant | null;
    late: boolean;
    dispute: Json<ReceiptDispute | null>;
    commerce_at: Instant | null;
  };
  class_balances: {
    gtin: string;
    lot: string;
    /** Of the premises. */
    gln: string;
    msp_id: string;
    units: Json<ClassBalance['units']>;
    locks: Json<ClassBalance['locks']>;
    event_id: string;
    event_time: Instant;
  };
  transformations: {
    event_id: string;
    gln: string;
    msp_id: string;
    inputs: Json<readonly LotQuantity[]>;
    content: number;
    used_content: number;
  };
  /** By the event that handed the quantities out. */
  taken_back: {
    event_id: string;
    quantities: Json<readonly LotQuantity[]>;
  };
  error_declarations: {
    erroneous_event_id: string;
    reason: ErrorReason;
    corrective_event_ids: Json<readonly string[]>;
    declared_at: Instant;
    gln: string | null;
    msp_id: string;
    event_id: string;
  };
  /** Copies of a shipment's commerce; `msp_id` is whose copy. A member has its own, the regulator all. */
  trade_records: {
    shipment_id: string;
    msp_id: string;
    shipper: string;
    recipient: string;
    recorded_at: Instant;
    commerce: Json<Commerce>;
  };
  supply_events: {
    event_id: string;
    kind: SupplyEventKind;
    event_time: Instant;
    record_time: Instant;
    gln: string | null;
    msp_id: string;
    role: ReporterRole;
    /** All fields, with the event time's own offset. */
    event: Json<SupplyEvent>;
    /** The event without the goods it names. */
    brief: Computed<Omit<SupplyEvent, 'packs' | 'containers' | 'segments' | 'lots'>>;
    hash: string;
    tx_id: string;
    block_number: number;
  };
  /** What an event is about: `pack|gtin|serial`, `container|sscc`, `lot|gtin|lot`, `product|gtin`, `shipment|id`. */
  supply_event_subjects: {
    subject: string;
    record_time: Instant;
    event_id: string;
    /** Of a packing: the container, unless the subject is that container. */
    packed_into: string | null;
  };
  alerts: {
    alert_id: string;
    type: AlertType;
    severity: AlertSeverity;
    status: AlertStatus;
    source: AlertSource;
    reason: string;
    gtin: string | null;
    lot: string | null;
    serial: string | null;
    sscc: string | null;
    shipment_id: string | null;
    gln: string | null;
    msp_id: string;
    member_role: MemberRole;
    role: ReporterRole;
    maker_msp_id: string | null;
    description_hash: string | null;
    evidence: Json<readonly string[]>;
    event_id: string;
    opened_at: Instant;
    assignee_msp_id: string | null;
    assignee_gln: string | null;
    steps: Json<readonly AlertStep[]>;
    changed_at: Instant;
  };
  product_notifications: {
    notification_id: string;
    status: ProductNotification['status'];
    gtin: string;
    lots: Json<readonly string[]>;
    msp_id: string;
    gln: string | null;
    alert_id: string | null;
    determined_at: Instant;
    due_at: Instant;
    is_in_time: boolean;
    steps: Json<readonly ProductNotificationStep[]>;
  };
  tracing_requests: {
    request_id: string;
    status: TracingRequest['status'];
    gtin: string;
    lot: string;
    purpose: TracingRequest['purpose'];
    alert_id: string | null;
    msp_id: string;
    gln: string | null;
    recipient: string;
    recipient_msp_id: string;
    requested_at: Instant;
    due_at: Instant;
    answer: string | null;
    answered_at: Instant | null;
    is_in_time: boolean | null;
    event_id: string;
  };
  /** Lots quarantined as a whole. */
  lot_holds: { gtin: string; lot: string; alert_id: string; msp_id: string; event_id: string; held_at: Instant };
  lot_recalls: {
    gtin: string;
    lot: string;
    recall_id: string;
    kind: RecallKind;
    recall_class: RecallClass;
    depth: RecallDepth;
    msp_id: string;
    event_id: string;
    recalled_at: Instant;
  };
  /** Hourly Merkle roots over organisations' verifications. */
  verification_roots: {
    msp_id: string;
    sequence: number;
    size: number;
    root: string;
    since: Instant;
    until: Instant;
    anchored_at: Instant;
    tx_id: string;
    block_number: number;
  };
  supply_attempts: { gtin: string; serial: string; repeats: Json<SupplyAttempts['repeats']> };
}

/** The client's tables, as views. */
export interface SupplyViews {
  pharmaceutical_products: {
    ndc: string | null;
    gtin: string;
    batch_number: string;
    name: string;
    manufacturer: string;
    expiration_date: string;
    quantity: number;
    dosage_form: string;
    strength: string;
    manufacturer_did: string;
    registered_at: Instant;
  };
  supply_chain_events: {
    id: string;
    product_ndc: string | null;
    gtin: string | null;
    batch_number: string | null;
    event_type: SupplyEventKind;
    actor_did: string | null;
    actor_name: string | null;
    actor_role: ReporterRole;
    actor_license: string | null;
    location: string | null;
    metadata: Json<SupplyEvent>;
    blockchain_hash: string;
    previous_hash: string | null;
    /** The transaction, which carries the submitter's and the endorsers' signatures. */
    signature: string;
    timestamp: Instant;
  };
  counterfeit_alerts: {
    id: string;
    product_ndc: string | null;
    gtin: string | null;
    batch_number: string | null;
    reported_by: string | null;
    alert_type: AlertType;
    severity: AlertSeverity;
    description: string;
    evidence: Json<readonly string[]>;
    reported_at: Instant;
    status: AlertStatus;
    resolved_at: Instant | null;
  };
}
