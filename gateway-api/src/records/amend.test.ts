import { expect, test } from '@jest/globals';
import { continuedVersion } from './amend.ts';

const continued = (header: string | undefined, version: number): number =>
  continuedVersion({ header: () => header }, { version } as never);

test('a change continues the newest version, or the one before when it is a repeat', () => {
  expect([continued('"v3"', 3), continued('"v2"', 3), continued('*', 3)]).toEqual([3, 2, 3]);
});

test.each(['"v0"', '"v2"', 'v1', '"v1'])('a version that never was is no precondition that holds: %s', (header) => {
  expect(() => continued(header, 1)).toThrow(expect.objectContaining({ status: 412, code: 'precondition_failed' }));
});

test('a change that names no version is refused', () => {
  expect(() => continued(undefined, 1)).toThrow(expect.objectContaining({ status: 428 }));
});
