/** The supply chain in the client's own verbs, over REST. The actor is who the token says. */
import {
  gtinOfNdc,
  parseNdc,
  type CommerceTerms,
  type CustodyEvent,
  type DisputeOutcome,
  type DisputeReason,
  type ErrorReason,
} from '@chain-of-care/chaincode/model';
import { GatewayProblem } from './problem.ts';
import { path, type PostOptions, type RestClient } from './restClient.ts';
import type { EventProof } from '../proof/eventProof.ts';
import type {
  ContainedGoods,
  CounterfeitStatistics,
  GoodsReference,
  InventoryCounts,
  LabelStyle,
  NewProduct,
  NewReport,
  NewShipment,
  NewSupplyEvent,
  OpenedReport,
  QuantityReference,
  Receipt,
  RegisteredProduct,
  StatisticsRequest,
  SupplyChainReport,
  SupplyEventResult,
  VerificationProof,
  VerificationRequest,
} from './supply.ts';

/** Events by the client's names. */
const eventNames: Readonly<Record<string, CustodyEvent>> = {
  shipped: 'ship',
  received: 'receive',
  dispensed: 'dispense',
  returned: 'return',
  packed: 'pack',
  unpacked: 'unpack',
  opened: 'open',
  sampled: 'sample',
  exported: 'export',
  locked: 'lock',
  unlocked: 'unlock',
  inspected: 'inspect',
  observed: 'observe',
  stolen: 'steal',
  destroyed: 'destroy',
};

export class SupplyChain {
  readonly #rest: RestClient;

  constructor(rest: RestClient) {
    this.#rest = rest;
  }

  /**
   * By the maker: registers the product, unless it is there, and a lot of it.
   *
   * @throws Refusal invalid_identifier for an NDC that is none; GatewayProblem
   */
  async registerProduct(product: NewProduct): Promise<RegisteredProduct> {
    const { ndc, name, dosageForm, strength, packContent, markets = [], batchNumber: lot } = product;
    const gtin = gtinOfNdc(parseNdc(ndc));
    const item = { gtin, ndc, name, dosageForm, strength, packContent, markets };
    const registered = await this.#rest.post('/v1/products', item).catch(alreadyThere);
    const [expiry, declaredQuantity] = [printedDate(product.expirationDate), product.quantity];
    const newLot = { lot, expiry, manufacturedOn: product.manufacturedOn, declaredQuantity };
    const registeredLot = (await this.#rest.post(path`/v1/products/${gtin}/lots`, newLot)) as object;
    return { gtin, lot, registeredLot, ...(registered === undefined ? {} : { product: registered as object }) };
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
   * Records one event.
   *
   * @param eventType shipped, received, dispensed, … or the ledger's own name
   * @throws GatewayProblem when it was refused
   */
  async recordSupplyChainEvent(
    eventType: string,
    event: Omit<NewSupplyEvent, 'event'>,
    options: PostOptions = {},
  ): Promise<SupplyEventResult> {
    const named = { ...event, event: eventNames[eventType] ?? (eventType as CustodyEvent) };
    return (await this.#rest.post('/v1/supply-events', commandOf(named), options)) as SupplyEventResult;
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
  async packInto(sscc: string, goods: ContainedGoods, options: PostOptions = {}): Promise<SupplyEventResult> {
    return this.recordSupplyChainEvent('pack', { sscc, ...goods }, options);
  }

  /** Takes them out again, all or a part. @throws GatewayProblem */
  async unpackFrom(sscc: string, goods: ContainedGoods, options: PostOptions = {}): Promise<SupplyEventResult> {
    return this.recordSupplyChainEvent('unpack', { sscc, ...goods }, options);
  }

  /** What lies directly in a container: containers, quantities, packs. @throws GatewayProblem */
  listContainerContents(sscc: string) {
    return this.#rest.list(path`/v1/containers/${sscc}/contents`);
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

  /** Prices, numbers, terms, addresses, owner and DSCSA's documents, for who may read them. @throws GatewayProblem */
  async getCommerce(shipmentId: string): Promise<unknown> {
    return this.#rest.get(path`/v1/shipments/${shipmentId}/commerce`);
  }

  /** Records commerce of a shipment that was shipped without. @throws GatewayProblem */
  async recordCommerce(shipmentId: string, commerce: CommerceTerms, options: PostOptions = {}): Promise<unknown> {
    return this.#rest.post(path`/v1/shipments/${shipmentId}/commerce`, commerce, options);
  }

  /** What premises hold of lots without serials. @throws GatewayProblem */
  listClassBalances(query: { readonly gtin?: string; readonly lot?: string; readonly gln?: string } = {}) {
    return this.#rest.list('/v1/class-balances', query);
  }

  /**
   * Asks about one pack or container: identity, custody, quality and status apart, with a risk score.
   *
   * @param proof true to have the peer decide instead of the read model
   * @throws GatewayProblem
   */
  async verifyProduct(request: VerificationRequest, { proof = false } = {}): Promise<unknown> {
    return this.#rest.post('/v1/verifications', request, proof ? { query: { proof: 'ledger' } } : {});
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

  /** The label of a pack as a picture. @throws GatewayProblem */
  async getPackLabel(gtin: string, serial: string, { symbology = 'datamatrix', format = 'svg' }: LabelStyle = {}) {
    const at = path`/v1/packs/${gtin}/${serial}/label`;
    return (await this.#rest.content(`${at}?symbology=${symbology}&format=${format}`)).blob();
  }

  /** The label of a container (GS1-128) as a picture. @throws GatewayProblem */
  async getContainerLabel(sscc: string, { format = 'svg' }: Pick<LabelStyle, 'format'> = {}): Promise<Blob> {
    return (await this.#rest.content(`${path`/v1/containers/${sscc}/label`}?format=${format}`)).blob();
  }

  /**
   * Opens an alert, after its files were sealed and stored, and tells who is told of it.
   *
   * @throws GatewayProblem
   */
  async reportCounterfeit(
    { evidence = [], ...report }: NewReport,
    options: Omit<PostOptions, 'query' | 'headers'> = {},
  ): Promise<OpenedReport> {
    const cids: string[] = [];
    for (const file of evidence) {
      const mediaType = file.type === '' ? 'application/octet-stream' : file.type;
      const stored = await this.#rest.upload('/v1/evidence-files', file, mediaType, { query: { gtin: report.gtin } });
      cids.push((stored as { readonly cid: string }).cid);
    }
    const body = { ...report, ...(cids.length === 0 ? {} : { evidence: cids }) };
    const opened = (await this.#rest.post('/v1/alerts', body, options)) as Omit<OpenedReport, 'audience'>;
    const { items } = (await this.#rest.get(path`/v1/alerts/${opened.alertId}/audience`)) as {
      readonly items: OpenedReport['audience'];
    };
    return { ...opened, audience: items };
  }

  /** The story of a lot: events with times, temperatures and signatures, and figures over it. @throws GatewayProblem */
  async getSupplyChainReport(gtin: string, lot: string): Promise<SupplyChainReport> {
    return (await this.#rest.get(path`/v1/products/${gtin}/lots/${lot}/report`)) as SupplyChainReport;
  }

  /** Alerts of a period by severity, type and status, over all members. @throws GatewayProblem */
  async getCounterfeitStatistics(request: StatisticsRequest = {}): Promise<CounterfeitStatistics> {
    const { startDate, endDate, ...filter } = request;
    const query = { ...filter, since: startDate, until: endDate };
    return (await this.#rest.get('/v1/alert-statistics', query)) as CounterfeitStatistics;
  }
}

/** As the gateway takes it: the kind of event is the command's type. */
function commandOf({ event, ...rest }: NewSupplyEvent): object {
  return { type: event, ...rest };
}

/** @throws the error unless it says that the product is registered already */
function alreadyThere(error: unknown): undefined {
  if (error instanceof GatewayProblem && error.code === 'already_exists') return undefined;
  throw error;
}

/** YYMMDD as printed, of an ISO day. @throws RangeError */
function printedDate(day: string): string {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) throw new RangeError(`no ISO day: ${day}`);
  return day.slice(2).replaceAll('-', '');
}
