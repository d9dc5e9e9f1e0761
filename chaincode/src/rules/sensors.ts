/** Whether what sensors told can be: EPCIS 2.0 §7.3.7, units of UN/CEFACT Recommendation 20. */
import { Refusal, sensorUnits, type SensorReading, type SensorReadings, type SensorUnit } from '../model/index.ts';

/** Lowest and highest thousandths that nature allows. */
const bounds: Readonly<Partial<Record<SensorUnit, readonly [number, number]>>> = {
  CEL: [-273_150, Infinity],
  KEL: [0, Infinity],
  FAH: [-459_670, Infinity],
  P1: [0, 100_000],
  A93: [0, Infinity],
  A97: [0, Infinity],
  PAL: [0, Infinity],
  LUX: [0, Infinity],
};

/**
 * Requires that sensors told something possible, and nothing after the event.
 *
 * @throws Refusal validation_failed
 */
export function requireSensors(all: readonly SensorReadings[], eventTime: string): void {
  for (const [index, { time, startTime, endTime, reports }] of all.entries()) {
    const at = `/sensorElementList/${index}`;
    if (time !== undefined && (startTime !== undefined || endTime !== undefined))
      throw new Refusal('validation_failed', 'is at a time or over a time', `${at}/sensorMetadata`);
    if (startTime !== undefined && endTime !== undefined && Date.parse(startTime) > Date.parse(endTime))
      throw new Refusal('validation_failed', 'ends before it starts', `${at}/sensorMetadata/endTime`);
    for (const told of [time, startTime, endTime])
      if (told !== undefined && Date.parse(told) > Date.parse(eventTime))
        throw new Refusal('validation_failed', 'is later than the event', `${at}/sensorMetadata`);
    for (const [number, report] of reports.entries()) requirePossible(report, `${at}/sensorReport/${number}`);
  }
}

function requirePossible(report: SensorReading, at: string): void {
  const { type, uom, milliMin, milliMax } = report;
  const units: readonly string[] = sensorUnits[type];
  if (!units.includes(uom))
    throw new Refusal('validation_failed', `${type} is told in ${units.join(', ')}`, `${at}/uom`);
  const values = valuesOf(report);
  if (values.length === 0) throw new Refusal('validation_failed', 'tells no value', at);
  const [least, most] = bounds[uom] ?? [-Infinity, Infinity];
  const [low, high] = [milliMin ?? least, milliMax ?? most];
  if (low > high || values.some((value) => value < least || value > most || value < low || value > high))
    throw new Refusal('validation_failed', 'contradicts itself or nature', at);
}

const valuesOf = ({ milliValue, milliMin, milliMean, milliMax }: SensorReading): number[] =>
  [milliValue, milliMin, milliMean, milliMax].filter((value) => value !== undefined);

export interface Temperatures {
  /** Milli-degrees Celsius. */
  readonly lowest: number;
  readonly highest: number;
  /** The mean where it was told, else the value, else the middle of what was. */
  readonly typical: number;
}

/** The temperatures among what sensors told. */
export function temperaturesIn(all: readonly SensorReadings[]): readonly Temperatures[] {
  return all
    .flatMap(({ reports }) => reports)
    .filter(({ type }) => type === 'Temperature')
    .map((report) => {
      const celsius = valuesOf(report).map((value) => milliCelsius(value, report.uom));
      const [lowest, highest] = [Math.min(...celsius), Math.max(...celsius)];
      const told = report.milliMean ?? report.milliValue;
      return { lowest, highest, typical: told === undefined ? (lowest + highest) / 2 : milliCelsius(told, report.uom) };
    });
}

function milliCelsius(milli: number, uom: SensorUnit): number {
  if (uom === 'KEL') return milli - 273_150;
  return uom === 'FAH' ? Math.round(((milli - 32_000) * 5) / 9) : milli;
}
