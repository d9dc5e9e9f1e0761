import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  event,
  gtin,
  ledgerWithLot,
  lot,
  minute,
  otherPharmacist,
  own,
  pharmacist,
  pharmacy,
  plant,
  stored,
  uuid,
} from '../notifications/notifications.fixture.ts';
import type { ReadModel } from '../readmodel/index.ts';
import { readModelInMemory, writing } from '../readmodel/readModel.fixture.ts';
import { regulatoryNotices } from './regulatoryNotices.ts';

const filed = (index: number, kind: string) => ({
  ...{ kind, classification: 'counterfeit', form: 'form', at: minute(index), eventId: uuid(index) },
});
const notification = { notificationId: uuid(500), gtin, lots: [{ gtin, lot }] };
const asked = { requestId: uuid(600), gtin, lots: [{ gtin, lot }] };
let model: ReadModel;

beforeAll(async () => {
  model = await readModelInMemory();
  const ledger = ledgerWithLot().add(
    writing(
      stored('product-notification', 'notification', {
        ...{ notificationId: uuid(500), status: 'terminated', gtin, lots: [lot], mspId: 'PharmaMSP', gln: plant },
        ...{ determinedAt: minute(9), dueAt: minute(9 + 24 * 60), isInTime: true },
        steps: [filed(10, 'initial'), filed(11, 'termination')],
      }),
      event(10, 'notification', notification),
      event(11, 'notification', notification),
      stored('tracing-request', 'request', {
        ...{ requestId: uuid(600), status: 'answered', gtin, lot, purpose: 'suspect', mspId: 'PharmaMSP', gln: plant },
        ...{ recipient: pharmacy, recipientMspId: own, requestedAt: minute(12), dueAt: minute(60), eventId: uuid(12) },
        ...{ answer: 'answer', answeredAt: minute(13), isInTime: true },
      }),
      event(12, 'tracing', { ...asked, recipient: pharmacy }),
      event(13, 'tracing', { ...asked, gln: pharmacy, mspId: own }),
    ),
  );
  await model.catchUp(ledger, 1n);
});
afterAll(() => model.close());

const toldTo = (mspId: string) =>
  regulatoryNotices({ mspId, regulator: 'RegulatorMSP' })(model.db, { first: 0, last: 1 });

test('of an illegitimate product all who had the lot are told, at its filing and at its termination, nobody else', async () => {
  const notices = (await toldTo(own)).filter(({ kind }) => kind === 'illegitimateProduct');
  expect(notices).toMatchObject([
    { severity: 'critical', about: { step: 'initial', gtin, lot }, recipients: [pharmacist] },
    { severity: 'medium', about: { step: 'termination' }, recipients: [pharmacist] },
  ]);
  expect(new Set(notices.map(({ source }) => source)).size).toBe(2);
  expect(notices.flatMap(({ recipients }) => recipients)).not.toContain(otherPharmacist);
});

test('a tracing request is told to the premises that are asked, with its deadline, and its answer to who asked', async () => {
  const notices = (await toldTo(own)).filter(({ about }) => about['requestId'] !== undefined);
  expect(notices.map(({ kind, recipients }) => [kind, recipients])).toEqual([
    ['tracingRequested', [pharmacist]],
    ['tracingAnswered', []],
  ]);
  expect(notices[0]!.about['dueAt']).toBe(minute(60));
});
