/** Goods over REST: where packs, containers and quantities are and what happened to them, for whom they concern. */
import type { CommerceTerms, GoodsState, ShipmentStatus, SupplyEventKind } from '@chain-of-care/chaincode/model';
import type { Committed } from './care.ts';
import { path, type PostOptions, type RestClient } from './restClient.ts';
import type { LabelStyle, QuantityReference, SensorElement } from './supply.ts';

export interface Pack {
  readonly gtin: string;
  readonly serial: string;
  readonly lot: string;
  readonly segment: number;
  /** YYMMDD as printed. */
  readonly expiry?: string;
  readonly state: GoodsState;
  /** GLN of the premises that have custody. */
  readonly holder: string;
  readonly mspId: string;
  /** SSCCs of the containers around it, the nearest first. */
  readonly containers: readonly string[];
  readonly shipmentId?: string;
  /** Units left in a pack that was opened. */
  readonly remaining?: number;
  /** Canonical GS1 Digital Link. */
  readonly uri: string;
}

export interface Container {
  readonly sscc: string;
  readonly state: GoodsState;
  readonly holder: string;
  readonly mspId: string;
  readonly containers: readonly string[];
  readonly shipmentId?: string;
  /** By lot, at every depth. */
  readonly contents: readonly (QuantityReference & { readonly locked: number })[];
}

/** A container, a pack, or units of a lot without serials. */
export interface ContainedThing {
  readonly sscc?: string;
  readonly gtin?: string;
  readonly serial?: string;
  readonly lot?: string;
  readonly units?: number;
}

export interface NamedPacks {
  readonly gtin: string;
  readonly lot: string;
  readonly serials: readonly string[];
}

export interface RecordedEvent extends Committed {
  readonly eventId: string;
  readonly kind: SupplyEventKind;
  readonly eventTime: string;
  readonly recordTime: string;
  /** GLN where it happened. */
  readonly readPoint?: string;
  readonly mspId: string;
  readonly role: string;
  readonly packs?: readonly NamedPacks[];
  readonly containers?: readonly string[];
  readonly quantities?: readonly QuantityReference[];
  readonly shipmentId?: string;
  readonly sensorElementList?: readonly SensorElement[];
  readonly previous: readonly string[];
  readonly hash: string;
  readonly [member: string]: unknown;
}

export interface Shipment {
  readonly shipmentId: string;
  readonly kind: 'transfer' | 'return';
  readonly status: ShipmentStatus;
  readonly shipper: string;
  readonly shipperMspId: string;
  readonly recipient: string;
  readonly recipientMspId: string;
  readonly shippedAt: string;
  readonly receivedAt?: string;
  readonly expectedBy?: string;
  readonly late?: boolean;
  readonly quantities?: readonly QuantityReference[];
  readonly receivedQuantities?: readonly QuantityReference[];
  readonly dispute?: { readonly reason: string; readonly outcome?: string; readonly [member: string]: unknown };
  readonly hasCommerce: boolean;
  readonly containers: readonly string[];
  readonly packs: readonly NamedPacks[];
  readonly receivedContainers: readonly string[];
  readonly receivedPacks: readonly NamedPacks[];
}

/** What premises hold of a lot without serials, by state. */
export interface ClassBalance {
  readonly gtin: string;
  readonly lot: string;
  readonly gln: string;
  readonly mspId: string;
  readonly units: Readonly<Partial<Record<GoodsState, number>>>;
}

/** By what it is about (the narrowest counts), or by kind. */
export interface EventFilter {
  readonly kind?: SupplyEventKind;
  readonly gtin?: string;
  readonly lot?: string;
  readonly sscc?: string;
  readonly shipmentId?: string;
}

export class GoodsInCustody {
  readonly #rest: RestClient;

  constructor(rest: RestClient) {
    this.#rest = rest;
  }

  /** @throws GatewayProblem pack_not_found, also where it is nothing to the caller */
  async getPack(gtin: string, serial: string): Promise<Pack> {
    return (await this.#rest.get(path`/v1/packs/${gtin}/${serial}`)) as Pack;
  }

  /** With that of the containers it was in; oldest first. @throws GatewayProblem */
  listPackEvents(gtin: string, serial: string): AsyncGenerator<RecordedEvent, void, void> {
    return this.#events(path`/v1/packs/${gtin}/${serial}/events`);
  }

  /** @throws GatewayProblem container_not_found, also where it is nothing to the caller */
  async getContainer(sscc: string): Promise<Container> {
    return (await this.#rest.get(path`/v1/containers/${sscc}`)) as Container;
  }

  /** Oldest first. @throws GatewayProblem */
  listContainerEvents(sscc: string): AsyncGenerator<RecordedEvent, void, void> {
    return this.#events(path`/v1/containers/${sscc}/events`);
  }

  /** What lies directly in a container: containers, quantities, packs. @throws GatewayProblem */
  async *listContainerContents(sscc: string): AsyncGenerator<ContainedThing, void, void> {
    for await (const inside of this.#rest.list(path`/v1/containers/${sscc}/contents`)) yield inside as ContainedThing;
  }

  /** Newest first. @throws GatewayProblem */
  listEvents(filter: EventFilter = {}): AsyncGenerator<RecordedEvent, void, void> {
    return this.#events('/v1/supply-events', filter);
  }

  /** @throws GatewayProblem not_found, also where it is nothing to the caller */
  async getEvent(eventId: string): Promise<RecordedEvent> {
    return (await this.#rest.get(path`/v1/supply-events/${eventId}`)) as RecordedEvent;
  }

  /** That the own organisation sent or is to receive, newest first. @throws GatewayProblem */
  async *listShipments(
    filter: { readonly status?: ShipmentStatus; readonly overdue?: boolean } = {},
  ): AsyncGenerator<Shipment, void, void> {
    for await (const shipment of this.#rest.list('/v1/shipments', { ...filter })) yield shipment as Shipment;
  }

  /** @throws GatewayProblem shipment_not_found */
  async getShipment(shipmentId: string): Promise<Shipment> {
    return (await this.#rest.get(path`/v1/shipments/${shipmentId}`)) as Shipment;
  }

  /** What premises hold of lots without serials. @throws GatewayProblem */
  async *listClassBalances(
    query: { readonly gtin?: string; readonly lot?: string; readonly gln?: string } = {},
  ): AsyncGenerator<ClassBalance, void, void> {
    for await (const balance of this.#rest.list('/v1/class-balances', query)) yield balance as ClassBalance;
  }

  /** Prices, numbers, terms, addresses, owner and DSCSA's documents, for who may read them. @throws GatewayProblem */
  async getCommerce(shipmentId: string): Promise<unknown> {
    return this.#rest.get(path`/v1/shipments/${shipmentId}/commerce`);
  }

  /** DSCSA's transaction information. @throws GatewayProblem */
  async getTransactionInformation(shipmentId: string): Promise<unknown> {
    return this.#rest.get(path`/v1/shipments/${shipmentId}/transaction-information`);
  }

  /** DSCSA's transaction statement. @throws GatewayProblem */
  async getTransactionStatement(shipmentId: string): Promise<unknown> {
    return this.#rest.get(path`/v1/shipments/${shipmentId}/transaction-statement`);
  }

  /** Records commerce of a shipment that was shipped without. @throws GatewayProblem */
  async recordCommerce(shipmentId: string, commerce: CommerceTerms, options: PostOptions = {}): Promise<unknown> {
    return this.#rest.post(path`/v1/shipments/${shipmentId}/commerce`, commerce, options);
  }

  /** The label of a pack as a picture. @throws GatewayProblem */
  async getPackLabel(
    gtin: string,
    serial: string,
    { symbology = 'datamatrix', format = 'svg' }: LabelStyle = {},
  ): Promise<Blob> {
    const at = path`/v1/packs/${gtin}/${serial}/label`;
    return (await this.#rest.content(`${at}?symbology=${symbology}&format=${format}`)).blob();
  }

  /** The label of a container (GS1-128) as a picture. @throws GatewayProblem */
  async getContainerLabel(sscc: string, { format = 'svg' }: Pick<LabelStyle, 'format'> = {}): Promise<Blob> {
    return (await this.#rest.content(`${path`/v1/containers/${sscc}/label`}?format=${format}`)).blob();
  }

  async *#events(target: string, filter: EventFilter = {}): AsyncGenerator<RecordedEvent, void, void> {
    for await (const event of this.#rest.list(target, { ...filter })) yield event as RecordedEvent;
  }
}
