/** Ledger state of the supply chain: all of it public, so without prices, people or health information. */
import type { SensorReadings } from './sensors.ts';
import { storedType } from '../core/stored.ts';
import type { ReporterRole } from './alertState.ts';
import type { AlertChange, AlertReason } from './alertVocabulary.ts';
import type {
  Article23Body,
  CustodyEvent,
  DisputeReason,
  ErrorReason,
  GoodsState,
  LockReason,
  RecallClass,
  RecallDepth,
  RecallKind,
  SupplyEventKind,
} from './vocabulary.ts';

/** Temperatures in thousandths of a degree Celsius. Absent: controlled room temperature, USP <659>. */
export interface StorageProfile {
  minMilliCelsius: number;
  maxMilliCelsius: number;
  /** Limits of a tolerated excursion. */
  excursionMinMilliCelsius: number;
  excursionMaxMilliCelsius: number;
  /** Highest mean kinetic temperature. */
  maxMktMilliCelsius: number;
  freezeSensitive: boolean;
}

/** A trade item. Key `product`, GTIN. */
export interface Product {
  gtin: string;
  /** Hyphenated, as labelled: an attribute, never a key. */
  ndc?: string;
  name: string;
  dosageForm: string;
  strength: string;
  /** Units (tablets, millilitres …) in one pack. */
  packContent: number;
  storage?: StorageProfile;
  /** ISO 3166-1 alpha-2 of the markets it is for. */
  markets: string[];
  /** The marketing authorisation holder's organisation and premises. */
  mspId: string;
  gln: string;
  /** Premises of contract manufacturers that may register lots and commission. */
  contractManufacturers: string[];
  registeredAt: string;
}
export const productType = storedType<Product>('product');

/** Key `lot`, GTIN, lot. */
export interface Lot {
  gtin: string;
  lot: string;
  /** YYMMDD as printed; a scan is compared with this. */
  expiry: string;
  /** The last day, ISO: good until it ends, UTC. */
  expiresOn: string;
  manufacturedOn: string;
  declaredQuantity: number;
  /** A lot without serials moves by quantity; absent: serialised, and never by quantity alone. */
  serialised?: false;
  /** Premises that made it. */
  gln: string;
  mspId: string;
  registeredAt: string;
  /** Quality release by the maker. */
  certifiedAt?: string;
  /** Set: `expiresOn` is later than printed. */
  expiryExtendedAt?: string;
}
export const lotType = storedType<Lot>('lot');

/** What of a lot is reserved for commissioning. Key `lot-commissioning`, GTIN, lot. */
export interface LotCommissioning {
  gtin: string;
  lot: string;
  nextSegment: number;
  reservedUnits: number;
}
export const lotCommissioningType = storedType<LotCommissioning>('lot-commissioning');

/** Segments reserved for one line or shift: jobs commission side by side. Key `commissioning-job`, GTIN, lot, job. */
export interface CommissioningJob {
  gtin: string;
  lot: string;
  jobId: string;
  firstSegment: number;
  segments: number;
  units: number;
  gln: string;
  mspId: string;
}
export const commissioningJobType = storedType<CommissioningJob>('commissioning-job');

/** Serials commissioned together, sorted; never written again. Key `segment`, GTIN, lot, segment. */
export interface Segment {
  gtin: string;
  lot: string;
  segment: number;
  jobId?: string;
  /** Units of the same job in the segments before. */
  unitsBefore: number;
  serials: string[];
  gln: string;
  mspId: string;
  eventId: string;
  eventTime: string;
}
export const segmentType = storedType<Segment>('segment');

/** Which packs of a segment, without keys of their own, lie in which container. Key `placement`, GTIN, lot, segment. */
export interface Placement {
  gtin: string;
  lot: string;
  segment: number;
  /** `members`: bit i of base64url bytes is the segment's i-th serial. */
  groups: { sscc: string; members: string; eventId: string; eventTime: string }[];
}
export const placementType = storedType<Placement>('placement');

/** The act that brought goods into their present state. */
export interface StateAct {
  event: CustodyEvent;
  gln?: string;
  mspId: string;
  eventTime: string;
  recordTime: string;
  reason?: LockReason;
  /** The lock that the goods were under before; an undo puts it back. */
  before?: StateAct;
}

/** Who holds goods, and in which state. With a parent, holder and shipment are the root's and not kept here. */
export interface Goods {
  state: GoodsState;
  /** SSCC of the container it is in. */
  parent?: string;
  /** Premises and their organisation. */
  holder: string;
  mspId: string;
  /** The open shipment, while in transit. */
  shipmentId?: string;
  act?: StateAct;
  eventId: string;
  eventTime: string;
}

/** A pack that has acted alone. Key `pack`, GTIN, serial. */
export interface Pack extends Goods {
  gtin: string;
  serial: string;
  lot: string;
  segment: number;
  /** Units left in a pack that was opened. */
  remaining?: number;
}
export const packType = storedType<Pack>('pack');

export interface Contents {
  gtin: string;
  lot: string;
  units: number;
  /** Of them locked inside. */
  locked: number;
}

/** A case, tote or pallet. Key `container`, SSCC. */
export interface Container extends Goods {
  sscc: string;
  /** At every depth. */
  contents: Contents[];
  /** Of lots without serials, directly in it. */
  quantities?: LotQuantity[];
}
export const containerType = storedType<Container>('container');

/** Packs named by the segment they were commissioned in. */
export interface NamedPacks {
  gtin: string;
  lot: string;
  segment: number;
  serials: string[];
}

/** Units of a lot that has no serials. */
export interface LotQuantity {
  gtin: string;
  lot: string;
  units: number;
  /** Of an event: whose units, where they are not the actor's. */
  holder?: string;
}

/** Of a shipment: a return may carry units that were locked. */
export interface ShippedQuantity extends LotQuantity {
  wasLocked?: true;
}

/** Units that one premises (or the regulator, without GLN) keep locked. */
export interface QuantityLock {
  gln?: string;
  mspId: string;
  reason: LockReason;
  units: number;
}

/** What premises hold of a lot without serials, and what became of it there. Key `class-balance`, GTIN, lot, GLN. */
export interface ClassBalance {
  gtin: string;
  lot: string;
  /** Premises and their organisation. */
  gln: string;
  mspId: string;
  units: Partial<Record<GoodsState, number>>;
  /** Who locked the locked ones. */
  locks: QuantityLock[];
  eventId: string;
  eventTime: string;
}
export const classBalanceType = storedType<ClassBalance>('class-balance');

/** What arrived without having been shipped, as it was found: nothing of it moves. */
export interface Overage {
  packs?: { gtin: string; serial: string; lot?: string }[];
  containers?: string[];
  quantities?: LotQuantity[];
}

/** A receipt on which shipper and recipient do not agree. */
export interface ReceiptDispute {
  reason: DisputeReason;
  gln: string;
  mspId: string;
  eventId: string;
  openedAt: string;
  settled?: { outcome: DisputeOutcome; gln?: string; mspId: string; eventId: string; settledAt: string };
}
/** `accepted` by the other party, `withdrawn` by who opened it, `decided` by the regulator. */
export const disputeOutcomes = ['accepted', 'withdrawn', 'decided'] as const;
export type DisputeOutcome = (typeof disputeOutcomes)[number];

export const shipmentStatuses = ['open', 'partly_received', 'received', 'short', 'settled', 'void'] as const;
export type ShipmentStatus = (typeof shipmentStatuses)[number];

export interface Shipment {
  shipmentId: string;
  kind: 'transfer' | 'return';
  /** `settled`: what had not arrived went back to the shipper. */
  status: ShipmentStatus;
  shipper: string;
  shipperMspId: string;
  recipient: string;
  recipientMspId: string;
  shippedAt: string;
  recordedAt: string;
  containers: string[];
  packs: NamedPacks[];
  receivedContainers: string[];
  receivedPacks: NamedPacks[];
  receivedAt?: string;
  quantities?: ShippedQuantity[];
  receivedQuantities?: ShippedQuantity[];
  /** When it is to be received by. */
  expectedBy?: string;
  /** It came later. */
  late?: true;
  dispute?: ReceiptDispute;
  /** When its commerce was recorded in the collections of shipper and recipient. */
  commerceAt?: string;
}
export const shipmentType = storedType<Shipment>('shipment');

/**
 * What EPCIS needs of an event: what, when (with the zone's offset), where, why. Key `event`, event id. A correction is
 * another event.
 */
export interface SupplyEvent {
  eventId: string;
  kind: SupplyEventKind;
  /** When it happened, as claimed, RFC 3339 with offset. */
  eventTime: string;
  /** Transaction time. */
  recordTime: string;
  /** Premises of the submitter: readPoint and bizLocation. Absent only for the regulator. */
  gln?: string;
  mspId: string;
  role: ReporterRole;
  packs?: NamedPacks[];
  containers?: string[];
  /** The container of an aggregation. */
  parent?: string;
  /** Commissioned segments, whose serials lie there. */
  segments?: { gtin: string; lot: string; first: number; count: number; units: number };
  lots?: { gtin: string; lot: string }[];
  /** Of lots without serials. */
  quantities?: LotQuantity[];
  overage?: Overage;
  gtin?: string;
  shipmentId?: string;
  recipient?: string;
  reason?: LockReason;
  /** SHA-256 of a certificate of destruction or a witness's statement. */
  certificateHash?: string;
  witnessHash?: string;
  /** SHA-256 of what quality assurance decided about returned goods. */
  qualityDecisionHash?: string;
  /** What sensors told of the goods. */
  sensors?: SensorReadings[];
  /** Units taken out of a pack, in the product's own. */
  units?: number;
  suppliedTo?: Article23Body;
  /** Of an undone dispensing of quantities: the event that handed them out. */
  takesBack?: string;
  /** Check-outs whose packs new ones were made of: EPCIS's transformationID. */
  transformations?: string[];
  dispute?: { reason: DisputeReason; outcome?: DisputeOutcome };
  /** The recipient took it later than expected. */
  late?: true;
  /** Of a declaration of error (EPCIS errorDeclaration): the wrong event, why, and the events that correct it. */
  correction?: { erroneousEventId: string; reason: ErrorReason; correctiveEventIds: string[] };
  /** Made without connection, signed by the device key of the premises; when it was signed and who handed it in. */
  queued?: { deviceKey: string; statementHash: string };
  alertId?: string;
  /** What happened to the alert, why, and with which sealed documents. */
  alertChange?: AlertChange;
  alertReason?: AlertReason;
  assignee?: { mspId: string; gln?: string };
  evidence?: string[];
  /** Of a notification of an illegitimate product, and of a tracing request. */
  notificationId?: string;
  requestId?: string;
  recallId?: string;
  /** Of a refused attempt: what was attempted, and the code found when it was reported. */
  attempted?: { event: CustodyEvent; code: string; commandDigest: string };
  /** Last events of the goods before this one. */
  previous: string[];
  /** SHA-256 of the event's canonical JSON without this field. */
  hash: string;
}
export const supplyEventType = storedType<SupplyEvent>('supply-event');

/** What of an event that handed out quantities was taken back. Key `taken-back`, event id. */
export interface TakenBack {
  eventId: string;
  quantities: LotQuantity[];
}
export const takenBackType = storedType<TakenBack>('taken-back');

/** Packs that a repackager checked out, as material for new ones. Key `transformation`, event id of the check-out. */
export interface Transformation {
  eventId: string;
  gln: string;
  mspId: string;
  inputs: LotQuantity[];
  /** In the products' units. */
  content: number;
  /** Of it in new packs. */
  usedContent: number;
}
export const transformationType = storedType<Transformation>('transformation');

/** Why an event is declared wrong; it stays on the ledger. Key `error-declaration`, event id. */
export interface ErrorDeclaration {
  erroneousEventId: string;
  reason: ErrorReason;
  correctiveEventIds: string[];
  declaredAt: string;
  gln?: string;
  mspId: string;
  /** Of the declaration. */
  eventId: string;
}
export const errorDeclarationType = storedType<ErrorDeclaration>('error-declaration');

/** Recall or withdrawal of a lot, read when its packs are verified or moved. Key `recall`, GTIN, lot. Irreversible. */
export interface LotRecall {
  gtin: string;
  lot: string;
  recallId: string;
  kind: RecallKind;
  recallClass: RecallClass;
  depth: RecallDepth;
  mspId: string;
  eventId: string;
  recalledAt: string;
}
export const lotRecallType = storedType<LotRecall>('lot-recall');

/** Refused repeats of supplying a pack. Key `supply-attempts`, GTIN, serial. */
export interface SupplyAttempts {
  gtin: string;
  serial: string;
  repeats: { gln: string; count: number }[];
}
export const supplyAttemptsType = storedType<SupplyAttempts>('supply-attempts');
