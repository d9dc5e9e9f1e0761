/** Requests and answers about patients (FHIR Patient, DID document). */
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { IsFormat } from '@chain-of-care/chaincode/model';
import { PageQuery } from '../http/page.ts';
import { subjectPattern } from '../auth/subject.ts';

/** FHIR Identifier: a system and a value, both exact. */
export class PatientIdentifier {
  @IsString() @IsNotEmpty() @MaxLength(256) system!: string;
  @IsString() @IsNotEmpty() @MaxLength(256) value!: string;
}

/** A login that shall act as the patient: the `sub` of the organisation's issuer. */
export class PatientAccount {
  @Matches(subjectPattern) subject!: string;
}

/** FHIR HumanName, as far as people are found and greeted by it. */
export class PatientName {
  @IsOptional() @IsString() @IsNotEmpty() @MaxLength(128) family?: string;
  @IsArray() @ArrayMaxSize(10) @IsString({ each: true }) given!: string[];
}

export class NewPatient {
  @ValidateNested() @Type(() => PatientName) name!: PatientName;
  @IsFormat('calendar-day') birthDate!: string;
  @IsOptional() @IsIn(['male', 'female', 'other', 'unknown']) gender?: string;
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => PatientIdentifier)
  identifiers!: PatientIdentifier[];
  @IsOptional() @ValidateNested() @Type(() => PatientAccount) account?: PatientAccount;
}

/** What is named is replaced, what is not stays. */
export class PatientUpdate {
  @IsOptional() @ValidateNested() @Type(() => PatientName) name?: PatientName;
  @IsOptional() @IsFormat('calendar-day') birthDate?: string;
  @IsOptional() @IsIn(['male', 'female', 'other', 'unknown']) gender?: string;
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => PatientIdentifier)
  identifiers?: PatientIdentifier[];
}

/** Another registration of the same person at this hospital. */
export class OtherRegistration {
  @IsFormat('uuid') patientId!: string;
}

export class PatientLinkView extends OtherRegistration {
  @IsFormat('date-time-offset') linkedAt!: string;
  @IsFormat('uuid') linkedBy!: string;
  @IsOptional() @IsFormat('date-time-offset') endedAt?: string;
}

export class ListLinks extends PageQuery {}

export class ChangedPatient {
  @IsFormat('uuid') id!: string;
  @IsOptional() @IsString() transactionId?: string;
  @IsOptional() @IsInt() blockNumber?: number;
}

/** What the patient shows at another hospital, read out or as a picture. */
export class ReferralCode {
  @IsString() code!: string;
  @IsFormat('date-time-offset') expiresAt!: string;
  /** A QR code of it, SVG. */
  @IsString() svg!: string;
}

export class ShownCode {
  @IsString() @IsNotEmpty() @MaxLength(128) code!: string;
}

export class ReferredPatient {
  @IsFormat('uuid') patientId!: string;
  @IsFormat('msp-id') home!: string;
}

export class RegisteredPatient {
  @IsFormat('uuid') id!: string;
  @IsString() did!: string;
  @IsString() home!: string;
  @IsOptional() @IsString() transactionId?: string;
  @IsOptional() @IsInt() blockNumber?: number;
}

export class PatientView {
  @IsFormat('uuid') id!: string;
  @IsString() home!: string;
  @IsIn(['active', 'deceased']) status!: string;
  @ValidateNested() @Type(() => PatientName) name!: PatientName;
  @IsOptional() @IsFormat('clinical-date') birthDate?: string;
  /** The FHIR Patient of the last import, as it came. */
  @IsOptional() @IsObject() source?: object;
  @IsOptional() @IsString() gender?: string;
  @IsArray() @ValidateNested({ each: true }) @Type(() => PatientIdentifier) identifiers!: PatientIdentifier[];
  @IsFormat('date-time-offset') registeredAt!: string;
  /** Other registrations of the same person. */
  @IsArray() @IsFormat('uuid', { each: true }) links!: string[];
}

export class PatientParams {
  @IsFormat('uuid') patientId!: string;
}

/** `?identifier=system|value`, FHIR's token search, exact. */
export class FindPatients extends PageQuery {
  @IsString() @IsNotEmpty() @MaxLength(513) identifier!: string;
}

/** What a patient hands to another hospital (as a QR code): it leads to what is opened to that hospital, no further. */
export class Referral {
  @IsFormat('uuid') patientId!: string;
  @IsFormat('msp-id') home!: string;
  @IsFormat('hex-128') handle!: string;
  /** X-Wing public key (1,216 bytes, base64url) to which the other hospital seals its reasons for the patient. */
  @IsFormat('base64url') @MaxLength(1622) noteKey!: string;
}
