/** What the supply resources of a gateway take and answer. */
import type {
  AlertSeverity,
  AlertStatus,
  AlertType,
  CommerceTerms,
  CustodyEvent,
  Lot,
  Product,
  SensorType,
  SensorUnit,
  VerificationContext,
} from '@chain-of-care/chaincode/model';
import type { Committed } from './care.ts';

/** A trade item and one lot of it, as its label says. */
export interface NewProduct {
  /** Hyphenated, e.g. `0069-2587-41`. */
  readonly ndc: string;
  readonly name: string;
  readonly dosageForm: string;
  readonly strength: string;
  /** Units (tablets, millilitres …) in one pack. */
  readonly packContent: number;
  /** ISO 3166-1 alpha-2. */
  readonly markets?: readonly string[];
  readonly batchNumber: string;
  /** ISO day: the last one on which it is good. */
  readonly expirationDate: string;
  /** ISO day. */
  readonly manufacturedOn: string;
  /** Packs in the lot. */
  readonly quantity: number;
}

export interface RegisteredProduct {
  readonly gtin: string;
  readonly lot: string;
  /** Absent when the product was registered before. */
  readonly product?: Partial<Product> & Committed;
  readonly registeredLot: Partial<Lot> & Committed;
}

/** Packs as an event names them. */
export type GoodsReference =
  | { readonly scan: string }
  | { readonly gtin: string; readonly lot?: string; readonly serial: string }
  | { readonly gtin: string; readonly lot?: string; readonly serials: readonly string[] };

/** Units of a lot that has no serials. */
export interface QuantityReference {
  readonly gtin: string;
  readonly lot: string;
  readonly units: number;
}

/** What is put into a container or taken out of it. */
export interface ContainedGoods extends Pick<
  NewSupplyEvent,
  'packs' | 'containers' | 'eventTime' | 'sensorElementList'
> {
  readonly quantities?: readonly QuantityReference[];
}

/** A shipment; its packs, containers and quantities as in an event. */
export interface NewShipment extends Omit<NewSupplyEvent, 'event'> {
  /** GLN. */
  readonly recipient: string;
  /** RFC 3339 with offset; some days after shipping when absent. */
  readonly expectedBy?: string;
  readonly commerce?: CommerceTerms;
  readonly quantities?: readonly QuantityReference[];
}

/** What arrived. */
export interface Receipt extends Omit<NewSupplyEvent, 'event'> {
  readonly shipmentId: string;
  /** false: more is to come. */
  readonly complete?: boolean;
  /** What came along without having been shipped. */
  readonly overage?: object;
}

/** At a time or over a time, not after the event; units by UN/CEFACT Recommendation 20. */
export interface SensorElement {
  readonly sensorMetadata?: {
    readonly time?: string;
    readonly startTime?: string;
    readonly endTime?: string;
    /** URI. */
    readonly deviceID?: string;
  };
  readonly sensorReport: readonly {
    readonly type: SensorType;
    readonly uom: SensorUnit;
    readonly value?: number;
    readonly minValue?: number;
    readonly maxValue?: number;
    readonly meanValue?: number;
  }[];
}

/** An event on packs and containers. The actor is who submits it, never a member of it. */
export interface NewSupplyEvent {
  readonly event: CustodyEvent;
  /** RFC 3339 with offset; now when absent. */
  readonly eventTime?: string;
  /** By what is printed on the box, or by product and serials. */
  readonly packs?: readonly GoodsReference[];
  /** SSCCs. */
  readonly containers?: readonly string[];
  /** What sensors told of the goods, as EPCIS 2.0 writes it. */
  readonly sensorElementList?: readonly SensorElement[];
  /** What else the event needs: `sscc`, `shipmentId`, `recipient`, `reason`, … */
  readonly [member: string]: unknown;
}

export interface SupplyEventResult extends Committed {
  readonly status: 'applied' | 'replayed' | 'refused';
  readonly eventId?: string;
  readonly shipmentId?: string;
  readonly shipmentStatus?: string;
  /** Of a shipment: whether its commerce was recorded with it, or follows. */
  readonly commerce?: 'recorded' | 'follows';
  readonly alertId?: string;
  readonly code?: string;
  readonly detail?: string;
}

/** What stands on the box (scanned or typed), and why it is asked. */
export type VerificationRequest = { readonly context: VerificationContext } & (
  | { readonly scan: string }
  | { readonly gtin: string; readonly serial: string; readonly lot?: string; readonly expiry?: string }
  | { readonly sscc: string }
);

export interface NewReport {
  readonly type: AlertType;
  readonly gtin: string;
  readonly lot?: string;
  readonly serial?: string;
  /** In words; it lies sealed off the ledger. */
  readonly description?: string;
  /** Photos and documents, sealed to the regulator, the maker and the own organisation. */
  readonly evidence?: readonly Blob[];
}

/** A report that was opened, and everybody who is told of it. */
export interface OpenedReport extends Committed {
  readonly alertId: string;
  readonly eventId: string;
  readonly audience: readonly {
    readonly mspId: string;
    readonly gln?: string;
    readonly name?: string;
    readonly relation: string;
  }[];
}

/** Times are RFC 3339 with offset; `until` is exclusive. */
export interface StatisticsRequest {
  readonly startDate?: string;
  readonly endDate?: string;
  readonly severity?: AlertSeverity;
  readonly type?: AlertType;
  readonly status?: AlertStatus;
  readonly gtin?: string;
  readonly lot?: string;
  /** ISO 3166-1 alpha-2. */
  readonly country?: string;
  readonly mspId?: string;
  readonly gln?: string;
  readonly interval?: 'day' | 'week' | 'month';
}

export interface CounterfeitStatistics {
  readonly totalAlerts: number;
  readonly bySeverity: Readonly<Record<AlertSeverity, number>>;
  readonly byType: Readonly<Record<AlertType, number>>;
  readonly byStatus: Readonly<Record<AlertStatus, number>>;
  readonly series?: readonly { readonly from: string; readonly totalAlerts: number }[];
}

export interface SupplyChainReport {
  readonly gtin: string;
  readonly lot: string;
  readonly timeline: readonly {
    readonly eventId: string;
    readonly kind: string;
    readonly eventTime: string;
    readonly gln?: string;
    readonly location?: string;
    /** Degrees Celsius. */
    readonly temperature?: number;
    readonly signature: string;
  }[];
  readonly statistics: {
    readonly totalEvents: number;
    readonly totalActors: number;
    readonly durationDays: number;
    readonly locationsVisited: number;
    readonly averageTemperature?: number;
    readonly coldChainCompliant?: boolean;
  };
}

/** Of an inventory that was verified. */
export interface InventoryCounts {
  readonly lines: number;
  readonly authentic: number;
  readonly notAuthentic: number;
  readonly unreadable: number;
  readonly byBand: Readonly<Record<string, number>>;
  /** Address of the lines. */
  readonly result: string;
}

/** That an answer is a leaf of the tree whose root is on the ledger (RFC 9162). Hashes are hex. */
export interface VerificationProof {
  readonly verificationId: string;
  /** The leaf as it was hashed. */
  readonly entry: string;
  readonly mspId: string;
  readonly sequence: number;
  readonly leafIndex: number;
  readonly treeSize: number;
  readonly inclusionPath: readonly string[];
  readonly rootHash: string;
  readonly transactionId?: string;
  readonly blockNumber?: number;
}

export interface LabelStyle {
  readonly symbology?: 'datamatrix' | 'qr';
  readonly format?: 'svg' | 'png';
}
