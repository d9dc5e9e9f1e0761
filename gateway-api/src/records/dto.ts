/** Requests and answers about records (FHIR DocumentReference). */
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import {
  confidentialities,
  IsFormat,
  recordCategories,
  withdrawals,
  type Confidentiality,
  type RecordCategory,
  type Withdrawal,
} from '@chain-of-care/chaincode/model';
import { PageQuery } from '../http/page.ts';
import { recordStatuses, type RecordStatus } from '../readmodel/queries/records.ts';

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

/** A further version of a record: category and id stay, everything else is said anew. */
export class Amendment extends RecordDescription {
  /** That of the version before, when absent. */
  @IsOptional() @IsIn(confidentialities) confidentiality?: Confidentiality;
  @IsFormat('clinical-date') clinicalDate!: string;
  @IsFormat('base64url') @MaxLength(1_400_000) content!: string;
}

/** Describes a streamed further version. */
export class AmendmentQuery {
  @IsOptional() @IsIn(confidentialities) confidentiality?: Confidentiality;
  @IsFormat('clinical-date') clinicalDate!: string;
}

export class Withdrawing {
  /** `entered-in-error` when absent; `wrong-patient`: right, but about somebody else than the patient of the chart. */
  @IsOptional() @IsIn(withdrawals) reason?: Withdrawal;
}

/** What the header `Record-Description` of a streamed record holds: base64url of this as JSON. */
export class UploadDescription {
  @IsOptional() @IsString() @MaxLength(512) title?: string;
  @IsOptional() @IsArray() @ArrayMaxSize(50) @ValidateNested({ each: true }) @Type(() => Coding) coding?: Coding[];
  @IsOptional() @IsFormat('date-time-offset') exactTime?: string;
  @IsOptional() @IsString() @MaxLength(512) facility?: string;
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
  @IsFormat('uuid') authorId!: string;
  @IsString() authorOrg!: string;
  @IsString() authorGroup!: string;
  /** Why the record counts no longer; its earlier versions stay in the chain. */
  @IsOptional() @IsIn(withdrawals) withdrawn?: Withdrawal;
  @IsFormat('date-time-offset') recordTime!: string;
  @IsFormat('cid') cid!: string;
  @IsInt() size!: number;
  @IsInt() sequence!: number;
  @IsFormat('hex-256') hash!: string;
}

const fhirDate = /^(eq|ne|ge|gt|le|lt|sa|eb)?\d{4}(-\d{2}(-\d{2})?)?$/;

/** By open facts. All that is named holds; of a list, any. */
export class ListRecords extends PageQuery {
  @IsOptional() @IsArray() @ArrayMinSize(1) @IsIn(recordCategories, { each: true }) category?: RecordCategory[];
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @IsIn(confidentialities, { each: true })
  confidentiality?: Confidentiality[];
  /** The day of care, FHIR's date search: `ge2025-01-01`, `lt2026`; two of them are a period. */
  @IsOptional() @IsArray() @ArrayMinSize(1) @ArrayMaxSize(4) @Matches(fhirDate, { each: true }) date?: string[];
  /** Staff id. */
  @IsOptional() @IsFormat('uuid') author?: string;
  @IsOptional() @IsFormat('msp-id') organization?: string;
  @IsOptional() @IsString() @MaxLength(64) department?: string;
  /** `current` when absent: the newest version of each record that was not withdrawn. */
  @IsOptional() @IsIn(recordStatuses) status?: RecordStatus;
  /** Also count what the whole list holds, as `total`. */
  @IsOptional() @IsBoolean() total?: boolean;
}

export class ListVersions extends PageQuery {}

/** Also by what is sealed beside the content. */
export class SearchRecords extends ListRecords {
  /** `system|code`, or a code of any system; exact. */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(321) code?: string;
  /** Contained in the facility's name, whatever the case. */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(128) facility?: string;
  /** Contained in the title, whatever the case. */
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(128) title?: string;
  /** Also hash each ciphertext: `integrityVerified` of every item says what came out. */
  @IsOptional() @IsBoolean() verify?: boolean;
}

export class RecordParams {
  @IsFormat('uuid') recordId!: string;
}
