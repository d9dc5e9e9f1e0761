/** The answer of an integrity check: the chain recomputed, every ciphertext hashed. */
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsIn, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { IsFormat } from '@chain-of-care/chaincode/model';

export class BrokenLinkView {
  @IsInt() sequence!: number;
  @IsOptional() @IsString() recordId?: string;
  @IsOptional() @IsInt() version?: number;
  @IsIn(['missing', 'hash', 'previous_hash', 'head', 'ledger_mismatch', 'content_missing', 'content_altered'])
  reason!: string;
}

export class NewIntegrityCheck {
  /** Hash every ciphertext too, not only the chain. */
  @IsOptional() @IsBoolean() content?: boolean;
}

/** `verifyChainIntegrity` of the client: valid, brokenLinks, totalRecords. */
export class IntegrityCheck {
  @IsBoolean() valid!: boolean;
  @IsArray() @ValidateNested({ each: true }) @Type(() => BrokenLinkView) brokenLinks!: BrokenLinkView[];
  @IsInt() totalRecords!: number;
  @IsInt() checkedCiphertexts!: number;
  @IsFormat('hex-256') head!: string;
  @IsFormat('date-time-offset') checkedAt!: string;
}
