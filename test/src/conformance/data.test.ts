import { expect, test } from '@jest/globals';
import { conformanceFolder } from './data.ts';

test('conformance data that is not there fails the suite and says how to name it', () => {
  expect(() => conformanceFolder({ CONFORMANCE_DATA: '/nowhere' })).toThrow(/CONFORMANCE_DATA/);
});
