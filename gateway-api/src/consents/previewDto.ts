/** Requests and answers of previews: who could see a record now, and what a change would change. */
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  ValidateNested,
} from 'class-validator';
import {
  IsFormat,
  purposeCodes,
  recordCategories,
  staffRoles,
  type PurposeOfUse,
  type RecordCategory,
  type StaffRole,
} from '@chain-of-care/chaincode/model';
import { AccessBasisView } from '../accesses/dto.ts';
import { NewConsent } from './dto.ts';

/** Exactly one of them. */
export class ConsentChange {
  @IsOptional() @ValidateNested() @Type(() => NewConsent) grant?: NewConsent;
  /** Id of a consent. */
  @IsOptional() @IsFormat('uuid') revoke?: string;
}

export class ConsentQuestion {
  @IsOptional() @IsIn(purposeCodes) purposeOfUse?: PurposeOfUse;
  @IsArray() @ArrayMinSize(1) @ArrayMaxSize(50) @IsFormat('uuid', { each: true }) records!: string[];
  /** A change that is only tried: nothing is signed or written. */
  @IsOptional() @ValidateNested() @Type(() => ConsentChange) change?: ConsentChange;
}

export class PossibleReader {
  @IsFormat('uuid') staffId!: string;
  @IsString() mspId!: string;
  @IsIn(staffRoles) role!: StaffRole;
  @IsOptional() @IsString() department?: string;
  /** The rules by which: the author's department, or consents. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => AccessBasisView) basis!: AccessBasisView[];
}

export class PreviewedRecord {
  @IsFormat('uuid') id!: string;
  @IsInt() version!: number;
  @IsIn(recordCategories) category!: RecordCategory;
  @IsArray() @ValidateNested({ each: true }) @Type(() => PossibleReader) readers!: PossibleReader[];
  /** Of a change: who could read it after, and cannot now; and the other way round. */
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => PossibleReader) gained?: PossibleReader[];
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => PossibleReader) lost?: PossibleReader[];
}

export class ConsentPreview {
  @IsArray() @ValidateNested({ each: true }) @Type(() => PreviewedRecord) records!: PreviewedRecord[];
  /** Members of staff looked at: active, with a role that opens charts and a licence where it needs one. */
  @IsInt() considered!: number;
  /** Of a grant that is tried: what it becomes, with what its template says. */
  @IsOptional() @ValidateNested() @Type(() => NewConsent) grant?: NewConsent;
}
