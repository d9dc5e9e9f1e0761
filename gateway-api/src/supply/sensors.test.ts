import { expect, test } from '@jest/globals';
import { sensorElements, sensorReadings } from './sensors.ts';

test('sensor elements come back from the ledger as they were told, which keeps whole thousandths', () => {
  const told = [
    {
      sensorMetadata: { startTime: '2026-03-01T08:00:00Z', endTime: '2026-03-01T09:00:00Z', deviceID: 'urn:device:1' },
      sensorReport: [
        { type: 'Temperature' as const, uom: 'CEL' as const, minValue: 4.1, meanValue: 22.005, maxValue: 23 },
      ],
    },
    { sensorReport: [{ type: 'RelativeHumidity' as const, uom: 'P1' as const, value: 40.5 }] },
  ];
  const kept = sensorReadings(told);
  expect(kept[0]!.reports).toEqual([
    { type: 'Temperature', uom: 'CEL', milliMin: 4100, milliMean: 22_005, milliMax: 23_000 },
  ]);
  expect(sensorElements(kept)).toEqual(told);
});
