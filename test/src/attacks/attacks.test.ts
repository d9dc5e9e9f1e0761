import { describe, expect, test } from '@jest/globals';
import { judgeWorld } from './attackWorld.fixture.ts';
import { honest, type Confusion } from './confusion.fixture.ts';
import { mostHonestNoticed, mostHonestStopped, thresholds } from './thresholds.fixture.ts';

/** Weights may be tuned on seed 1; these judge them. A smaller world than the command's, so that it runs in a minute. */
const seeds = (process.env['ATTACK_SEEDS'] ?? '2').split(',').map(Number);
const honestPacks = Number(process.env['ATTACK_HONEST'] ?? 1_000);
const packsOfKind = Number(process.env['ATTACK_PACKS'] ?? 20);

function report(seed: number, confusion: Confusion, seconds: number): void {
  const reasons = confusion.rows.map(({ label }) => {
    const most = confusion.reasons(label).slice(0, 4);
    return `${label.padEnd(20)}  ${most.map(([reason, times]) => `${times} × ${reason}`).join(', ')}`;
  });
  const text = [`seed ${seed}, ${seconds.toFixed(0)} s`, confusion.table(), '', ...reasons];
  process.stdout.write(`${text.join('\n')}\n\n`);
}

describe.each(seeds)('labelled attacks among honest trade, seed %i', (seed) => {
  let confusion: Confusion;

  test('the world is lived through without a surprise', async () => {
    const begun = performance.now();
    confusion = await judgeWorld({ seed, honestPacks, packsOfKind });
    report(seed, confusion, (performance.now() - begun) / 1000);
    const labels = confusion.rows.map(({ label }) => label).filter((label) => label !== honest);
    expect(labels.toSorted()).toEqual(Object.keys(thresholds).toSorted());
    for (const { packs } of confusion.rows) expect(packs).toBeGreaterThanOrEqual(packsOfKind);
  }, 1_200_000);

  test('honest packs are sold: hardly one is looked at twice, none is held back without a cause', () => {
    expect(confusion.stopped(honest)).toBeLessThanOrEqual(mostHonestStopped);
    expect(confusion.noticed(honest)).toBeLessThanOrEqual(mostHonestNoticed);
  });

  test('every kind of attack is noticed, and stopped where the facts prove it', () => {
    const missed = Object.entries(thresholds).flatMap(([kind, { noticed, stopped }]) => {
      const [has, holds] = [confusion.noticed(kind), confusion.stopped(kind)];
      return has >= noticed && holds >= stopped
        ? []
        : [`${kind}: noticed ${has} of ${noticed}, stopped ${holds} of ${stopped}`];
    });
    expect(missed).toEqual([]);
  });
});
