import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ClassBalance } from '../model/index.ts';
import { lockUnits, takeUnits, underWay, unlockUnits } from './quantities.ts';

describe('arithmetic of quantities', () => {
  const locker = { gln: '9506000134352', mspId: 'M' };

  test('units are conserved by every sequence of locks and releases, and locks add up to what is locked', () => {
    const steps = fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 1, max: 50 }), fc.boolean()), { maxLength: 40 });
    fc.assert(
      fc.property(steps, (all) => {
        let balance: Pick<ClassBalance, 'units' | 'locks'> = { units: { active: 100 }, locks: [] };
        for (const [isLock, count, mine] of all) {
          const by = mine ? locker : { mspId: 'R' };
          try {
            balance = isLock
              ? lockUnits(balance, count, by, 'suspect')
              : unlockUnits(balance, count, (lock) => {
                  if (lock.mspId !== by.mspId) throw new RangeError('not the locker');
                });
          } catch {
            continue;
          }
        }
        const { active = 0, locked = 0 } = balance.units;
        expect(active + locked).toBe(100);
        expect(Math.min(active, locked)).toBeGreaterThanOrEqual(0);
        expect(balance.locks.reduce((sum, lock) => sum + lock.units, 0)).toBe(locked);
      }),
    );
  });

  test('taking locked units takes locks along; nothing goes below zero', () => {
    const locked = lockUnits({ units: { active: 10 }, locks: [] }, 10, locker, 'suspect');
    expect(takeUnits(locked, 'locked', 4).locks).toEqual([{ ...locker, reason: 'suspect', units: 6 }]);
    expect(() => takeUnits(locked, 'active', 1)).toThrow('quantity_insufficient');
  });

  test('what is received is taken from what is under way, lot by lot', () => {
    const line = { gtin: '00300021200107', lot: 'BULK-1', units: 10 };
    expect(underWay([line], [{ ...line, units: 4 }])).toEqual([{ ...line, units: 6 }]);
    expect(underWay([line], [line])).toEqual([]);
    expect(() => underWay([line], [{ ...line, lot: 'OTHER' }])).toThrow('not_in_shipment');
  });
});
