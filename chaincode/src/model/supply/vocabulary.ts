/** Closed lists of the supply chain. */

/** States of a pack or container (EU 2016/161 and EMVO's set). `in_transit` is a root's; its contents follow it. */
export const goodsStates = [
  'active',
  'in_transit',
  'locked',
  'supplied',
  'sampled',
  'exported',
  'checked_out',
  'stolen',
  'destroyed',
] as const;
export type GoodsState = (typeof goodsStates)[number];

/** Events that a row of the transition table in `rules/custody` decides. */
export const custodyEvents = [
  'commission',
  'pack',
  'unpack',
  'ship',
  'return',
  'receive',
  'voidShip',
  'lock',
  'unlock',
  'dispense',
  'open',
  'undoDispense',
  'freeSample',
  'supplyArticle23',
  'sample',
  'export',
  'checkOut',
  'undo',
  'steal',
  'destroy',
  'inspect',
  'observe',
] as const;
export type CustodyEvent = (typeof custodyEvents)[number];

/** Every kind of event that is recorded. */
export const supplyEventKinds = [
  ...custodyEvents,
  'registerProduct',
  'registerLot',
  'certifyLot',
  'extendExpiry',
  'recall',
  'withdraw',
  'report',
  'refusal',
  'alert',
  'notification',
  'tracing',
  'disputeReceipt',
  'settleDispute',
  'declareError',
] as const;
export type SupplyEventKind = (typeof supplyEventKinds)[number];

/** Why goods are locked or released. */
export const lockReasons = [
  'suspect',
  'investigation',
  'quality_hold',
  'return_inspection',
  'recall',
  'inspected_good',
  'false_alarm',
] as const;
export type LockReason = (typeof lockReasons)[number];

/** EU 2016/161 article 23, (a) to (k): who may be supplied without a pharmacy. */
export const article23Bodies = [
  'person_authorised_to_supply',
  'veterinarian',
  'dental_practitioner',
  'optometrist',
  'paramedic_or_emergency',
  'armed_forces_police_government',
  'university_research_education',
  'prison',
  'school',
  'hospice',
  'nursing_home',
] as const;
export type Article23Body = (typeof article23Bodies)[number];

/** What a shipper or recipient says is wrong with a shipment or its receipt. */
export const disputeReasons = [
  'shortage',
  'overage',
  'damaged',
  'wrong_goods',
  'not_received',
  'not_sent',
  'temperature',
] as const;
export type DisputeReason = (typeof disputeReasons)[number];

/** CBV 2.0 §7.5: why an event is declared erroneous. */
export const errorReasons = ['did_not_occur', 'incorrect_data'] as const;
export type ErrorReason = (typeof errorReasons)[number];

export const alertTypes = [
  'counterfeit',
  'tampering',
  'cold_chain_break',
  'expired',
  'stolen',
  'diversion',
  'clone',
  'integrity',
  'misuse',
] as const;
export type AlertType = (typeof alertTypes)[number];

export const alertSeverities = ['low', 'medium', 'high', 'critical'] as const;
export type AlertSeverity = (typeof alertSeverities)[number];

export const alertStatuses = ['open', 'investigating', 'confirmed', 'false_alarm', 'resolved'] as const;
export type AlertStatus = (typeof alertStatuses)[number];

export const recallKinds = ['recall', 'withdrawal'] as const;
export type RecallKind = (typeof recallKinds)[number];
/** 21 CFR 7.3(m). */
export const recallClasses = ['I', 'II', 'III'] as const;
export type RecallClass = (typeof recallClasses)[number];
/** 21 CFR 7.42(b)(1): how far down the chain a recall goes. */
export const recallDepths = ['wholesale', 'retail', 'consumer'] as const;
export type RecallDepth = (typeof recallDepths)[number];

export const verificationContexts = ['receive', 'dispense', 'return', 'inventory', 'inspection', 'consumer'] as const;
export type VerificationContext = (typeof verificationContexts)[number];

export const supplyLimits = {
  serialsPerSegment: 512,
  /** Serials of one commissioning command. */
  serialsPerCommission: 16_384,
  /** Sets of packs, and containers, that one command names. */
  packSets: 64,
  containers: 512,
  /** Packs that one command gives a key of their own. */
  packsAlone: 1_000,
  /** Packs that one command puts into a container. */
  packsPacked: 4_096,
  /** Lots inside one container. */
  lotsPerContainer: 64,
  undoDays: 10,
  /** A shipment that is to be received by no other time is overdue after so many days. */
  receiptDays: 7,
  /** Events of offline premises are accepted for so many days. */
  queuedDays: 7,
  /** Lines of quantities in one command. */
  quantities: 64,
} as const;
