/** Proofs of events for third parties. */
import { Type } from 'class-transformer';
import { IsArray, IsIn, IsInt, IsObject, IsString, ValidateNested } from 'class-validator';
import { IsFormat, memberRoles, type MemberRole } from '@chain-of-care/chaincode/model';
import { route, type Route } from '../http/route.ts';
import type { Services } from '../services.ts';
import { SupplyEventParams } from './eventDto.ts';
import { proofOf, trustAnchors } from './eventProof.ts';
import { supplyRoles } from './roles.ts';
import { viewerOf, visibleTo } from './visibility.ts';

export class ProvenBlockView {
  @IsInt() number!: number;
  @IsString() previousHash!: string;
  @IsString() dataHash!: string;
  @IsArray() @IsString({ each: true }) envelopes!: string[];
  @IsInt() index!: number;
  @IsString() signatures!: string;
}

export class EventProofView {
  @IsIn([1]) v!: 1;
  @IsString() channel!: string;
  @IsString() chaincode!: string;
  @IsFormat('uuid') eventId!: string;
  @IsObject() event!: object;
  @IsString() transactionId!: string;
  @ValidateNested() @Type(() => ProvenBlockView) block!: ProvenBlockView;
  @IsString() attestation!: string;
}

export class TrustedMemberView {
  @IsFormat('msp-id') mspId!: string;
  @IsIn(memberRoles) role!: MemberRole;
  @IsArray() @IsString({ each: true }) roots!: string[];
  @IsArray() @IsString({ each: true }) intermediates!: string[];
}

export class TrustedOrdererView {
  @IsInt() id!: number;
  @IsFormat('msp-id') mspId!: string;
  @IsString() certificate!: string;
}

export class TrustAnchorsView {
  @IsIn([1]) v!: 1;
  @IsString() channel!: string;
  @IsString() chaincode!: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => TrustedMemberView) members!: TrustedMemberView[];
  @IsArray() @ValidateNested({ each: true }) @Type(() => TrustedOrdererView) orderers!: TrustedOrdererView[];
}

export function proofRoutes(services: Services): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/supply-events/:eventId/proof',
      operationId: 'getSupplyEventProof',
      tag: 'supply',
      summary: 'A proof of an event that a third party checks offline',
      description:
        'Event, transaction with its endorsements, block with the signatures of its orderers, and a read endorsed by ' +
        'members that shows it VALID. `npm run verify-proof -- PROOF TRUST` checks it with nothing but the trust anchors.',
      audience: supplyRoles,
      params: SupplyEventParams,
      responses: { 200: { description: 'the proof', body: EventProofView } },
      async handler({ params: { eventId }, caller }) {
        const viewer = await viewerOf(services.readModel.db, services.consortium, caller);
        return { status: 200, body: await proofOf(services, eventId, visibleTo(viewer)) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/trust-anchors',
      operationId: 'getTrustAnchors',
      tag: 'actors',
      summary: 'MSP roots and orderers of the channel, as this gateway\u2019s peer has them',
      description: 'To check proofs, take them once from somebody trusted, or compare those of several members.',
      audience: 'public',
      responses: { 200: { description: 'the anchors', body: TrustAnchorsView } },
      handler: async () => ({ status: 200, body: await trustAnchors(services) }),
    }),
  ];
}
