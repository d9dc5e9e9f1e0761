/** Trade items and their lots over REST: what a maker registers and says of them, and what everybody may look up. */
import { gtinOfNdc, normaliseGtin, parseNdc, Refusal } from '@chain-of-care/chaincode/model';
import type { Committed } from './care.ts';
import { GatewayProblem } from './problem.ts';
import { path, type PostOptions, type RestClient } from './restClient.ts';

/** Degrees Celsius (UCUM `Cel`). Limits of excursions are those of storage when absent. */
export interface StorageConditions {
  readonly unit: 'Cel';
  readonly min: number;
  readonly max: number;
  readonly excursionMin?: number;
  readonly excursionMax?: number;
  /** Highest mean kinetic temperature. */
  readonly maxMeanKinetic?: number;
  readonly freezeSensitive?: boolean;
}

/** A lot, as its label says. */
export interface NewLot {
  readonly batchNumber: string;
  /** ISO day: the last one on which it is good. */
  readonly expirationDate: string;
  /** ISO day. */
  readonly manufacturedOn: string;
  /** Packs, or units of a lot without serials. */
  readonly quantity: number;
  /** false: the lot has no serials and moves by quantity. */
  readonly serialised?: boolean;
}

/** A trade item and one lot of it. */
export interface NewProduct extends NewLot {
  /** Hyphenated, e.g. `0069-2587-41`; the GTIN is made of it unless there is one. */
  readonly ndc?: string;
  readonly gtin?: string;
  readonly name: string;
  readonly dosageForm: string;
  readonly strength: string;
  /** Units (tablets, millilitres …) in one pack. */
  readonly packContent: number;
  /** GLN of who registers; anybody else's is refused. */
  readonly manufacturer?: string;
  /** Controlled room temperature when absent. */
  readonly storage?: StorageConditions;
  /** ISO 3166-1 alpha-2. */
  readonly markets?: readonly string[];
  /** GLNs. */
  readonly contractManufacturers?: readonly string[];
}

export interface RegisteredProduct {
  readonly gtin: string;
  readonly lot: string;
  /** Absent when the product was registered before. */
  readonly product?: RegisteredItem;
  readonly registeredLot: RegisteredLot;
}

export interface RegisteredItem extends Committed {
  readonly gtin: string;
  readonly ndc?: string;
  readonly name: string;
  readonly dosageForm: string;
  readonly strength: string;
  readonly packContent: number;
  readonly storage?: StorageConditions;
  readonly markets: readonly string[];
  /** The maker's organisation and premises. */
  readonly mspId: string;
  readonly gln: string;
  readonly contractManufacturers: readonly string[];
  readonly registeredAt: string;
}

export interface RegisteredLot extends Committed {
  readonly gtin: string;
  readonly lot: string;
  /** YYMMDD as printed. */
  readonly expiry: string;
  /** ISO day; later than printed when it was extended. */
  readonly expiresOn: string;
  readonly manufacturedOn: string;
  readonly declaredQuantity: number;
  readonly commissionedQuantity: number;
  readonly serialised: boolean;
  readonly mspId: string;
  readonly gln: string;
  readonly releasedAt?: string;
  readonly expiryExtendedAt?: string;
  readonly recall?: { readonly recallId: string; readonly kind: string; readonly recallClass: string };
}

export class Products {
  readonly #rest: RestClient;

  constructor(rest: RestClient) {
    this.#rest = rest;
  }

  /**
   * Registers the product, unless it is there, and a lot of it.
   *
   * @throws Refusal invalid_identifier for an NDC or GTIN that is none; GatewayProblem actor_in_payload, …
   */
  async register(product: NewProduct): Promise<RegisteredProduct> {
    const {
      batchNumber: lot,
      expirationDate: _until,
      manufacturedOn: _on,
      quantity: _of,
      serialised: _how,
      ...named
    } = product;
    const gtin = gtinOf(named);
    const registered = await this.#rest.post('/v1/products', { ...named, gtin }).catch(alreadyThere);
    const registeredLot = await this.registerLot(gtin, product);
    const parts = { gtin, lot, registeredLot };
    return registered === undefined ? parts : { ...parts, product: registered as RegisteredItem };
  }

  /** Another lot of a product. @throws RangeError for a date that is none; GatewayProblem */
  async registerLot(gtin: string, lot: NewLot, options: PostOptions = {}): Promise<RegisteredLot> {
    const { batchNumber, expirationDate, manufacturedOn, quantity: declaredQuantity, serialised } = lot;
    const kind = serialised === undefined ? {} : { serialised };
    const body = { lot: batchNumber, expiry: printedDate(expirationDate), manufacturedOn, declaredQuantity, ...kind };
    return (await this.#rest.post(path`/v1/products/${gtin}/lots`, body, options)) as RegisteredLot;
  }

  /** @param query an NDC, hyphenated. @throws GatewayProblem */
  async *list(query: { readonly ndc?: string } = {}): AsyncGenerator<RegisteredItem, void, void> {
    for await (const product of this.#rest.list('/v1/products', query)) yield product as RegisteredItem;
  }

  /** @throws GatewayProblem product_not_found */
  async get(gtin: string): Promise<RegisteredItem> {
    return (await this.#rest.get(path`/v1/products/${gtin}`)) as RegisteredItem;
  }

  /** @throws GatewayProblem */
  async *listLots(gtin: string): AsyncGenerator<RegisteredLot, void, void> {
    for await (const lot of this.#rest.list(path`/v1/products/${gtin}/lots`)) yield lot as RegisteredLot;
  }

  /** @throws GatewayProblem lot_not_found */
  async getLot(gtin: string, lot: string): Promise<RegisteredLot> {
    return (await this.#rest.get(path`/v1/products/${gtin}/lots/${lot}`)) as RegisteredLot;
  }

  /**
   * Quality release.
   *
   * @param certificateHash SHA-256 of the qualified person's certificate, hex
   * @throws GatewayProblem
   */
  async releaseLot(
    gtin: string,
    lot: string,
    said: { readonly certificateHash?: string } = {},
    options: PostOptions = {},
  ): Promise<RegisteredLot> {
    return (await this.#rest.post(path`/v1/products/${gtin}/lots/${lot}/release`, said, options)) as RegisteredLot;
  }

  /**
   * A later last day; what is printed stays.
   *
   * @param said the new last day, an ISO day
   * @throws GatewayProblem
   */
  async extendExpiry(
    gtin: string,
    lot: string,
    said: { readonly expiresOn: string; readonly certificateHash?: string },
    options: PostOptions = {},
  ): Promise<RegisteredLot> {
    const at = path`/v1/products/${gtin}/lots/${lot}/expiry-extension`;
    return (await this.#rest.post(at, said, options)) as RegisteredLot;
  }
}

/**
 * The GTIN a product goes by.
 *
 * @throws Refusal invalid_identifier; validation_failed when there is neither
 */
export function gtinOf({ gtin, ndc }: { readonly gtin?: string; readonly ndc?: string }): string {
  if (gtin !== undefined) return normaliseGtin(gtin);
  if (ndc !== undefined) return gtinOfNdc(parseNdc(ndc));
  throw new Refusal('validation_failed', 'a GTIN or an NDC is needed', '/gtin');
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
