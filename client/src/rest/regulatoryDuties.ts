/** What the law wants told, over REST: recalls, illegitimate products (FDA Form 3911), tracing requests. */
import type {
  IllegitimateClassification,
  ProductNotificationKind,
  RecallClass,
  RecallDepth,
  RecallKind,
  TracingPurpose,
} from '@chain-of-care/chaincode/model';
import type { Committed } from './care.ts';
import { path, type PostOptions, type RestClient } from './restClient.ts';

export interface NewRecall {
  /** `recall` when absent. */
  readonly kind?: RecallKind;
  readonly class: RecallClass;
  readonly depth: RecallDepth;
  readonly gtin: string;
  readonly lots: readonly string[];
}

export interface RecallNotice extends NewRecall, Committed {
  readonly recallId: string;
  readonly mspId?: string;
  readonly eventId: string;
  readonly recalledAt?: string;
}

/** Packs by what became of them. */
export interface RecallOutcomes {
  readonly found: number;
  readonly returned: number;
  readonly destroyed: number;
  readonly supplied: number;
  readonly stillOut: number;
  readonly other: number;
}

export interface RecallEffectiveness {
  readonly recallId: string;
  readonly gtin: string;
  readonly lots: readonly string[];
  readonly commissioned: number;
  readonly totals: RecallOutcomes;
  readonly byHolder: readonly (RecallOutcomes & {
    readonly gln: string;
    readonly mspId: string;
    readonly name?: string;
  })[];
}

/** FDA Form 3911. Its other items are members as the API names them. */
export interface NewProductNotification {
  readonly kind: ProductNotificationKind;
  /** Of a follow-up or a request for termination. */
  readonly notificationId?: string;
  /** When the company determined it: the clock's start. */
  readonly determinedAt: string;
  readonly classification: IllegitimateClassification;
  readonly drugUse: 'human' | 'other';
  readonly drugDescription: string;
  readonly gtin: string;
  readonly lots: readonly string[];
  readonly serials?: readonly string[];
  readonly description: string;
  readonly companyName: string;
  readonly companyAddress: string;
  readonly companyType: 'manufacturer' | 'wholesale_distributor' | 'dispenser' | 'repackager';
  readonly contactName: string;
  readonly contactMail: string;
  readonly alertId?: string;
  readonly incidentNumber?: string;
  readonly activeIngredients?: string;
  readonly quantity?: number;
  readonly otherReports?: string;
  readonly contactPhone?: string;
  readonly uniqueFacilityIdentifier?: string;
}

export interface ProductNotification extends Committed {
  readonly notificationId: string;
  readonly status: 'open' | 'terminated';
  readonly gtin: string;
  readonly lots: readonly string[];
  readonly mspId: string;
  readonly gln?: string;
  readonly alertId?: string;
  readonly determinedAt: string;
  readonly dueAt: string;
  readonly isInTime: boolean;
  readonly steps: readonly {
    readonly kind: ProductNotificationKind;
    readonly classification: IllegitimateClassification;
    readonly form: string;
    readonly at: string;
    readonly eventId: string;
  }[];
}

export interface NewTracingRequest {
  /** Premises that are asked. */
  readonly gln: string;
  readonly gtin: string;
  readonly lot: string;
  readonly purpose: TracingPurpose;
  readonly alertId?: string;
}

export interface TracingRequest extends Committed {
  readonly requestId: string;
  readonly status: 'open' | 'answered';
  readonly gtin: string;
  readonly lot: string;
  readonly purpose: TracingPurpose;
  readonly mspId: string;
  readonly gln?: string;
  readonly recipient: string;
  readonly recipientMspId: string;
  readonly alertId?: string;
  readonly requestedAt: string;
  readonly dueAt: string;
  readonly answer?: string;
  readonly answeredAt?: string;
  readonly isInTime?: boolean;
}

export class RegulatoryDuties {
  readonly #rest: RestClient;

  constructor(rest: RestClient) {
    this.#rest = rest;
  }

  /** Recalls or withdraws lots, all their packs at once. By the maker or the regulator. @throws GatewayProblem */
  async recall(recall: NewRecall, options: PostOptions = {}): Promise<RecallNotice> {
    return (await this.#rest.post('/v1/recalls', recall, options)) as RecallNotice;
  }

  /** Newest first. @throws GatewayProblem */
  async *listRecalls(): AsyncGenerator<RecallNotice, void, void> {
    for await (const recall of this.#rest.list('/v1/recalls')) yield recall as RecallNotice;
  }

  /** Found, returned, destroyed, supplied, still out, by holder. For maker and regulator. @throws GatewayProblem */
  async getRecallEffectiveness(recallId: string): Promise<RecallEffectiveness> {
    return (await this.#rest.get(path`/v1/recalls/${recallId}/effectiveness`)) as RecallEffectiveness;
  }

  /** Files a form; it is sealed to the regulator, and whoever had the lots is told. @throws GatewayProblem */
  async notifyIllegitimateProduct(
    form: NewProductNotification,
    options: PostOptions = {},
  ): Promise<ProductNotification> {
    return (await this.#rest.post('/v1/illegitimate-product-notifications', form, options)) as ProductNotification;
  }

  /** The own, newest first; the regulator's gateway has all. @throws GatewayProblem */
  async *listProductNotifications(): AsyncGenerator<ProductNotification, void, void> {
    const all = this.#rest.list('/v1/illegitimate-product-notifications');
    for await (const notification of all) yield notification as ProductNotification;
  }

  /** The latest form. @throws GatewayProblem */
  async getProductNotificationForm(notificationId: string): Promise<unknown> {
    return this.#rest.get(path`/v1/illegitimate-product-notifications/${notificationId}/form`);
  }

  /** Asks premises that had a lot for its transaction history. @throws GatewayProblem */
  async requestTracing(request: NewTracingRequest, options: PostOptions = {}): Promise<TracingRequest> {
    return (await this.#rest.post('/v1/tracing-requests', request, options)) as TracingRequest;
  }

  /** Asked by or of the own organisation, newest first. @throws GatewayProblem */
  async *listTracingRequests(
    query: { readonly status?: TracingRequest['status'] } = {},
  ): AsyncGenerator<TracingRequest, void, void> {
    for await (const request of this.#rest.list('/v1/tracing-requests', query)) yield request as TracingRequest;
  }

  /** With what the ledger knows; a remark may stand beside it. @throws GatewayProblem */
  async answerTracing(
    requestId: string,
    answer: { readonly remark?: string } = {},
    options: PostOptions = {},
  ): Promise<TracingRequest> {
    return (await this.#rest.post(path`/v1/tracing-requests/${requestId}/response`, answer, options)) as TracingRequest;
  }

  /** The answer, for who asked, who answered and the regulator. @throws GatewayProblem */
  async getTracingAnswer(requestId: string): Promise<unknown> {
    return this.#rest.get(path`/v1/tracing-requests/${requestId}/response`);
  }
}
