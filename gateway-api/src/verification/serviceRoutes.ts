/** GS1 Digital Link: the resolver's addresses, and the verification service that partners ask (VRS). */
import {
  parseDigitalLink,
  Refusal,
  verificationContexts,
  type VerificationContext,
} from '@chain-of-care/chaincode/model';
import {
  additionalInfos,
  serviceAnswerOf,
  verificationFailureReasons,
  verify,
  type ServiceAnswer,
} from '@chain-of-care/chaincode/rules';
import { Type } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional, IsString, ValidateNested } from 'class-validator';
import { IsFormat } from '@chain-of-care/chaincode/model';
import { Problem } from '../http/problem.ts';
import { route, type Exchange, type Reply, type Route } from '../http/route.ts';
import type { Services } from '../services.ts';
import { readAsked, type Asked } from './asked.ts';
import { publicLimit } from './limits.ts';
import type { Decided } from './decided.ts';
import type { VerificationService } from './service.ts';

export class ServiceData {
  @IsBoolean() verified!: boolean;
  @IsOptional() @IsIn(verificationFailureReasons) verificationFailureReason?: string;
  @IsOptional() @IsIn(additionalInfos) additionalInfo?: string;
}

/** GS1 Lightweight Messaging Standard for Verification of Product Identifiers. */
export class ServiceAnswerView {
  @IsFormat('date-time-offset') verificationTimestamp!: string;
  @IsFormat('gln') responderGLN!: string;
  @IsOptional() @IsString() corrUUID?: string;
  @ValidateNested() @Type(() => ServiceData) data!: ServiceData;
}

/** Paths of Digital Link: primary key and qualifiers in the standard's order. */
const paths: Readonly<Record<string, string>> = {
  resolvePack: '/01/:gtin/21/:serial',
  resolvePackOfLot: '/01/:gtin/10/:lot/21/:serial',
  resolvePackOfVariant: '/01/:gtin/22/:cpv/21/:serial',
  resolvePackOfVariantAndLot: '/01/:gtin/22/:cpv/10/:lot/21/:serial',
  resolveLot: '/01/:gtin/10/:lot',
  resolveProduct: '/01/:gtin',
  resolveContainer: '/00/:sscc',
};

/** Contexts of the lightweight messaging standard beside ours. */
const contexts: Readonly<Record<string, VerificationContext>> = {
  dscsaSaleableReturn: 'return',
  ...Object.fromEntries(verificationContexts.map((context) => [context, context])),
};
const verificationLink = 'verificationService';

export function digitalLinkRoutes(services: Services, service: VerificationService): Route[] {
  return [
    ...Object.entries(paths).map(([operationId, path]) =>
      route({
        method: 'get',
        path,
        operationId,
        tag: 'verification',
        summary: 'GS1 Digital Link; `linkType=verificationService` verifies',
        description:
          'Query: `linkType`, `17` (expiry), `10` (lot), `context`, `reqGLN`, `corrUUID` and any further AI. Without `linkType` the default link is the verification.',
        audience: 'public',
        anyQuery: true,
        rateLimit: publicLimit(services.config),
        responses: {
          200: { description: 'what the maker’s verification service says', body: ServiceAnswerView },
          307: { description: 'to the default link' },
        },
        handler: (exchange) => resolve(services, service, exchange),
      }),
    ),
    route({
      method: 'get',
      path: '/.well-known/gs1resolver',
      operationId: 'describeResolver',
      tag: 'verification',
      summary: 'What this GS1 Digital Link resolver supports',
      audience: 'public',
      responses: { 200: { description: 'resolver description file' } },
      handler: async () => ({ status: 200, body: resolverDescription(services.config.publicUrl) }),
    }),
  ];
}

async function resolve(services: Services, service: VerificationService, exchange: Exchange): Promise<Reply> {
  const { raw } = exchange;
  const uri = `${services.config.publicUrl}${raw.originalUrl}`;
  const query = new URL(raw.originalUrl, 'http://localhost').searchParams;
  const linkType = query.get('linkType');
  if (linkType === 'all' || linkType === 'linkset') return linkset(uri);
  if (linkType === null) return redirect(raw.originalUrl);
  if (linkType !== verificationLink && linkType !== `gs1:${verificationLink}`)
    throw new Problem('not_found', { detail: 'there is no link of this type' });
  const asked = askedOf(services, uri, query, exchange);
  const { decision, view } = await service.verify(asked, { caller: exchange.optionalCaller });
  const corrUuid = query.get('corrUUID');
  const body: ServiceAnswerView = {
    verificationTimestamp: view.verifiedAt,
    responderGLN: decision.known.product?.gln ?? services.config.responderGln ?? noGln,
    ...(corrUuid === null ? {} : { corrUUID: corrUuid.slice(0, 64) }),
    data: dataOf(decision),
  };
  return { status: 200, body, headers: { 'cache-control': 'no-store' } };
}

/** Where nobody is known to answer for the product. */
const noGln = '0000000000000';

/** @throws Refusal invalid_identifier; Problem validation_failed */
function askedOf({ clock }: Services, uri: string, query: URLSearchParams, { optionalCaller }: Exchange): Asked {
  const value = (ai: string): string | undefined => parsed.find((element) => element.ai === ai)?.value;
  const parsed = parseDigitalLink(uri);
  const given = query.get('context') ?? 'consumer';
  if (!Object.hasOwn(contexts, given)) throw wrongQuery('context', `one of ${Object.keys(contexts).join(', ')}`);
  const reqGln = query.get('reqGLN');
  if (reqGln !== null && optionalCaller !== undefined && optionalCaller.gln !== reqGln)
    throw new Refusal('actor_in_payload', 'reqGLN is not the premises of the caller', '/query/reqGLN');
  const body: Record<string, string | undefined> = {
    gtin: value('01'),
    serial: value('21'),
    lot: value('10'),
    expiry: value('17'),
    sscc: value('00'),
  };
  const known = Object.fromEntries(Object.entries(body).filter(([, text]) => text !== undefined));
  return readAsked({ ...known, context: contexts[given]! }, optionalCaller, clock());
}

/** Partners get the reason; the public the one uniform failure. Recall, theft and expiry are told to both. */
function dataOf({ asked, audience, known, verdicts }: Decided): ServiceData {
  if (asked.scope !== 'pack') return { verified: false, verificationFailureReason: 'No_match_GTIN_Serial' };
  const answer: ServiceAnswer = serviceAnswerOf(known.facts, verify(known.facts, asked.request));
  if (audience !== 'public' || answer.verified) return answer;
  const { additionalInfo } = verdicts.isAuthentic ? answer : {};
  return {
    verified: false,
    verificationFailureReason: 'No_reason_provided',
    ...(additionalInfo === undefined ? {} : { additionalInfo }),
  };
}

function redirect(url: string): Reply {
  const joined = `${url}${url.includes('?') ? '&' : '?'}linkType=${verificationLink}`;
  return { status: 307, headers: { location: joined } };
}

/** RFC 9264. */
function linkset(uri: string): Reply {
  const anchor = uri.split('?', 1)[0]!;
  const href = `${anchor}?linkType=${verificationLink}`;
  const link = [{ href, title: 'Verification service', type: 'application/json' }];
  return {
    status: 200,
    headers: { 'content-type': 'application/linkset+json' },
    body: {
      linkset: [
        { anchor, 'https://ref.gs1.org/voc/defaultLink': link, 'https://ref.gs1.org/voc/verificationService': link },
      ],
    },
  };
}

function resolverDescription(publicUrl: string): object {
  return {
    name: 'Chain of Care',
    resolverRoot: publicUrl,
    supportedPrimaryKeys: ['01', '00'],
    supportedLinkType: [
      { namespace: 'https://ref.gs1.org/voc/', prefix: 'gs1:', profile: 'https://ref.gs1.org/voc/?show=linktypes' },
    ],
    linkTypeDefaultCanBeLinkset: false,
  };
}

function wrongQuery(name: string, detail: string): Problem {
  return new Problem('validation_failed', {
    errors: [{ pointer: `/query/${name}`, code: 'validation_failed', detail }],
  });
}
