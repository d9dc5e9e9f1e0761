/** Requests and answers about integrity: the chain recomputed, every ciphertext hashed. */
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsFormat, limits } from '@chain-of-care/chaincode/model';
import { PageQuery } from '../http/page.ts';

/** A record version in the chain. */
export class RecordPlace {
  @IsInt() sequence!: number;
  @IsFormat('uuid') recordId!: string;
  @IsInt() version!: number;
}

export class BrokenLinkView {
  @IsInt() sequence!: number;
  @IsOptional() @IsString() recordId?: string;
  @IsOptional() @IsInt() version?: number;
  @IsIn(['missing', 'hash', 'previous_hash', 'head', 'ledger_mismatch', 'content_missing', 'content_altered'])
  reason!: string;
}

export class NamedVersion {
  @IsFormat('uuid') id!: string;
  @IsInt() @Min(1) version!: number;
}

export class NewIntegrityCheck {
  /** Hash every ciphertext too, not only the chain. */
  @IsOptional() @IsBoolean() content?: boolean;
  /** Compare and hash only these, and say of each what came out; the chain is recomputed all the same. */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(limits.recordsPerAccess)
  @ValidateNested({ each: true })
  @Type(() => NamedVersion)
  records?: NamedVersion[];
}

export class CheckedRecord extends NamedVersion {
  /** The database's entry hashes to what it says, and the ledger says the same. */
  @IsBoolean() blockchainHashVerified!: boolean;
  /** The ciphertext has the hash that both say. */
  @IsOptional() @IsBoolean() integrityVerified?: boolean;
}

/** `verifyChainIntegrity` of the client: valid, brokenLinks, totalRecords. */
export class IntegrityFindings {
  @IsBoolean() valid!: boolean;
  @IsArray() @ValidateNested({ each: true }) @Type(() => BrokenLinkView) brokenLinks!: BrokenLinkView[];
  /** Lost or altered ciphertexts that the replica gave back: whole again. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => RecordPlace) healed!: RecordPlace[];
  @IsInt() totalRecords!: number;
  @IsInt() checkedCiphertexts!: number;
  @IsFormat('hex-256') head!: string;
  /** Of RFC 9162's tree over the entries' hashes (32 bytes each) in the order of the chain. */
  @IsFormat('hex-256') merkleRoot!: string;
  @IsFormat('date-time-offset') checkedAt!: string;
  /** Of the versions that the check named. */
  @IsOptional() @IsArray() @ValidateNested({ each: true }) @Type(() => CheckedRecord) records?: CheckedRecord[];
}

export class IntegrityReport extends IntegrityFindings {
  @IsFormat('uuid') id!: string;
  @IsFormat('uuid') patientId!: string;
  /** Absent: the gateway itself, by its schedule. */
  @IsOptional() @IsFormat('uuid') checkedBy?: string;
  @IsOptional() @IsString() checkedByRole?: string;
}

export class ReportParams {
  @IsFormat('uuid') reportId!: string;
}

export class ListReports extends PageQuery {}
