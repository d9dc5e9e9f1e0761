/** Answers of imports and of the directory they fill. */
import { IsIn, IsInt, IsNotEmpty, IsObject, IsOptional, IsString, MaxLength } from 'class-validator';

export class ImportQuery {
  /** The author states that the bundle's Patient is the patient of the chart although no identifier shows it. Audited. */
  @IsOptional() @IsIn(['confirmed']) subject?: 'confirmed';
}

export class DirectoryQuery {
  @IsString() @IsNotEmpty() @MaxLength(64) type!: string;
  @IsString() @IsNotEmpty() @MaxLength(512) source!: string;
}

export class DirectoryEntryView {
  @IsString() resourceType!: string;
  @IsString() sourceId!: string;
  @IsString() name!: string;
  @IsObject() resource!: object;
}

/** An operation of the kind `import`; its result counts what went where. */
export class ImportOperation {
  @IsString() id!: string;
  @IsString() kind!: string;
  @IsString() status!: string;
  @IsOptional() @IsObject() progress?: object;
  @IsOptional() @IsInt() records?: number;
}
