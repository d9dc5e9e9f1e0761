/**
 * The supply chain in the client's own verbs, over REST. The actor is who the token says. What goes with the verbs lies beside
 * them: `products`, `goods`, `alerts`, `duties`.
 */
import {
  Refusal,
  type DisputeOutcome,
  type DisputeReason,
  type ErrorReason,
  type LockReason,
  type StaffRole,
} from '@chain-of-care/chaincode/model';
import type { EventProof } from '../proof/eventProof.ts';
import {
  AlertCases,
  type CounterfeitStatistics,
  type NewReport,
  type OpenedReport,
  type StatisticsRequest,
} from './alertCases.ts';
import type { Committed } from './care.ts';
import { GoodsInCustody } from './goodsInCustody.ts';
import { gtinOf, Products, type NewProduct, type RegisteredProduct } from './products.ts';
import { RegulatoryDuties } from './regulatoryDuties.ts';
import { path, type PostOptions, type RestClient } from './restClient.ts';
import type {
  GoodsReference,
  MovedGoods,
  NewShipment,
  NewSupplyEvent,
  QuantityReference,
  Receipt,
  SupplyChainReport,
  SupplyEventResult,
} from './supply.ts';
import { custodyEventOf, glnOf, supplyEventOf, type ClientSupplyEvent } from './supplyEventForm.ts';
import type { InventoryCounts, Verification, VerificationProof, VerificationRequest } from './verifications.ts';

/** A device whose statements are taken; suspended and reinstated as a member of staff is. */
export interface RegisteredDevice extends Committed {
  readonly staffId: string;
  /** SHA-256 of the public key. */
  readonly deviceKey: string;
  readonly gln: string;
  readonly role: StaffRole;
}

/** A line of the registry of actors, as far as an event may name one. */
interface RegisteredActor {
  readonly gln: string;
  readonly premises?: string;
  readonly role: string;
  readonly licenceId: string;
}

export class SupplyChain {
  readonly products: Products;
  readonly goods: GoodsInCustody;
  readonly alerts: AlertCases;
  readonly duties: RegulatoryDuties;
  readonly #rest: RestClient;

  constructor(rest: RestClient) {
    this.#rest = rest;
    this.products = new Products(rest);
    this.goods = new GoodsInCustody(rest);
    this.alerts = new AlertCases(rest);
    this.duties = new RegulatoryDuties(rest);
  }

  /**
   * By the maker: registers the product, unless it is there, and a lot of it, with serials or without.
   *
   * @throws Refusal invalid_identifier for an NDC that is none; GatewayProblem
   */
  async registerProduct(product: NewProduct): Promise<RegisteredProduct> {
    return this.products.register(product);
  }

  /**
   * Records events, each decided by itself: a refused one changes nothing and says why.
   *
   * @returns a result an event, in their order
   * @throws GatewayProblem when the list as a whole was refused
   */
  async recordSupplyChainEvents(
    events: readonly NewSupplyEvent[],
    options: PostOptions = {},
  ): Promise<readonly SupplyEventResult[]> {
    const commands = events.map(commandOf);
    const answer = (await this.#rest.post('/v1/supply-events', { commands }, options)) as {
      readonly results: readonly SupplyEventResult[];
    };
    return answer.results;
  }

  /**
   * Records one event, in the client's own words or by its name and what the ledger takes.
   *
   * @throws Refusal actor_in_payload when the actor named is none that is registered; GatewayProblem when it was refused
   */
  async recordSupplyChainEvent(event: ClientSupplyEvent, options?: PostOptions): Promise<SupplyEventResult>;
  async recordSupplyChainEvent(
    eventType: string,
    event: Omit<NewSupplyEvent, 'event'>,
    options?: PostOptions,
  ): Promise<SupplyEventResult>;
  async recordSupplyChainEvent(
    first: string | ClientSupplyEvent,
    second: Omit<NewSupplyEvent, 'event'> | PostOptions = {},
    third: PostOptions = {},
  ): Promise<SupplyEventResult> {
    if (typeof first === 'string') return this.#record({ ...second, event: custodyEventOf(first) }, third);
    return this.#record({ ...supplyEventOf(first), ...(await this.#actor(first)) }, second);
  }

  /**
   * Commissions serials, or units of a lot that has none.
   *
   * @throws GatewayProblem when it was refused
   */
  async commission(
    what: { readonly gtin: string; readonly lot: string } & (
      | { readonly serials: readonly string[] }
      | { readonly serialRange: { readonly first: string; readonly last: string } }
      | { readonly units: number }
    ),
    options: PostOptions = {},
  ): Promise<SupplyEventResult> {
    return this.recordSupplyChainEvent('commission', what, options);
  }

  /**
   * Puts packs, containers and units of lots without serials into a container, which comes to be with its first contents.
   *
   * @throws GatewayProblem
   */
  async packInto(sscc: string, goods: MovedGoods, options: PostOptions = {}): Promise<SupplyEventResult> {
    return this.recordSupplyChainEvent('pack', { sscc, ...goods }, options);
  }

  /** Takes them out again, all or a part. @throws GatewayProblem */
  async unpackFrom(sscc: string, goods: MovedGoods, options: PostOptions = {}): Promise<SupplyEventResult> {
    return this.recordSupplyChainEvent('unpack', { sscc, ...goods }, options);
  }

  /** Ships, with what only recipient and regulator may know beside. @throws GatewayProblem */
  async ship(shipment: NewShipment, options: PostOptions = {}): Promise<SupplyEventResult> {
    return this.recordSupplyChainEvent('ship', shipment, options);
  }

  /** Receives; what is missing, came along or came late is an alert. @throws GatewayProblem */
  async receive(receipt: Receipt, options: PostOptions = {}): Promise<SupplyEventResult> {
    return this.recordSupplyChainEvent('receive', receipt, options);
  }

  /** Takes back what was not received. @throws GatewayProblem */
  async voidShipment(shipmentId: string, options: PostOptions = {}): Promise<SupplyEventResult> {
    return (await this.#rest.post(path`/v1/shipments/${shipmentId}/void`, {}, options)) as SupplyEventResult;
  }

  /** Hands out part of packs, in the product's units (tablets …). @throws GatewayProblem */
  async openPacks(
    packs: readonly GoodsReference[],
    units: number,
    options: PostOptions = {},
  ): Promise<SupplyEventResult> {
    return this.recordSupplyChainEvent('open', { packs, units }, options);
  }

  /**
   * Takes back a sample, an export, a check-out or a lock: same premises, within ten days.
   *
   * @throws GatewayProblem
   */
  async undo(goods: MovedGoods, options: PostOptions = {}): Promise<SupplyEventResult> {
    return this.recordSupplyChainEvent('undo', goods, options);
  }

  /** Locks packs, containers or units. @throws GatewayProblem */
  async lock(reason: LockReason, goods: MovedGoods, options: PostOptions = {}): Promise<SupplyEventResult> {
    return this.recordSupplyChainEvent('lock', { reason, ...goods }, options);
  }

  /** Releases what was locked; returned goods need quality assurance's decision. @throws GatewayProblem */
  async unlock(
    reason: LockReason,
    goods: MovedGoods & { readonly qualityDecisionHash?: string },
    options: PostOptions = {},
  ): Promise<SupplyEventResult> {
    return this.recordSupplyChainEvent('unlock', { reason, ...goods }, options);
  }

  /** Supplies packs, or units of lots without serials. By pharmacy or hospital. @throws GatewayProblem */
  async dispense(goods: MovedGoods, options: PostOptions = {}): Promise<SupplyEventResult> {
    return this.recordSupplyChainEvent('dispense', goods, options);
  }

  /** Sends goods up the chain or to a destroyer; they arrive locked. @throws GatewayProblem */
  async return(shipment: NewShipment, options: PostOptions = {}): Promise<SupplyEventResult> {
    return this.recordSupplyChainEvent('return', shipment, options);
  }

  /** Destroys, with a certificate or a witness's statement (SHA-256). @throws GatewayProblem */
  async destroy(
    goods: MovedGoods & { readonly certificateHash?: string; readonly witnessHash?: string },
    options: PostOptions = {},
  ): Promise<SupplyEventResult> {
    return this.recordSupplyChainEvent('destroy', goods, options);
  }

  /** Takes a dispensing back, with the attestation that nothing left the premises. @throws GatewayProblem */
  async undoDispense(packs: readonly GoodsReference[], options: PostOptions = {}): Promise<SupplyEventResult> {
    return this.recordSupplyChainEvent('undoDispense', { packs, notHandedOver: true }, options);
  }

  /**
   * Takes back units of a lot without serials.
   *
   * @param takesBack the event that handed them out
   * @throws GatewayProblem
   */
  async undoDispenseOfQuantities(
    takesBack: string,
    quantities: readonly QuantityReference[],
    options: PostOptions = {},
  ): Promise<SupplyEventResult> {
    const taken = { takesBack, quantities, notHandedOver: true };
    return this.recordSupplyChainEvent('undoDispense', taken, options);
  }

  /** By shipper or recipient. @throws GatewayProblem */
  async disputeReceipt(
    shipmentId: string,
    reason: DisputeReason,
    options: PostOptions = {},
  ): Promise<SupplyEventResult> {
    const at = path`/v1/shipments/${shipmentId}/disputes`;
    return (await this.#rest.post(at, { reason }, options)) as SupplyEventResult;
  }

  /** By the other party, by who opened it, or by the regulator. @throws GatewayProblem */
  async settleDispute(
    shipmentId: string,
    outcome: DisputeOutcome,
    options: PostOptions = {},
  ): Promise<SupplyEventResult> {
    const at = path`/v1/shipments/${shipmentId}/disputes/settlement`;
    return (await this.#rest.post(at, { outcome }, options)) as SupplyEventResult;
  }

  /** Says that an event was recorded in error; it stays, and shows it. @throws GatewayProblem */
  async declareError(
    eventId: string,
    declaration: { readonly reason: ErrorReason; readonly correctiveEventIds?: readonly string[] },
    options: PostOptions = {},
  ): Promise<SupplyEventResult> {
    const at = path`/v1/supply-events/${eventId}/error-declaration`;
    return (await this.#rest.post(at, declaration, options)) as SupplyEventResult;
  }

  /**
   * Asks about one pack or container: identity, custody, quality and status apart, with a risk score.
   *
   * @param proof true to have the peer decide instead of the read model
   * @throws GatewayProblem
   */
  async verifyProduct(request: VerificationRequest, { proof = false } = {}): Promise<Verification> {
    const query = proof ? { query: { proof: 'ledger' } } : {};
    return (await this.#rest.post('/v1/verifications', request, query)) as Verification;
  }

  /**
   * Verifies up to 100,000 lines, and waits for the end.
   *
   * @param lines CSV with a header, newline-delimited JSON or a JSON array, by the type of the blob
   * @throws GatewayProblem
   */
  async verifyInventory(lines: Blob, options: PostOptions = {}): Promise<InventoryCounts> {
    const started = (await this.#rest.upload('/v1/inventory-verifications', lines, lines.type, options)) as {
      readonly id: string;
    };
    return (await this.#rest.operation(started.id)) as InventoryCounts;
  }

  /** The lines of a verified inventory, in the order sent. @throws GatewayProblem */
  async getInventoryResult({ result }: InventoryCounts, format: 'csv' | 'ndjson' = 'ndjson'): Promise<Response> {
    return this.#rest.content(`${result}?format=${format}`);
  }

  /**
   * Proof that an answer is in the gateway's log; to be checked with {@link isIncluded}.
   *
   * @throws GatewayProblem not_anchored until the hour has ended
   */
  async getVerificationProof(verificationId: string): Promise<VerificationProof> {
    return (await this.#rest.get(path`/v1/verifications/${verificationId}/proof`)) as VerificationProof;
  }

  /** Proof of an event, to be checked with `verifyEventProof` of `@chain-of-care/client/proof`. @throws GatewayProblem */
  async getEventProof(eventId: string): Promise<EventProof> {
    return (await this.#rest.get(path`/v1/supply-events/${eventId}/proof`)) as EventProof;
  }

  /**
   * Opens an alert, after its files were sealed and stored, and tells who is told of it.
   *
   * @throws Refusal invalid_identifier for an NDC that is none; GatewayProblem
   */
  async reportCounterfeit(
    report: NewReport,
    options: Omit<PostOptions, 'query' | 'headers'> = {},
  ): Promise<OpenedReport> {
    return this.alerts.report(report, options);
  }

  /**
   * The story of a lot: events with times, temperatures and signatures, and figures over it.
   *
   * @param product its GTIN, or its hyphenated NDC
   * @throws Refusal invalid_identifier; GatewayProblem
   */
  async getSupplyChainReport(product: string, lot: string): Promise<SupplyChainReport> {
    const gtin = product.includes('-') ? gtinOf({ ndc: product }) : product;
    return (await this.#rest.get(path`/v1/products/${gtin}/lots/${lot}/report`)) as SupplyChainReport;
  }

  /** Alerts of a period by severity, type and status, over all members. @throws GatewayProblem */
  async getCounterfeitStatistics(request: StatisticsRequest = {}): Promise<CounterfeitStatistics> {
    return this.alerts.getStatistics(request);
  }

  /**
   * Registers the key of a device that signs events at premises while they have no connection.
   *
   * @param publicKey SubjectPublicKeyInfo, DER, base64url
   * @param role what the device may state events as
   * @throws GatewayProblem
   */
  async registerDeviceKey(
    gln: string,
    device: { readonly publicKey: string; readonly role: StaffRole },
    options: PostOptions = {},
  ): Promise<RegisteredDevice> {
    return (await this.#rest.post(path`/v1/premises/${gln}/device-keys`, device, options)) as RegisteredDevice;
  }

  async #record(event: NewSupplyEvent, options: PostOptions): Promise<SupplyEventResult> {
    return (await this.#rest.post('/v1/supply-events', commandOf(event), options)) as SupplyEventResult;
  }

  /** Who acts is for the ledger to say; what an event tells of its actor must be true of one who is registered. */
  async #actor({ actor }: ClientSupplyEvent): Promise<{ readonly actor?: string }> {
    const { did, name, role, license } = actor ?? {};
    if (name === undefined && role === undefined && license === undefined) return {};
    const query = { role, gln: did === undefined ? undefined : glnOf(did) };
    const glns = new Set<string>();
    for await (const listed of this.#rest.list('/v1/actors', query)) {
      const { gln, premises, licenceId } = listed as RegisteredActor;
      if ((name ?? premises) === premises && (license ?? licenceId) === licenceId) glns.add(gln);
    }
    if (glns.size === 0) throw new Refusal('actor_in_payload', 'nobody is registered so', '/actor');
    const [only] = glns;
    return glns.size === 1 && only !== undefined ? { actor: only } : {};
  }
}

/** As the gateway takes it: the kind of event is the command's type. */
function commandOf({ event, ...rest }: NewSupplyEvent): object {
  return { type: event, ...rest };
}
