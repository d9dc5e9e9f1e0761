import { describe, expect, test } from '@jest/globals';
import { alertActs, alertReasons, alertStatuses, Refusal, type AlertStatus } from '../model/index.ts';
import { alertTransitions, decideAlert, positionsOf, type AlertActor, type AlertPosition } from './alertLifecycle.ts';

const alert = {
  mspId: 'HospitalMSP',
  gln: 'pharmacy',
  makerMspId: 'PharmaMSP',
  assignee: { mspId: 'DistributorMSP', gln: 'warehouse' },
  source: 'report' as const,
};
const actors: Readonly<Record<AlertPosition, AlertActor>> = {
  regulator: { mspId: 'RegulatorMSP', memberRole: 'regulator', role: 'inspector' },
  maker: { mspId: 'PharmaMSP', memberRole: 'pharma', role: 'manufacturer', gln: 'plant' },
  assignee: { mspId: 'DistributorMSP', memberRole: 'pharma', role: 'distributor', gln: 'warehouse' },
  reporter: { mspId: 'HospitalMSP', memberRole: 'hospital', role: 'pharmacist', gln: 'pharmacy' },
};
const strangers: readonly AlertActor[] = [
  { ...actors.assignee, gln: 'other warehouse' },
  { ...actors.maker, mspId: 'OtherPharmaMSP' },
  { ...actors.reporter, gln: 'other pharmacy' },
  { ...actors.regulator, role: 'administrator' },
];
const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'done';
  } catch (error) {
    return (error as Refusal).code;
  }
};

describe('the life cycle of an alert', () => {
  const cells = alertActs.flatMap((act) =>
    alertStatuses.flatMap((status) =>
      (Object.keys(actors) as AlertPosition[]).map((position) => ({ act, status, position })),
    ),
  );

  test.each(cells)('$act by the $position of an alert that is $status', ({ act, status, position }) => {
    const row = alertTransitions[act];
    const code = codeOf(() => decideAlert(actors[position], { ...alert, status }, act, row.reasons[0]!));
    expect(code).toBe(
      !row.positions.includes(position) ? 'not_responsible' : row.from.includes(status) ? 'done' : 'wrong_state',
    );
  });

  test.each(alertActs)('%s takes its own reasons and no others', (act) => {
    const { from, reasons } = alertTransitions[act];
    const taken = alertReasons.filter(
      (reason) => codeOf(() => decideAlert(actors.regulator, { ...alert, status: from[0]! }, act, reason)) === 'done',
    );
    expect(taken.toSorted()).toEqual([...reasons].toSorted());
  });

  test('everybody else is nobody to it, also in the same organisation', () => {
    for (const stranger of strangers) expect(positionsOf(stranger, alert)).toEqual([]);
    for (const [position, actor] of Object.entries(actors)) expect(positionsOf(actor, alert)).toEqual([position]);
  });

  test('from open every way ends in resolved, and nothing leads out of it', () => {
    const rows = Object.values(alertTransitions);
    const reached = new Set<AlertStatus>(['open']);
    for (let grown = -1; grown !== reached.size;) {
      grown = reached.size;
      for (const { from, to } of rows) if (from.some((status) => reached.has(status))) reached.add(to);
    }
    expect([...reached].toSorted()).toEqual([...alertStatuses].toSorted());
    expect(rows.filter(({ from }) => from.includes('resolved'))).toEqual([]);
  });

  test('the maker does not end an alarm about its own product', () => {
    expect(alertTransitions.dismiss.positions).not.toContain('maker');
    expect(alertTransitions.resolve.positions).not.toContain('maker');
  });
});
