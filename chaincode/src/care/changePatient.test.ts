import { beforeEach, describe, expect, test } from '@jest/globals';
import { applied } from '../ledger/scenario.fixture.ts';
import { CareWorld, type WorldPatient } from './careWorld.fixture.ts';

let world: CareWorld;
let zoe: WorldPatient;
let twin: WorldPatient;
beforeEach(async () => {
  world = await CareWorld.open();
  [zoe, twin] = [await world.patient(), await world.patient()];
});

const link = (more: object = {}, who = world.registrar) =>
  world.act(zoe, who, 'linkPatients', { otherId: twin.patientId, otherHandle: twin.handle, ...more });
const become = (status: string, who = world.registrar) => world.act(zoe, who, 'changePatientStatus', { status });
const links = () =>
  [...world.scenario.ledger.values.values()]
    .filter((value) => value.includes('"t":"patient-link"'))
    .map((value) => JSON.parse(value) as { patientId: string; otherId: string; endedAt?: string });

describe('two registrations of one person', () => {
  test('are linked from both sides by a registrar, and can be parted again', async () => {
    applied(await link());
    const sides = links().map(({ patientId, otherId }) => [patientId, otherId]);
    expect(sides).toHaveLength(2);
    expect(sides).toContainEqual([zoe.patientId, twin.patientId]);
    expect(sides).toContainEqual([twin.patientId, zoe.patientId]);
    expect(await link()).toMatchObject({ code: 'already_exists' });
    applied(await link({ ended: true }));
    expect(links().every(({ endedAt }) => endedAt !== undefined)).toBe(true);
    expect(await link({ ended: true })).toMatchObject({ code: 'not_found' });
    applied(await link());
  });

  test('stay two: nobody else links them, nobody is linked to themselves or under a wrong handle', async () => {
    expect(await link({}, await world.clinician('cardiology'))).toMatchObject({ code: 'role_not_allowed' });
    expect(await link({ otherHandle: zoe.handle })).toMatchObject({ code: 'handle_mismatch' });
    const self = { otherId: zoe.patientId, otherHandle: zoe.handle };
    expect(await link(self)).toMatchObject({ code: 'validation_failed' });
    expect(links()).toEqual([]);
  });
});

test('a death is recorded once and can be taken back, by a registrar alone', async () => {
  expect(await become('deceased', await world.clinician('cardiology'))).toMatchObject({ code: 'role_not_allowed' });
  applied(await become('deceased'));
  expect(await become('deceased')).toMatchObject({ code: 'conflict' });
  applied(await become('active'));
});
