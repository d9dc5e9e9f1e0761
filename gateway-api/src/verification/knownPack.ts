/** What `verification_facts` answers, and what becomes of it. */
import type { GoodsState, RecallKind, StateAct, SupplyEvent } from '@chain-of-care/chaincode/model';
import type { VerificationFacts } from '@chain-of-care/chaincode/rules';
import type { Selectable } from 'kysely';
import type { Database } from '../readmodel/index.ts';

export type ProductRow = Selectable<Database['products']>;
export type AlertRow = Selectable<Database['alerts']>;
type Json<Row> = { readonly [Column in keyof Row]: Row[Column] extends Date ? string : Row[Column] };

/** An event without the goods it names, and where it was. */
export interface BriefEvent {
  readonly event_id: string;
  readonly kind: SupplyEvent['kind'];
  readonly gln: string | null;
  readonly brief: Omit<SupplyEvent, 'packs' | 'containers' | 'segments' | 'lots'>;
  readonly tx_id: string;
  readonly block_number: number;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly country: string | null;
  /** Declared an error later: it stays, and proves nothing. */
  readonly erroneous: boolean;
}

interface Around {
  readonly state: GoodsState;
  readonly holder: string;
  readonly act: StateAct | null;
}

/** Members after `alerts` are there when the serial was commissioned. */
export interface FactsOfPack {
  readonly product: Json<ProductRow> | null;
  readonly lotKnown: boolean;
  readonly namedRecall: RecallKind | null;
  readonly alerts: readonly Json<AlertRow>[];
  readonly made?: { readonly lot: string; readonly segment: number; readonly gln: string; readonly event_id: string };
  readonly own?: (Around & { readonly event_id: string }) | null;
  readonly placedBy?: string | null;
  /** The nearest first. */
  readonly containers?: readonly (Around & { readonly sscc: string })[];
  readonly lot?: Json<Selectable<Database['lots']>> | null;
  readonly reserved?: number | null;
  readonly recall?: Json<Selectable<Database['lot_recalls']>> | null;
  /** The event that quarantined the whole lot. */
  readonly hold?: string | null;
  readonly shipment?: {
    readonly recipient: string;
    readonly shipper: string;
    readonly shipped_at: string;
    readonly expected_by: string | null;
  } | null;
  readonly country?: string | null;
  readonly licences?: readonly Json<Selectable<Database['licences']>>[];
  readonly clones?: readonly string[];
  /** Each with its transaction and block, in the ledger's order. */
  readonly events?: readonly (readonly [brief: BriefEvent['brief'], txId: string, blockNumber: number])[];
  /** Latitude and longitude in microdegrees, and country, of the premises of the events. */
  readonly places?: Readonly<Record<string, readonly [number | null, number | null, string | null]>>;
  /** Events that were declared errors. */
  readonly erroneous?: readonly string[];
}

export interface KnownPack {
  readonly facts: VerificationFacts;
  readonly product?: ProductRow;
  /** Where it was commissioned. */
  readonly commissioned?: { readonly lot: string; readonly segment: number };
  readonly holder?: string;
  readonly expiresOn?: string;
  /** Of the lot that was asked for. */
  readonly namedRecall?: RecallKind;
  /** Oldest first. */
  readonly events: readonly BriefEvent[];
  readonly alerts: readonly AlertRow[];
}
