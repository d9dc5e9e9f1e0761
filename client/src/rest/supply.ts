/** What the supply resources of a gateway take and answer. */
import type { CommerceTerms, CustodyEvent, OverageInput, SensorType, SensorUnit } from '@chain-of-care/chaincode/model';
import type { Committed } from './care.ts';

/** Packs as an event names them. */
export type GoodsReference =
  | { readonly scan: string }
  | { readonly gtin: string; readonly lot?: string; readonly serial: string }
  | { readonly gtin: string; readonly lot?: string; readonly serials: readonly string[] }
  | { readonly gtin: string; readonly lot?: string; readonly range: SerialRange };

/** The first and the last of serials that differ only in a number of fixed width at their end. */
export interface SerialRange {
  readonly first: string;
  readonly last: string;
}

/** Units of a lot that has no serials. */
export interface QuantityReference {
  readonly gtin: string;
  readonly lot: string;
  readonly units: number;
}

/** Units that premises hold in a state from which the event may start; the first such state when none is named. */
export interface HeldQuantity extends QuantityReference {
  readonly state?: 'active' | 'locked';
  /** GLN; the own when absent. For the maker and the regulator. */
  readonly holder?: string;
}

/** What an event is about, and when. */
export type MovedGoods = Pick<
  NewSupplyEvent,
  'packs' | 'containers' | 'quantities' | 'eventTime' | 'sensorElementList'
>;

/** A shipment; its packs, containers and quantities as in an event. */
export interface NewShipment extends Omit<NewSupplyEvent, 'event'> {
  /** GLN. */
  readonly recipient: string;
  /** RFC 3339 with offset; some days after shipping when absent. */
  readonly expectedBy?: string;
  readonly commerce?: CommerceTerms;
}

/** What arrived. */
export interface Receipt extends Omit<NewSupplyEvent, 'event'> {
  readonly shipmentId: string;
  /** false: more is to come. */
  readonly complete?: boolean;
  /** What came along without having been shipped. */
  readonly overage?: OverageInput;
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
  /** Of lots that have no serials. */
  readonly quantities?: readonly HeldQuantity[];
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
  readonly sscc?: string;
  readonly alertId?: string;
  /** Of a receipt with which more than one thing is wrong. */
  readonly alertIds?: readonly string[];
  readonly jobId?: string;
  readonly firstSegment?: number;
  readonly segments?: number;
  readonly units?: number;
  readonly code?: string;
  readonly nmvsCode?: string;
  readonly detail?: string;
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

export interface LabelStyle {
  readonly symbology?: 'datamatrix' | 'qr';
  readonly format?: 'svg' | 'png';
}
