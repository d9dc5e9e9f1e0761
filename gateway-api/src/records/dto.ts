/** Requests and answers about records (FHIR DocumentReference). */
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import {
  confidentialities,
  IsFormat,
  recordCategories,
  type Confidentiality,
  type RecordCategory,
} from '@chain-of-care/chaincode/model';
import { PageQuery } from '../http/page.ts';

/** FHIR Coding. */
export class Coding {
  @IsString() @IsNotEmpty() @MaxLength(256) system!: string;
  @IsString() @IsNotEmpty() @MaxLength(64) code!: string;
  @IsOptional() @IsString() @MaxLength(512) display?: string;
}

/** What is sealed beside the content: for whoever may open the record. */
export class RecordDescription {
  @IsOptional() @IsString() @MaxLength(512) title?: string;
  @IsOptional() @IsArray() @ArrayMaxSize(50) @ValidateNested({ each: true }) @Type(() => Coding) coding?: Coding[];
  @IsOptional() @IsFormat('date-time-offset') exactTime?: string;
  @IsOptional() @IsString() @MaxLength(512) facility?: string;
  @IsString() @IsNotEmpty() @MaxLength(128) mediaType!: string;
}

/** A record with its content inline, base64url, at most 1 MiB; larger ones are streamed. */
export class NewRecord extends RecordDescription {
  @IsIn(recordCategories) category!: RecordCategory;
  @IsOptional() @IsIn(confidentialities) confidentiality?: Confidentiality;
  /** Local date of care: a day, month or year. */
  @IsFormat('clinical-date') clinicalDate!: string;
  @IsFormat('base64url') @MaxLength(1_400_000) content!: string;
}

/** Describes a streamed record: the query beside the bytes. */
export class UploadQuery {
  @IsIn(recordCategories) category!: RecordCategory;
  @IsOptional() @IsIn(confidentialities) confidentiality?: Confidentiality;
  @IsFormat('clinical-date') clinicalDate!: string;
}

export class RecordVersionView {
  @IsFormat('uuid') id!: string;
  @IsInt() @Min(1) version!: number;
}

export class AppendedRecords {
  @IsArray() @ValidateNested({ each: true }) @Type(() => RecordVersionView) records!: RecordVersionView[];
  @IsOptional() @IsString() transactionId?: string;
  @IsOptional() @IsInt() blockNumber?: number;
}

/** The open facts of a record; what is sealed is opened under an access. */
export class RecordView {
  @IsFormat('uuid') id!: string;
  @IsFormat('uuid') patientId!: string;
  @IsInt() @Min(1) version!: number;
  @IsIn(recordCategories) category!: RecordCategory;
  @IsIn(confidentialities) confidentiality!: Confidentiality;
  @IsFormat('clinical-date') clinicalDate!: string;
  @IsString() authorOrg!: string;
  @IsString() authorGroup!: string;
  @IsFormat('date-time-offset') recordTime!: string;
  @IsFormat('cid') cid!: string;
  @IsInt() size!: number;
  @IsInt() sequence!: number;
  @IsFormat('hex-256') hash!: string;
}

export class ListRecords extends PageQuery {
  @IsOptional() @IsIn(recordCategories) category?: RecordCategory;
}

export class RecordParams {
  @IsFormat('uuid') recordId!: string;
}
