/** Requests and answers about accesses that somebody should look at. */
import { IsArray, IsIn, IsNotEmpty, IsOptional, IsString, MaxLength } from 'class-validator';
import { IsFormat, unusualKinds, type UnusualKind } from '@chain-of-care/chaincode/model';
import { PageQuery } from '../http/page.ts';

/** `acknowledged`: the patient has seen it. `answered`: a privacy officer has said what it was. */
export const reviewStatuses = ['open', 'acknowledged', 'answered'] as const;
export type ReviewStatus = (typeof reviewStatuses)[number];

export const reviewOutcomes = ['justified', 'unjustified'] as const;
export type ReviewOutcome = (typeof reviewOutcomes)[number];

export class AccessReview {
  @IsFormat('uuid') id!: string;
  /** The access: its event in the audit has purpose, basis and what was asked for. */
  @IsFormat('uuid') accessId!: string;
  @IsFormat('uuid') patientId!: string;
  @IsFormat('uuid') accessorId!: string;
  @IsString() accessorOrg!: string;
  @IsString() accessorRole!: string;
  /** What is unusual in it. */
  @IsArray() @IsIn(unusualKinds, { each: true }) kinds!: readonly UnusualKind[];
  @IsIn(reviewStatuses) status!: ReviewStatus;
  @IsFormat('date-time-offset') raisedAt!: string;
  @IsOptional() @IsFormat('date-time-offset') acknowledgedAt?: string;
  @IsOptional() @IsFormat('date-time-offset') answeredAt?: string;
  @IsOptional() @IsFormat('uuid') answeredBy?: string;
  @IsOptional() @IsIn(reviewOutcomes) outcome?: ReviewOutcome;
  /** The privacy officer's, in words. */
  @IsOptional() @IsString() explanation?: string;
}

export class ReviewParams {
  @IsFormat('uuid') reviewId!: string;
}

export class ListReviews extends PageQuery {
  @IsOptional() @IsIn(reviewStatuses) status?: ReviewStatus;
  @IsOptional() @IsIn(unusualKinds) kind?: UnusualKind;
  @IsOptional() @IsFormat('uuid') accessor?: string;
  @IsOptional() @IsFormat('uuid') patient?: string;
}

export class ReviewAnswer {
  @IsIn(reviewOutcomes) outcome!: ReviewOutcome;
  /** For the patient; kept sealed. */
  @IsString() @IsNotEmpty() @MaxLength(1024) explanation!: string;
}

export class OwnChart {
  @IsFormat('uuid') patientId!: string;
}

export class NotedChart {
  @IsFormat('uuid') staffId!: string;
  @IsFormat('uuid') patientId!: string;
  @IsFormat('date-time-offset') notedAt!: string;
}
