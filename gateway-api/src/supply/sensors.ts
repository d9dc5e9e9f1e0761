/** Sensor elements as EPCIS 2.0 writes them, and as the ledger keeps them. */
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsNumber,
  IsOptional,
  Matches,
  ValidateNested,
} from 'class-validator';
import {
  allSensorUnits,
  IsFormat,
  sensorDevice,
  sensorLimits,
  sensorTypes,
  type SensorReading,
  type SensorReadings,
  type SensorType,
  type SensorUnit,
} from '@chain-of-care/chaincode/model';

/** At a time, or over a time; never after the event. */
export class SensorMetadata {
  @IsOptional() @IsFormat('date-time-offset') time?: string;
  @IsOptional() @IsFormat('date-time-offset') startTime?: string;
  @IsOptional() @IsFormat('date-time-offset') endTime?: string;
  /** URI of the device. */
  @IsOptional() @Matches(sensorDevice) deviceID?: string;
}

/** Values are kept to thousandths of their unit (UN/CEFACT Recommendation 20). */
export class SensorReport {
  @IsIn(sensorTypes) type!: SensorType;
  @IsIn(allSensorUnits) uom!: SensorUnit;
  @IsOptional() @IsNumber() value?: number;
  @IsOptional() @IsNumber() minValue?: number;
  @IsOptional() @IsNumber() maxValue?: number;
  @IsOptional() @IsNumber() meanValue?: number;
}

export class SensorElement {
  @IsOptional() @ValidateNested() @Type(() => SensorMetadata) sensorMetadata?: SensorMetadata;
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(sensorLimits.reports)
  @ValidateNested({ each: true })
  @Type(() => SensorReport)
  sensorReport!: SensorReport[];
}

/** EPCIS's member and the ledger's, in thousandths. */
const values = [
  ['value', 'milliValue'],
  ['minValue', 'milliMin'],
  ['maxValue', 'milliMax'],
  ['meanValue', 'milliMean'],
] as const;

export function sensorReadings(elements: readonly SensorElement[]): SensorReadings[] {
  return elements.map(({ sensorMetadata: { deviceID, ...times } = {}, sensorReport }) => ({
    ...times,
    ...(deviceID === undefined ? {} : { device: deviceID }),
    reports: sensorReport.map(({ type, uom, ...told }): SensorReading => {
      const milli = values.flatMap(([epcis, own]) => (told[epcis] === undefined ? [] : [[own, told[epcis]] as const]));
      return { type, uom, ...Object.fromEntries(milli.map(([own, value]) => [own, Math.round(value * 1000)])) };
    }),
  }));
}

export function sensorElements(readings: readonly SensorReadings[]): SensorElement[] {
  return readings.map(({ device, reports, ...times }) => {
    const sensorMetadata = { ...times, ...(device === undefined ? {} : { deviceID: device }) };
    const sensorReport = reports.map(({ type, uom, ...told }): SensorReport => {
      const whole = values.flatMap(([epcis, own]) => (told[own] === undefined ? [] : [[epcis, told[own] / 1000]]));
      return { type, uom, ...Object.fromEntries(whole) };
    });
    return Object.keys(sensorMetadata).length === 0 ? { sensorReport } : { sensorMetadata, sensorReport };
  });
}
