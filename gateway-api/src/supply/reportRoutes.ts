/** Reports over lots: how far a recall has come, and the whole story of a lot. */
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsInt, IsNumber, IsOptional, IsString, ValidateNested } from 'class-validator';
import { IsFormat, normaliseGtin } from '@chain-of-care/chaincode/model';
import { Problem } from '../http/problem.ts';
import { getRoute } from '../http/resourceRoutes.ts';
import type { Route } from '../http/route.ts';
import type { Services } from '../services.ts';
import { LotParams } from './dto.ts';
import { supplyRoles } from './roles.ts';
import { lotReport } from './lotReport.ts';
import { recallEffectiveness } from './recallEffectiveness.ts';
import { maySeeLot, viewerOf } from './visibility.ts';

export class RecallParams {
  @IsFormat('uuid') recallId!: string;
}

export class RecallOutcomesView {
  /** Locked where they are. */
  @IsInt() found!: number;
  /** With the maker, or on the way back. */
  @IsInt() returned!: number;
  @IsInt() destroyed!: number;
  /** With patients. */
  @IsInt() supplied!: number;
  @IsInt() stillOut!: number;
  /** Sampled, exported, checked out, stolen. */
  @IsInt() other!: number;
}

export class RecalledHolderView extends RecallOutcomesView {
  @IsFormat('gln') gln!: string;
  @IsFormat('msp-id') mspId!: string;
  @IsOptional() @IsString() name?: string;
}

export class RecallEffectivenessView {
  @IsFormat('uuid') recallId!: string;
  @IsFormat('gtin') gtin!: string;
  @IsArray() @IsString({ each: true }) lots!: string[];
  @IsInt() commissioned!: number;
  @ValidateNested() @Type(() => RecallOutcomesView) totals!: RecallOutcomesView;
  @IsArray() @ValidateNested({ each: true }) @Type(() => RecalledHolderView) byHolder!: RecalledHolderView[];
}

export class TimelineEntryView {
  @IsFormat('uuid') eventId!: string;
  @IsString() kind!: string;
  @IsFormat('date-time-offset') eventTime!: string;
  @IsFormat('date-time-offset') recordTime!: string;
  @IsOptional() @IsFormat('gln') gln?: string;
  @IsOptional() @IsString() location?: string;
  @IsFormat('msp-id') mspId!: string;
  @IsString() role!: string;
  /** Degrees Celsius. */
  @IsOptional() @IsNumber() temperature?: number;
  @IsString() hash!: string;
  @IsString() signature!: string;
  @IsInt() blockNumber!: number;
}

export class LotStatisticsView {
  @IsInt() totalEvents!: number;
  @IsInt() totalActors!: number;
  @IsNumber() durationDays!: number;
  @IsInt() locationsVisited!: number;
  @IsOptional() @IsNumber() averageTemperature?: number;
  @IsOptional() @IsBoolean() coldChainCompliant?: boolean;
}

export class LotReportView {
  @IsFormat('gtin') gtin!: string;
  @IsString() lot!: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => TimelineEntryView) timeline!: TimelineEntryView[];
  @ValidateNested() @Type(() => LotStatisticsView) statistics!: LotStatisticsView;
}

export function reportRoutes(services: Services): Route[] {
  const { db } = services.readModel;
  const own = services.profile.mspId;
  return [
    getRoute({
      path: '/v1/recalls/:recallId/effectiveness',
      operationId: 'getRecallEffectiveness',
      tag: 'alerts',
      summary: 'How far a recall has come: found, returned, destroyed, supplied, still out, by holder',
      description: 'For the regulator and the maker. Quantities of lots without serials are not in it.',
      audience: ['inspector', 'manufacturer'],
      params: RecallParams,
      of: [RecallEffectivenessView, 'the report'],
      find: async ({ params: { recallId } }) => {
        const rows = await db
          .selectFrom('lot_recalls')
          .innerJoin('products', 'products.gtin', 'lot_recalls.gtin')
          .select(['lot_recalls.gtin', 'lot_recalls.lot', 'products.msp_id as maker'])
          .where('recall_id', '=', recallId)
          .orderBy('lot')
          .execute();
        const [first] = rows;
        if (first === undefined) throw new Problem('not_found');
        if (own !== services.consortium.regulator && own !== first.maker) throw new Problem('not_found');
        const lots = rows.map(({ lot }) => lot);
        const report = await recallEffectiveness(db, first.gtin, lots);
        return { recallId, gtin: first.gtin, lots, ...report };
      },
    }),
    getRoute({
      path: '/v1/products/:gtin/lots/:lot/report',
      operationId: 'getLotReport',
      tag: 'products',
      summary: 'The story of a lot: events with times, places, temperatures and signatures, and figures over it',
      audience: supplyRoles,
      params: LotParams,
      of: [LotReportView, 'the report'],
      find: async ({ params, caller }) => {
        const gtin = normaliseGtin(params.gtin);
        const { lot } = params;
        const known = await db
          .selectFrom('lots')
          .select('lot')
          .where('gtin', '=', gtin)
          .where('lot', '=', lot)
          .executeTakeFirst();
        if (known === undefined) throw new Problem('lot_not_found');
        const viewer = await viewerOf(db, services.consortium, caller);
        if (!(await maySeeLot(db, viewer, gtin, lot))) throw new Problem('organization_not_allowed');
        return { gtin, lot, ...(await lotReport(db, gtin, lot)) };
      },
    }),
  ];
}
