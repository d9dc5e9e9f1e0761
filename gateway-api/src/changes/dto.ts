/** What changed about a patient: for the devices of one person. */
import { Type } from 'class-transformer';
import {
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsFormat } from '@chain-of-care/chaincode/model';
import { maxLimit } from '../http/page.ts';
import { changeKinds, type ChangeKind } from '../readmodel/queries/changes.ts';

const sinceForm = /^\d{1,15}\.[A-Za-z0-9_-]*$/;

export class FollowChanges {
  /** From the last answer or event; all there is without it. */
  @IsOptional() @IsString() @MaxLength(256) @Matches(sinceForm) since?: string;
}

export class ListChanges extends FollowChanges {
  @IsOptional() @IsInt() @Min(1) @Max(maxLimit) limit?: number;
}

export class ChangeView {
  @IsIn(changeKinds) kind!: ChangeKind;
  @IsFormat('uuid') id!: string;
  @IsOptional() @IsInt() version?: number;
  @IsInt() blockNumber!: number;
  @IsFormat('date-time-offset') at!: string;
  @IsString() since!: string;
}

export class Changes {
  @IsArray() @ValidateNested({ each: true }) @Type(() => ChangeView) items!: ChangeView[];
  /** To be asked with next time. */
  @IsOptional() @IsString() since?: string;
  /** Whether there is more already. */
  @IsBoolean() more!: boolean;
}
