import { patientSide, registrars } from '../auth/audiences.ts';
import { page } from '../http/page.ts';
import { route, type Route } from '../http/route.ts';
import { StaffParams } from '../registry/dto.ts';
import type { Services } from '../services.ts';
import { AccessReview, ListReviews, NotedChart, OwnChart, ReviewAnswer, ReviewParams } from './dto.ts';
import { acknowledgeReview, answerReview, noteOwnChart, reviewFor, reviewsFor } from './reviews.ts';

const readers = [...patientSide, 'privacy-officer'] as const;

/** Reviews of unusual accesses, for the patient's side and the hospital's privacy officers. */
export function accessReviewRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/access-reviews',
      operationId: 'listAccessReviews',
      tag: 'audit',
      summary: 'Unusual accesses to the patient’s chart, or to any of the hospital’s',
      audience: readers,
      query: ListReviews,
      responses: { 200: { description: 'newest first', list: AccessReview } },
      async handler(exchange) {
        const { items, nextCursor } = await reviewsFor(services, exchange.caller, exchange.query);
        return page(exchange, items, nextCursor);
      },
    }),
    route({
      method: 'get',
      path: '/v1/access-reviews/:reviewId',
      operationId: 'getAccessReview',
      tag: 'audit',
      summary: 'A review',
      audience: readers,
      params: ReviewParams,
      responses: { 200: { description: 'the review', body: AccessReview } },
      handler: async ({ params, caller }) => ({
        status: 200,
        body: await reviewFor(services, caller, params.reviewId),
      }),
    }),
    route({
      method: 'post',
      path: '/v1/access-reviews/:reviewId/acknowledgement',
      operationId: 'acknowledgeAccessReview',
      tag: 'audit',
      summary: 'The patient, or who represents them, has seen it',
      audience: patientSide,
      params: ReviewParams,
      responses: { 200: { description: 'the review', body: AccessReview } },
      handler: async ({ params, caller }) => ({
        status: 200,
        body: await acknowledgeReview(services, caller, params.reviewId),
      }),
    }),
    route({
      method: 'post',
      path: '/v1/access-reviews/:reviewId/answer',
      operationId: 'answerAccessReview',
      tag: 'audit',
      summary: 'Says what the access was; the patient is told. Nobody answers for their own access',
      audience: ['privacy-officer'],
      params: ReviewParams,
      body: ReviewAnswer,
      responses: { 200: { description: 'the review', body: AccessReview } },
      handler: async ({ params, body, caller }) => ({
        status: 200,
        body: await answerReview(services, caller, params.reviewId, body),
      }),
    }),
    route({
      method: 'post',
      path: '/v1/staff/:staffId/charts',
      operationId: 'noteOwnChart',
      tag: 'audit',
      summary: 'A member of staff is this patient: accesses of theirs to the chart are reviewed',
      audience: registrars,
      params: StaffParams,
      body: OwnChart,
      responses: { 201: { description: 'noted', body: NotedChart } },
      async handler({ params: { staffId }, body: { patientId }, caller }) {
        const notedAt = await noteOwnChart(services, caller, staffId, patientId);
        return { status: 201, body: { staffId, patientId, notedAt } };
      },
    }),
  ];
}
