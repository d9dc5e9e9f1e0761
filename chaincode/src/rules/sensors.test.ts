import { describe, expect, test } from '@jest/globals';
import type { SensorReading, SensorReadings } from '../model/index.ts';
import { requireSensors, temperaturesIn } from './sensors.ts';

const eventTime = '2026-03-01T10:00:00+01:00';
const of = (report: Partial<SensorReading>, more: Partial<SensorReadings> = {}): SensorReadings[] => [
  { ...more, reports: [{ type: 'Temperature', uom: 'CEL', ...report }] },
];
const refused = (all: SensorReadings[]) => {
  try {
    requireSensors(all, eventTime);
    return undefined;
  } catch (error) {
    return (error as { pointer?: string }).pointer;
  }
};

describe('what sensors tell', () => {
  test('22 °C at the time of the event, or over a time before it, is taken', () => {
    expect(refused(of({ milliValue: 22_000 }, { time: '2026-03-01T09:00:00Z' }))).toBeUndefined();
    const window = { startTime: '2026-02-28T09:00:00Z', endTime: '2026-03-01T08:00:00Z' };
    expect(refused(of({ milliMin: 20_500, milliMean: 22_000, milliMax: 23_000 }, window))).toBeUndefined();
  });

  test.each([
    [
      'later than the event',
      of({ milliValue: 1 }, { time: '2026-03-01T09:00:01Z' }),
      '/sensorElementList/0/sensorMetadata',
    ],
    [
      'over before it began',
      of({ milliValue: 1 }, { startTime: '2026-03-01T08:00:00Z', endTime: '2026-03-01T07:00:00Z' }),
      '/sensorElementList/0/sensorMetadata/endTime',
    ],
    [
      'at a time and over a time',
      of({ milliValue: 1 }, { time: '2026-03-01T08:00:00Z', startTime: '2026-03-01T07:00:00Z' }),
      '/sensorElementList/0/sensorMetadata',
    ],
    ['without a value', of({}), '/sensorElementList/0/sensorReport/0'],
    ['in a unit of something else', of({ milliValue: 1, uom: 'LUX' }), '/sensorElementList/0/sensorReport/0/uom'],
    ['colder than nature', of({ milliValue: -273_151 }), '/sensorElementList/0/sensorReport/0'],
    ['with a mean outside', of({ milliMin: 1, milliMean: 4, milliMax: 3 }), '/sensorElementList/0/sensorReport/0'],
    ['with a minimum over its maximum', of({ milliMin: 4, milliMax: 3 }), '/sensorElementList/0/sensorReport/0'],
  ])('%s is refused', (_, all, pointer) => {
    expect(refused(all)).toBe(pointer);
  });

  test('temperatures are compared in Celsius whatever they were told in', () => {
    const all = [...of({ milliValue: 295_150, uom: 'KEL' }), ...of({ milliMin: 68_000, milliMax: 86_000, uom: 'FAH' })];
    expect(temperaturesIn(all)).toEqual([
      { lowest: 22_000, highest: 22_000, typical: 22_000 },
      { lowest: 20_000, highest: 30_000, typical: 25_000 },
    ]);
    const humid: SensorReadings[] = [{ reports: [{ type: 'RelativeHumidity', uom: 'P1', milliValue: 40_000 }] }];
    expect(temperaturesIn(humid)).toEqual([]);
  });
});
