/** Sensor elements of EPCIS 2.0 (§7.3.7), values in thousandths of their unit: the ledger holds no fractions. */
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsFormat } from '../core/decorators.ts';

/** Measurement types of the GS1 Web Vocabulary with the units (UN/CEFACT Recommendation 20) in which each is told. */
export const sensorUnits = {
  Temperature: ['CEL', 'KEL', 'FAH'],
  RelativeHumidity: ['P1'],
  AbsoluteHumidity: ['A93'],
  Pressure: ['A97', 'PAL'],
  Illuminance: ['LUX'],
  Acceleration: ['MSK'],
} as const;

export type SensorType = keyof typeof sensorUnits;
export type SensorUnit = (typeof sensorUnits)[SensorType][number];
export const sensorTypes = Object.keys(sensorUnits) as SensorType[];
export const allSensorUnits: readonly SensorUnit[] = Object.values(sensorUnits).flat();
export const sensorLimits = { elements: 16, reports: 8 } as const;
/** A URI: GS1 Digital Link of the device, or any URN. */
export const sensorDevice = /^(?:https:\/\/|urn:)[!-~]{1,200}$/;

const most = 1_000_000_000_000;

export class SensorReading {
  @IsIn(sensorTypes) type!: SensorType;
  @IsIn(allSensorUnits) uom!: SensorUnit;
  @IsOptional() @IsInt() @Min(-most) @Max(most) milliValue?: number;
  @IsOptional() @IsInt() @Min(-most) @Max(most) milliMin?: number;
  @IsOptional() @IsInt() @Min(-most) @Max(most) milliMax?: number;
  @IsOptional() @IsInt() @Min(-most) @Max(most) milliMean?: number;
}

/** At a time, or over a time. */
export class SensorReadings {
  @IsOptional() @IsFormat('date-time-offset') time?: string;
  @IsOptional() @IsFormat('date-time-offset') startTime?: string;
  @IsOptional() @IsFormat('date-time-offset') endTime?: string;
  @IsOptional() @Matches(sensorDevice) device?: string;
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(sensorLimits.reports)
  @ValidateNested({ each: true })
  @Type(() => SensorReading)
  reports!: SensorReading[];
}
