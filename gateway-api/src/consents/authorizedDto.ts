/** Answers about what consents open to a clinician. */
import { Type } from 'class-transformer';
import { IsArray, IsIn, IsInt, IsOptional, ValidateNested } from 'class-validator';
import {
  IsFormat,
  purposeCodes,
  recordCategories,
  type PurposeOfUse,
  type RecordCategory,
} from '@chain-of-care/chaincode/model';
import { PageQuery } from '../http/page.ts';

export const proofs = ['readmodel', 'ledger'] as const;

export class ListAuthorizedRecords extends PageQuery {
  @IsOptional() @IsIn(purposeCodes) purposeOfUse?: PurposeOfUse;
  /** `ledger`: decided by the own peer on committed state, counters included. */
  @IsOptional() @IsIn(proofs) proof?: (typeof proofs)[number];
}

export class AuthorizedRecord {
  @IsFormat('uuid') id!: string;
  @IsInt() version!: number;
  @IsIn(recordCategories) category!: RecordCategory;
  @IsFormat('clinical-date') clinicalDate!: string;
  /** Consents that permit it. */
  @IsArray() @IsFormat('uuid', { each: true }) consentIds!: string[];
}

export class AuthorizedPatient {
  @IsFormat('uuid') patientId!: string;
  @IsIn(proofs) proof!: (typeof proofs)[number];
  /** The newest of them. */
  @IsArray() @ValidateNested({ each: true }) @Type(() => AuthorizedRecord) records!: AuthorizedRecord[];
}
