import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { inboxOf } from '../notifications/inbox.ts';
import { ledgerWithLot, openNotifications, own, pharmacist, until } from '../notifications/notifications.fixture.ts';
import type { Notifications } from '../notifications/notifications.ts';
import { readModelInMemory } from '../readmodel/readModel.fixture.ts';
import type { ReadModel } from '../readmodel/index.ts';
import { consentEndNotices } from './endNotices.ts';
import { ConsentEndWatch } from './endWatch.ts';

const dayMs = 24 * 3600_000;
const start = Date.parse('2026-03-01T09:00:00Z');
let model: ReadModel;
let notifications: Notifications;
let nowMs: number;
let patient: string;
const instant = (ms: number): string => new Date(ms).toISOString();
const at = (days: number): string => instant(start + days * dayMs);
const settings = { mspId: own, clock: () => nowMs, noticeDays: 7 };

const open = async (): Promise<void> => {
  notifications = await openNotifications(model, { sources: [consentEndNotices(settings)], clock: settings.clock });
  notifications.start();
  await notifications.settled();
};

beforeEach(async () => {
  nowMs = start;
  model = await readModelInMemory();
  await model.catchUp(ledgerWithLot(), 0n);
  patient = await newPatient();
  await open();
}, 120_000);
afterEach(async () => {
  await notifications.stop();
  await model.close();
});

async function newPatient(home = own): Promise<string> {
  const id = randomUUID();
  const values = { patient_id: id, home, handle: id, did: id, did_document: '{}', status: 'active' as const };
  await model.db
    .insertInto('patients')
    .values({ ...values, registered_at: at(-1) })
    .execute();
  return id;
}

interface Given {
  readonly patientId?: string;
  readonly ends?: string;
  readonly decision?: 'permit' | 'deny';
  readonly grantee?: { readonly kind: 'person' | 'department'; readonly org: string; readonly id: string };
  /** `renews` or `parents`. */
  readonly rule?: object;
}

async function consent({ patientId = patient, ends = at(28), decision = 'permit', grantee, rule = {} }: Given = {}) {
  const id = randomUUID();
  const { kind = 'department', org = own, id: granteeId = 'cardiology' } = grantee ?? {};
  await model.db
    .insertInto('consents')
    .values({
      ...{ consent_id: id, patient_id: patientId, grantee_kind: kind, grantee_org: org, grantee_id: granteeId },
      ...{ subject: granteeId, decision, level: 'read', rule: JSON.stringify({ consentId: id, ...rule }) },
      ...{ granted_by: 'key', granted_at: at(0), expires_at: ends, tx_id: id },
    })
    .execute();
  return id;
}

async function revoke(consentId: string): Promise<void> {
  const stop = { consent_id: consentId, patient_id: patient, subject: 's', revoked_at: at(1), revoked_by: 'key' };
  await model.db.insertInto('consent_stops').values(stop).execute();
}

/** What they were told by that day, the oldest first. */
async function toldBy(days: number, person = patient): Promise<(readonly [string, string | undefined])[]> {
  nowMs = start + days * dayMs;
  notifications.readAgain(model.height!);
  await notifications.settled();
  const { items } = await inboxOf(model.db, person, {});
  return items.toReversed().map(({ kind, about }) => [kind, about['reference']] as const);
}

test('a consent is told of seven days before its end and when it has come, each once, also over a restart', async () => {
  const id = await consent();
  expect(await toldBy(20.9)).toEqual([]);
  expect(await toldBy(21)).toEqual([['consentExpiring', id]]);
  await notifications.stop();
  await open();
  expect(await toldBy(27.9)).toEqual([['consentExpiring', id]]);
  const both = [
    ['consentExpiring', id],
    ['consentLapsed', id],
  ];
  expect(await toldBy(28)).toEqual(both);
  await notifications.stop();
  await open();
  expect(await toldBy(29)).toEqual(both);
});

test('one for less than four weeks in the last quarter of its time', async () => {
  const id = await consent({ ends: at(4) });
  expect(await toldBy(2.9)).toEqual([]);
  expect(await toldBy(3)).toEqual([['consentExpiring', id]]);
});

test('nobody is told of one that was revoked or renewed, of the patients of others, or of what ended long ago', async () => {
  await revoke(await consent());
  const renewed = await consent();
  await consent({ ends: at(400), rule: { renews: renewed } });
  const elsewhere = await newPatient('OtherHospitalMSP');
  await consent({ patientId: elsewhere });
  await consent({ ends: at(1) });
  expect(await toldBy(40)).toEqual([]);
  expect(await toldBy(40, elsewhere)).toEqual([]);
});

test('of a delegated one only when it ends before what it comes from', async () => {
  const [parent, ended] = [await consent(), await consent({ ends: at(90) })];
  await revoke(ended);
  const below = (consentId: string) => ({ rule: { parents: [{ consentId }] } });
  await consent(below(parent));
  await consent(below(ended));
  expect(await toldBy(28)).toEqual([['consentLapsed', parent]]);
  const standing = await consent({ ends: at(90) });
  const before = await consent({ ends: at(36), ...below(standing) });
  expect((await toldBy(36)).at(-1)).toEqual(['consentLapsed', before]);
});

test('whom it permits something is told too, whom it denies something is not; so is who represents the patient', async () => {
  const grantee = { kind: 'person', org: own, id: pharmacist } as const;
  const id = await consent({ grantee });
  await consent({ grantee, decision: 'deny' });
  await model.db
    .insertInto('representatives')
    .values({
      ...{ representative_id: randomUUID(), patient_id: patient, person_id: 'mother', device_key: 'key' },
      ...{ relationship: 'PRN', evidence: 'hash', confirmed_at: at(0), confirmed_by: 'key', block_number: 0 },
    })
    .execute();
  expect(await toldBy(21)).toHaveLength(2);
  expect(await toldBy(21, 'mother')).toHaveLength(2);
  expect(await toldBy(21, pharmacist)).toEqual([['consentExpiring', id]]);
});

test('the watch tells when the time has come, without a block', async () => {
  const [from, began] = [nowMs, Date.now()];
  const running = { ...settings, clock: () => from + Date.now() - began };
  await notifications.stop();
  notifications = await openNotifications(model, { sources: [consentEndNotices(running)] });
  notifications.start();
  await consent({ ends: instant(from + 3_000) });
  const log = { warn: () => undefined } as never;
  new ConsentEndWatch({ readModel: model, notifications, log }, running).start();
  await until(async () => (await inboxOf(model.db, patient, {})).items.length === 2);
}, 60_000);
