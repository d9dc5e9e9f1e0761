/** Answers of the client's addresses about the system. */
import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsIn, IsInt, IsOptional, IsString, ValidateNested } from 'class-validator';
import { IsFormat } from '@chain-of-care/chaincode/model';

/** Contracts that have a self-test. */
export const testedContracts = ['care', 'registry', 'supply'] as const;

export class SystemStatus {
  @IsIn(['operational', 'degraded']) status!: string;
  @IsString() organization!: string;
  @IsBoolean() ledgerReachable!: boolean;
  /** Number of the last block that the read model shows. */
  @IsOptional() @IsInt() blockHeight?: number;
  /** Blocks that the peer delivered and the read model does not show yet. */
  @IsInt() blocksBehind!: number;
  @IsInt() pendingPrivateWrites!: number;
  @IsFormat('date-time-offset') checkedAt!: string;
}

export class SelfTestStep {
  @IsString() name!: string;
  @IsBoolean() ok!: boolean;
  @IsInt() milliseconds!: number;
  /** Why it failed. */
  @IsOptional() @IsString() code?: string;
}

export class SelfTest {
  @IsBoolean() ok!: boolean;
  @IsArray() @ValidateNested({ each: true }) @Type(() => SelfTestStep) steps!: SelfTestStep[];
}

export class ContractParams {
  @IsIn(testedContracts) contract!: (typeof testedContracts)[number];
}
