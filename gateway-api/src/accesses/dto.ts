/** Requests and answers about accesses (FHIR AuditEvent): a decided right to read for 15 minutes. */
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
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import {
  consentDecisions,
  IsFormat,
  IsSomeOf,
  limits,
  purposeCodes,
  recordCategories,
  type PurposeOfUse,
  type RecordCategory,
} from '@chain-of-care/chaincode/model';
import { PageQuery } from '../http/page.ts';
import { Referral } from '../patients/dto.ts';
import { Coding, RecordView } from '../records/dto.ts';

export class AskedRecord {
  @IsFormat('uuid') id!: string;
  /** The newest when absent. */
  @IsOptional() @IsInt() @Min(1) version?: number;
}

/** Exactly one of `records` and `categories`. */
export class NewAccess {
  @IsIn(purposeCodes) purposeOfUse!: PurposeOfUse;
  /** Why, in words; sealed to the patient and the accessor's organisation. */
  @IsString() @IsNotEmpty() @MaxLength(1024) reason!: string;
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(limits.recordsPerAccess)
  @ValidateNested({ each: true })
  @Type(() => AskedRecord)
  records?: AskedRecord[];
  @IsOptional()
  @IsSomeOf(recordCategories)
  categories?: RecordCategory[];
  /** The first time at a hospital that is not the patient's home: what the patient handed over. */
  @IsOptional() @ValidateNested() @Type(() => Referral) referral?: Referral;
}

export class AccessBasisView {
  @IsIn(['self', 'author', 'consent', 'token']) kind!: string;
  @IsOptional() @IsFormat('uuid') consentId?: string;
  @IsOptional() @IsFormat('uuid') tokenId?: string;
}

export class AccessView {
  @IsFormat('uuid') id!: string;
  @IsFormat('uuid') patientId!: string;
  @IsIn(consentDecisions) decision!: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => AccessBasisView) basis!: AccessBasisView[];
  /** Records asked for that no basis permits. */
  @IsInt() @Min(0) withheld!: number;
  @IsFormat('date-time-offset') servesUntil!: string;
  @IsOptional() @IsString() transactionId?: string;
  @IsOptional() @IsInt() blockNumber?: number;
}

/** A record as an access shows it: open facts and what was sealed beside the content. */
export class AccessedRecord extends RecordView {
  @IsOptional() @IsString() title?: string;
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => Coding) coding?: Coding[];
  @IsOptional() @IsString() exactTime?: string;
  @IsOptional() @IsString() facility?: string;
  @IsOptional() @IsString() mediaType?: string;
  /**
   * Permitted, but no key of it is sealed to the reader yet: its description and content stay closed until the patient's
   * keys seal one.
   */
  @IsOptional() @IsBoolean() keyMissing?: boolean;
  /** What the database says of the record is what the ledger says. */
  @IsBoolean() blockchainHashVerified!: boolean;
  /** The content has the hash that both say; only where the query asks to `verify`. */
  @IsOptional() @IsBoolean() integrityVerified?: boolean;
}

/** That content of a record was served to somebody else than the patient. */
export class ReadReceipt {
  @IsFormat('uuid') accessId!: string;
  @IsFormat('uuid') recordId!: string;
  @IsInt() @Min(1) version!: number;
  @IsString() accessorId!: string;
  @IsString() accessorOrg!: string;
  @IsFormat('date-time-offset') firstReadAt!: string;
}

export class ListReceipts extends PageQuery {}

export class AccessParams {
  @IsFormat('uuid') accessId!: string;
}

export class AccessContentParams extends AccessParams {
  @IsFormat('uuid') recordId!: string;
}

export class ContentQuery {
  @IsOptional() @IsInt() @Min(1) version?: number;
}
