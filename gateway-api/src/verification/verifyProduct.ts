/** `POST /api/blockchain/verify-product`: the client's address and members, in front of the same verification. */
import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { IsFormat } from '@chain-of-care/chaincode/model';
import { route, type Route } from '../http/route.ts';
import type { Services } from '../services.ts';
import { ProductView } from '../supply/dto.ts';
import { SupplyEventView } from '../supply/eventDto.ts';
import { readAsked } from './asked.ts';
import { verifyProductLimit } from './limits.ts';
import type { VerificationService } from './service.ts';

export class VerifyProduct {
  /** Hyphenated, as labelled. */
  @IsOptional() @Matches(/^[\d-]{10,14}$/) ndc?: string;
  @IsOptional() @Matches(/^\d{8,14}$/) gtin?: string;
  @IsOptional() @IsFormat('gs1-text-20') batchNumber?: string;
  @IsOptional() @IsFormat('gs1-text-20') serialNumber?: string;
  /** What a scanner read from the box. */
  @IsOptional() @IsString() @MaxLength(1024) scan?: string;
}

export class VerifiedProduct {
  @IsFormat('uuid') verificationId!: string;
  @IsBoolean() isAuthentic!: boolean;
  /** `lot`: only a serial proves a box. */
  @IsIn(['pack', 'container', 'lot']) scope!: string;
  @IsOptional() @ValidateNested() @Type(() => ProductView) product?: ProductView;
  @IsArray() @ValidateNested({ each: true }) @Type(() => SupplyEventView) chainOfCustody!: SupplyEventView[];
  /** In the language asked for. */
  @IsArray() @IsString({ each: true }) alerts!: string[];
  @IsInt() riskScore!: number;
  @IsFormat('date-time-offset') verifiedAt!: string;
}

export function verifyProductRoute(services: Services, service: VerificationService): Route {
  return route({
    method: 'post',
    path: '/api/blockchain/verify-product',
    operationId: 'verifyProduct',
    tag: 'verification',
    summary: 'Verifies a product by NDC and batch, by GTIN and serial, or by a scan',
    audience: 'public',
    body: VerifyProduct,
    idempotent: false,
    rateLimit: verifyProductLimit,
    responses: { 200: { description: 'authentic or not, with the risk', body: VerifiedProduct } },
    async handler({ body, optionalCaller, header }) {
      const { batchNumber: lot, serialNumber: serial, ...rest } = body;
      const named = { ...rest, ...(lot === undefined ? {} : { lot }), ...(serial === undefined ? {} : { serial }) };
      const asked = readAsked(named, optionalCaller, services.clock());
      const { view } = await service.verify(asked, { caller: optionalCaller, language: header('accept-language') });
      const {
        verificationId,
        isAuthentic,
        scope,
        product,
        chainOfCustody = [],
        warnings,
        riskScore,
        verifiedAt,
      } = view;
      return {
        status: 200,
        body: {
          verificationId,
          isAuthentic,
          scope,
          chainOfCustody,
          alerts: warnings.map(({ text }) => text),
          riskScore,
          verifiedAt,
          ...(product === undefined ? {} : { product }),
        },
      };
    },
  });
}
