/** Verification, open to everybody: the nearer the caller stands to the goods, the more the answer says. */
import { route, type Route } from '../http/route.ts';
import type { Services } from '../services.ts';
import { readAsked } from './asked.ts';
import { NewVerification, VerificationQuery, VerificationView } from './dto.ts';
import { inventoryRoutes } from './inventoryRoutes.ts';
import { publicLimit } from './limits.ts';
import { inclusionProof, InclusionProofView, VerificationParams } from './proof.ts';
import { VerificationService } from './service.ts';
import { digitalLinkRoutes } from './serviceRoutes.ts';
import { usageRoutes } from './usage.ts';
import { verifyProductRoute } from './verifyProduct.ts';

export function verificationRoutes(services: Services): Route[] {
  const service = new VerificationService(services);
  service.anchors.start();
  return [
    route({
      method: 'post',
      path: '/v1/verifications',
      operationId: 'verifyPack',
      tag: 'verification',
      summary: 'Is this box genuine, and may it be used?',
      description:
        'Four verdicts that say different things: identity, custody, quality, status; and a risk score with every factor. ' +
        'The weights are engineering priors. Without a serial only the lot is known, which proves no box.',
      audience: 'public',
      query: VerificationQuery,
      body: NewVerification,
      idempotent: false,
      rateLimit: publicLimit(services.config),
      responses: { 200: { description: 'the verdicts', body: VerificationView } },
      async handler({ body, query, optionalCaller, header }) {
        const asked = readAsked(body, optionalCaller, services.clock());
        const by = { caller: optionalCaller, language: header('accept-language'), proof: query.proof };
        return { status: 200, body: (await service.verify(asked, by)).view };
      },
    }),
    route({
      method: 'get',
      path: '/v1/verifications/:verificationId/proof',
      operationId: 'getVerificationProof',
      tag: 'verification',
      summary: 'Proof that an answer is in the log whose root is on the ledger',
      description: 'Whoever has the verification’s id may ask. `not_anchored` until the hour has ended.',
      audience: 'public',
      params: VerificationParams,
      responses: { 200: { description: 'entry and inclusion proof (RFC 9162)', body: InclusionProofView } },
      handler: async ({ params }) => ({ status: 200, body: await inclusionProof(services, params.verificationId) }),
    }),
    ...digitalLinkRoutes(services, service),
    ...inventoryRoutes(services, service),
    ...usageRoutes(service),
    verifyProductRoute(services, service),
  ];
}
