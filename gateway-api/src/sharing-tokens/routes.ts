import { Readable } from 'node:stream';
import { stateOfToken } from '@chain-of-care/chaincode/rules';
import type { Caller } from '../auth/caller.ts';
import { chartRoles, patientSide } from '../auth/audiences.ts';
import { withAccessId } from '../accesses/routes.ts';
import { page } from '../http/page.ts';
import { Problem } from '../http/problem.ts';
import { parseRange } from '../http/range.ts';
import { route, type Route } from '../http/route.ts';
import { transactionMembers } from '../http/transaction.ts';
import { isOnPatientSide, requireOwnPatient } from '../patients/access.ts';
import { PatientParams } from '../patients/dto.ts';
import { sharingTokenById, sharingTokensOfPatient, type SharingTokenFact } from '../readmodel/queries/sharingTokens.ts';
import { recordView } from '../records/view.ts';
import { whilePermitted, type Flowing } from '../accesses/whilePermitted.ts';
import { accessById } from '../readmodel/queries/care.ts';
import type { Services } from '../services.ts';
import {
  CreatedSharingToken,
  ListSharingTokens,
  NewSharingToken,
  NewTokenRedemption,
  RevokedSharingToken,
  SharedContentParams,
  SharingTokenParams,
  SharingTokenView,
  TokenRedemption,
} from './dto.ts';
import { sharedContent, sharedRecords } from './serve.ts';
import { createToken, redeemToken, revokeToken } from './tokens.ts';

/** Header in which possession of a token is proven again, for content. */
const redeemHeader = 'x-token-redeem';
const redemptionsAMinute = 30;

/** Sharing tokens: record versions shared by a secret, for hours, single use or not, with anybody or one person. */
export function sharingTokenRoutes(services: Services): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/patients/:patientId/sharing-tokens',
      operationId: 'createSharingToken',
      tag: 'sharing tokens',
      summary: 'Shares records by a secret, with whoever shows it or with one person',
      audience: patientSide,
      params: PatientParams,
      body: NewSharingToken,
      responses: { 201: { description: 'the secret, shown once', body: CreatedSharingToken } },
      async handler({ params, body, caller, idempotency }) {
        await requireOwnPatient(services, caller, params.patientId);
        const created = await createToken(services, caller, params.patientId, body, idempotency);
        const { tokenId: id, secret, expiresAt, transaction } = created;
        return { status: 201, body: { id, secret, expiresAt, ...transactionMembers(transaction) } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/patients/:patientId/sharing-tokens',
      operationId: 'listSharingTokens',
      tag: 'sharing tokens',
      summary: "The patient's sharing tokens, ended ones too",
      audience: patientSide,
      params: PatientParams,
      query: ListSharingTokens,
      responses: { 200: { description: 'newest first', list: SharingTokenView } },
      async handler(exchange) {
        const { patientId } = exchange.params;
        await requireOwnPatient(services, exchange.caller, patientId);
        const found = await sharingTokensOfPatient(services.readModel.db, patientId, exchange.query);
        const views = found.items.map((token) => tokenView(token, services.clock()));
        return page(exchange, views, found.nextCursor);
      },
    }),
    route({
      method: 'post',
      path: '/v1/sharing-tokens/:tokenId/revocation',
      operationId: 'revokeSharingToken',
      tag: 'sharing tokens',
      summary: 'Ends a token; accesses that run under it are served no more',
      audience: patientSide,
      params: SharingTokenParams,
      responses: { 201: { description: 'revoked', body: RevokedSharingToken } },
      async handler({ params: { tokenId }, caller, idempotency }) {
        const token = await ownToken(services, caller, tokenId);
        const { result, transaction } = await revokeToken(services, caller, token, idempotency);
        const { revokedAt } = result;
        return { status: 201, body: { id: tokenId, revokedAt, ...transactionMembers(transaction) } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/token-redemptions',
      operationId: 'redeemSharingToken',
      tag: 'sharing tokens',
      summary: 'Redeems a token: an access, committed before anything is served',
      description: 'Without an account as bearer. An ended token is refused, and the refusal is in the audit.',
      audience: 'public',
      rateLimit: { windowMs: 60_000, limit: redemptionsAMinute, of: 'public' },
      body: NewTokenRedemption,
      responses: {
        201: { description: 'the records, their keys for the holder of the secret', body: TokenRedemption },
      },
      async handler({ body, optionalCaller, idempotency }) {
        requireReader(optionalCaller);
        const redeemed = await redeemToken(services, optionalCaller, body, idempotency).catch(withAccessId);
        const { token, result, transaction } = redeemed;
        const records = (await sharedRecords(services, token)).map(({ wrapped, sealed, ...fact }) => ({
          ...recordView({ ...fact, sealed }),
          wrappedKey: wrapped,
          sealed,
        }));
        const { accessId: id, servesUntil } = result;
        const { tokenId } = token;
        return { status: 201, body: { id, tokenId, servesUntil, records, ...transactionMembers(transaction) } };
      },
    }),
    route({
      method: 'get',
      path: '/v1/token-redemptions/:accessId/records/:recordId/ciphertext',
      operationId: 'readSharedContent',
      tag: 'sharing tokens',
      summary: 'Ciphertext of a shared record under the access, for who shows the proof of possession again',
      description: `The proof comes in the header \`${redeemHeader}\`. The holder of the secret opens the ciphertext.`,
      audience: 'public',
      params: SharedContentParams,
      responses: {
        200: { description: 'the envelope', contentType: 'application/octet-stream' },
        206: { description: 'the range asked for', contentType: 'application/octet-stream' },
      },
      async handler({ params, optionalCaller, header }) {
        const shared = () => sharedContent(services, optionalCaller, header(redeemHeader), params);
        const accessorId = optionalCaller?.id ?? 'bearer';
        const access = await accessById(services.readModel.db, params.accessId);
        if (access === undefined) throw new Problem('access_not_found');
        return whilePermitted(services, { patientId: access.patientId, accessorId }, async () => ({
          reply: await ciphertextReply(await shared(), header('range')),
          decide: shared,
        }));
      },
    }),
  ];
}

async function ciphertextReply(
  { fact, ciphertext }: Awaited<ReturnType<typeof sharedContent>>,
  rangeHeader: string | undefined,
): Promise<Flowing['reply']> {
  const range = parseRange(rangeHeader, fact.size);
  const partial = range === undefined ? {} : { 'content-range': `bytes ${range.start}-${range.end}/${fact.size}` };
  return {
    status: range === undefined ? 200 : 206,
    headers: { 'content-type': 'application/octet-stream', 'cache-control': 'no-store', ...partial },
    stream:
      range === undefined
        ? Readable.from(ciphertext.stream())
        : Readable.from([await ciphertext.read(range.start, range.end + 1)]),
  };
}

/** Who has an account redeems as who they are. @throws Problem role_not_allowed for staff who read no charts */
function requireReader(caller: Caller | undefined): void {
  if (caller !== undefined && !chartRoles.includes(caller.role)) throw new Problem('role_not_allowed');
}

/** @throws Problem token_not_found, also for somebody else's */
async function ownToken(services: Services, caller: Caller, tokenId: string): Promise<SharingTokenFact> {
  const token = await sharingTokenById(services.readModel.db, tokenId);
  if (token === undefined || !(await isOnPatientSide(services, caller, token.patientId)))
    throw new Problem('token_not_found');
  return token;
}

function tokenView(
  { tokenId: id, redeemHash: _hash, keys, spentBy, ...token }: SharingTokenFact,
  timeMs: number,
): SharingTokenView {
  const spent = spentBy === undefined ? {} : { spentBy };
  const status = stateOfToken({ ...token, ...spent }, token.revokedAt !== undefined, timeMs);
  const records = keys.map(({ recordId, version }) => ({ id: recordId, version }));
  return { id, ...token, records, status };
}
