/** Reviews of unusual accesses over REST: the patient sees them, a privacy officer says what they were. */
import type { UnusualKind } from '@chain-of-care/chaincode/model';
import { path, type PostOptions, type RestClient } from './restClient.ts';

export interface AccessReview {
  readonly id: string;
  readonly accessId: string;
  readonly patientId: string;
  readonly accessorId: string;
  readonly accessorOrg: string;
  readonly accessorRole: string;
  readonly kinds: readonly UnusualKind[];
  readonly status: 'open' | 'acknowledged' | 'answered';
  readonly raisedAt: string;
  readonly acknowledgedAt?: string;
  readonly answeredAt?: string;
  readonly answeredBy?: string;
  readonly outcome?: 'justified' | 'unjustified';
  readonly explanation?: string;
}

export interface ReviewFilter {
  readonly status?: AccessReview['status'];
  readonly kind?: UnusualKind;
  /** Staff id. */
  readonly accessor?: string;
  /** For a privacy officer, and for who represents the patient. */
  readonly patient?: string;
}

export class AccessReviews {
  readonly #rest: RestClient;

  constructor(rest: RestClient) {
    this.#rest = rest;
  }

  /** By the patient, who represents them, or a privacy officer; newest first. @throws GatewayProblem */
  async *list(filter: ReviewFilter = {}): AsyncGenerator<AccessReview, void, void> {
    for await (const review of this.#rest.list('/v1/access-reviews', { ...filter })) yield review as AccessReview;
  }

  /** By the patient, or who represents them: seen. @throws GatewayProblem */
  async acknowledge(reviewId: string, options: PostOptions = {}): Promise<AccessReview> {
    const target = path`/v1/access-reviews/${reviewId}/acknowledgement`;
    return (await this.#rest.post(target, {}, options)) as AccessReview;
  }

  /** By a privacy officer, not for an access of their own; the patient is told. @throws GatewayProblem conflict */
  async answer(
    reviewId: string,
    answer: { readonly outcome: NonNullable<AccessReview['outcome']>; readonly explanation: string },
    options: PostOptions = {},
  ): Promise<AccessReview> {
    return (await this.#rest.post(path`/v1/access-reviews/${reviewId}/answer`, answer, options)) as AccessReview;
  }
}
