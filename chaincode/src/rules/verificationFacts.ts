/** What a verification is decided from: plain facts of the ledger or the read model, and what is asked. */
import type {
  AlertSource,
  AlertStatus,
  AlertType,
  CustodyEvent,
  GoodsState,
  RecallKind,
  SupplyEventKind,
  VerificationContext,
} from '../model/index.ts';
import type { Place } from './travel.ts';

export interface VerifiedEvent {
  readonly eventId: string;
  readonly kind: SupplyEventKind;
  readonly eventTime: string;
  readonly gln?: string;
  readonly place?: Place;
  /** Of a refused attempt: its code, and what was attempted. */
  readonly refused?: string;
  readonly attempted?: CustodyEvent;
}

export interface VerifiedAlert {
  /** The event that opened it. */
  readonly eventId: string;
  readonly type: AlertType;
  readonly status: AlertStatus;
  /** `report`: by somebody licensed. */
  readonly source: AlertSource;
}

/** A scan of the same pack before this one, where its place was told. */
export interface EarlierScan {
  readonly scannedAt: string;
  readonly place: Place;
}

/** What cold chain says of a pack; without it there are no data. */
export interface QualityFacts {
  /** Mean kinetic temperature over the limit, 15 °C and more, or a freeze of what must not freeze. */
  readonly exceededEventIds: readonly string[];
  /** Excursions on which quality assurance has not decided. */
  readonly pendingEventIds: readonly string[];
  readonly gapEventIds: readonly string[];
}

export interface LotOfPack {
  readonly lot: string;
  /** YYMMDD as printed. */
  readonly expiry: string;
  /** The last day, ISO; later than printed when it was extended. */
  readonly expiresOn: string;
  readonly isExtended?: boolean;
  /** Absent: not told. */
  readonly declaredUnits?: number;
  readonly commissionedUnits?: number;
}

export interface PackFacts {
  readonly state: GoodsState;
  readonly holder: string;
  /** ISO 3166-1 alpha-2 of the holder's premises. */
  readonly country?: string;
  /** Where it is going, while in transit. */
  readonly recipient?: string;
  readonly shippedAt?: string;
  /** Agreed last moment of its receipt. */
  readonly expectedBy?: string;
  readonly holderLicensed: boolean;
  readonly suppliedBy?: { readonly gln?: string; readonly eventId: string; readonly country?: string };
  readonly lockedBy?: { readonly mspId: string };
  readonly eventId: string;
  readonly commissionedBy: string;
  /** SSCC of the containers it is in, the nearest first. */
  readonly containers?: readonly string[];
}

export interface VerificationFacts {
  readonly productKnown: boolean;
  readonly makerMspId?: string;
  /** ISO 3166-1 alpha-2 of the countries it is for; empty: everywhere. */
  readonly markets?: readonly string[];
  /** Whether the lot that was asked for exists. */
  readonly namedLotKnown?: boolean;
  /** The lot in which the serial was commissioned; absent: no such pack. */
  readonly lot?: LotOfPack;
  readonly recall?: { readonly kind: RecallKind; readonly eventId: string };
  /** The whole lot is quarantined. */
  readonly hold?: { readonly eventId: string };
  readonly pack?: PackFacts;
  /** The serial stands in more than one lot of the product. */
  readonly cloneEventIds: readonly string[];
  /** Oldest first. */
  readonly events: readonly VerifiedEvent[];
  readonly alerts: readonly VerifiedAlert[];
  readonly quality?: QualityFacts;
  /** Newest first. */
  readonly scans?: readonly EarlierScan[];
}

export interface VerificationRequest {
  readonly lot?: string;
  /** YYMMDD as printed: 210331 is not 210300. */
  readonly expiry?: string;
  readonly context: VerificationContext;
  /** Premises that scan. */
  readonly gln?: string;
  /** ISO 3166-1 alpha-2 of where it is scanned. */
  readonly country?: string;
  readonly place?: Place;
  /** SSCC of the container in which the pack was found. */
  readonly foundIn?: string;
  readonly timeMs: number;
}

export interface Finding {
  readonly code: string;
  readonly eventIds: readonly string[];
}

export function finding(code: string, ...eventIds: readonly string[]): Finding {
  return { code, eventIds };
}
