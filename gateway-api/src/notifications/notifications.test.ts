import { createPublicKey } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { FixtureLedger } from '../readmodel/blocks/ledger.fixture.ts';
import type { ReadModel } from '../readmodel/index.ts';
import { readModelInMemory, writing } from '../readmodel/readModel.fixture.ts';
import { eventStream } from './eventStream.ts';
import { isSigned } from './httpSignature.ts';
import { countsOf, inboxOf, markAllRead, markRead } from './inbox.ts';
import {
  alert,
  event,
  forgetNotifications,
  gtin,
  ledgerWithLot,
  lot,
  MailServer,
  minute,
  openNotifications,
  otherPharmacist,
  pharmacist,
  Receiver,
  until,
  uuid,
} from './notifications.fixture.ts';
import type { Notifications } from './notifications.ts';

let model: ReadModel;
let ledger: FixtureLedger;
let notifications: Notifications;
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  model = await readModelInMemory();
}, 120_000);
afterAll(() => model.close());

beforeEach(async () => {
  await model.forget();
  await forgetNotifications(model);
  ledger = ledgerWithLot();
  ledger.add(writing(alert(10), event(10, 'report', { alertId: uuid(1010), lots: [{ gtin, lot }] })));
  ledger.add(
    writing(event(11, 'alert', { alertId: uuid(1010), alertChange: 'confirm', alertReason: 'laboratory_result' })),
  );
  ledger.add(writing(event(12, 'recall', { lots: [{ gtin, lot }], recallId: uuid(77) })));
}, 60_000);

afterEach(async () => {
  await notifications.stop();
  for (const close of closing.splice(0)) await close();
}, 60_000);

const start = async (settings: object = {}): Promise<void> => {
  notifications = await openNotifications(model, { settings });
  notifications.start();
};
const kindsOf = async (person: string): Promise<string[]> =>
  (await inboxOf(model.db, person, {})).items.map(({ kind }) => kind).toReversed();

describe('notices from the read model', () => {
  test('who had the lot in hand is told of alert, confirmation and recall; the other pharmacy of nothing', async () => {
    await model.catchUp(ledger, 3n);
    await start();
    await notifications.settled();
    expect(await kindsOf(pharmacist)).toEqual(['criticalAlert', 'alertConfirmed', 'recallIssued']);
    expect(await kindsOf(otherPharmacist)).toEqual([]);
    const audience = await model.db.selectFrom('alert_audiences').selectAll().execute();
    expect(audience.map(({ msp_id: mspId, relation }) => `${mspId} ${relation}`).toSorted()).toEqual([
      'HospitalMSP past_holder',
      'PharmaMSP maker',
      'PharmaMSP past_holder',
      'PharmaMSP reporter',
      'RegulatorMSP regulator',
    ]);
  });

  test('block by block, with a restart in between, and read again from the start: each notice once', async () => {
    await model.catchUp(ledger, 1n);
    await start();
    await notifications.settled();
    expect(await kindsOf(pharmacist)).toEqual(['criticalAlert']);
    await notifications.stop();
    await model.catchUp(ledger, 3n);
    await start();
    await notifications.settled();
    await notifications.stop();
    await model.db.deleteFrom('notification_progress').execute();
    await start();
    await notifications.settled();
    expect(await kindsOf(pharmacist)).toEqual(['criticalAlert', 'alertConfirmed', 'recallIssued']);
  });

  test('a failure in the middle of a block leaves nothing half-written, and is made good', async () => {
    await model.catchUp(ledger, 3n);
    let failures = 1;
    notifications = await openNotifications(model, {
      sources: [
        async (_, { first }) => [
          {
            source: `s${first}`,
            kind: 'alertOpened',
            severity: 'low',
            about: {},
            occurredAt: minute(1),
            blockNumber: first,
            recipients: [pharmacist],
          },
        ],
        async () => {
          failures -= 1;
          if (failures >= 0) throw new Error('database trouble');
          return [];
        },
      ],
    });
    notifications.start();
    await until(async () => (await kindsOf(pharmacist)).length === 1);
    expect(await countsOf(model.db, pharmacist)).toEqual({ unread: 1, bySeverity: { low: 1 } });
  });
});

describe('the inbox', () => {
  beforeEach(async () => {
    await model.catchUp(ledger, 3n);
    await start();
    await notifications.settled();
  });

  test('is paged newest first, counted, and read for good the first time', async () => {
    const first = await inboxOf(model.db, pharmacist, { limit: 2 });
    expect(first.items.map(({ kind }) => kind)).toEqual(['recallIssued', 'alertConfirmed']);
    const second = await inboxOf(model.db, pharmacist, { limit: 2, cursor: first.nextCursor! });
    expect(second.items.map(({ kind }) => kind)).toEqual(['criticalAlert']);
    expect(await countsOf(model.db, pharmacist)).toMatchObject({ unread: 3 });
    const { notification_id: id, sequence } = second.items[0]!;
    expect(await markRead(model.db, otherPharmacist, id, minute(20))).toBeUndefined();
    await markRead(model.db, pharmacist, id, minute(20));
    expect((await markRead(model.db, pharmacist, id, minute(30)))?.read_at).toEqual(new Date(minute(20)));
    expect(await markAllRead(model.db, pharmacist, sequence + 1, minute(40))).toBe(1);
    expect((await inboxOf(model.db, pharmacist, { unread: true })).items.map(({ kind }) => kind)).toEqual([
      'recallIssued',
    ]);
  });

  test('a stream goes on after Last-Event-ID, then gives what comes, and ends with the gateway', async () => {
    const rows = (await inboxOf(model.db, pharmacist, {})).items;
    const stream = eventStream(model.db, notifications.signal, {
      personId: pharmacist,
      language: 'de',
      after: rows.at(-1)!.sequence,
      signal: notifications.stopping,
      lifetimeMs: 60_000,
      heartbeatMs: 50,
    });
    let text = '';
    stream.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
    const ended = new Promise((resolve) => stream.on('end', resolve));
    await until(() => text.includes('event: recallIssued'));
    expect(text).not.toContain('event: criticalAlert');
    expect(text).toContain('Warnung bestätigt');
    await until(() => text.includes(': still here'));
    ledger.add(writing(alert(13), event(13, 'report', { alertId: uuid(1013), lots: [{ gtin, lot }] })));
    await model.catchUp(ledger, 4n);
    await until(() => text.includes('event: criticalAlert'));
    await notifications.stop();
    await ended;
  });
});

describe('deliveries', () => {
  const deliveries = (status: 'pending' | 'delivered' | 'dead') =>
    model.db.selectFrom('notification_deliveries').selectAll().where('status', '=', status).execute();
  const subscribe = (address: string, kinds: readonly string[] | null = null) =>
    model.db
      .insertInto('webhook_subscriptions')
      .values({
        subscription_id: uuid(500),
        person_id: pharmacist,
        address,
        kinds: kinds === null ? null : JSON.stringify(kinds),
        status: 'active',
        created_at: minute(0),
      })
      .execute();

  test('a webhook is signed by a published key, tried again after a failure, and told once where it was taken', async () => {
    const receiver = await Receiver.listen(503);
    closing.push(() => receiver.close());
    await subscribe(receiver.address, ['recallIssued']);
    await model.catchUp(ledger, 3n);
    let now = Date.parse(minute(60));
    notifications = await openNotifications(model, { clock: () => now });
    notifications.start();
    await until(() => receiver.received.length === 1);
    await until(async () => (await deliveries('pending'))[0]?.attempts === 1);
    now += 10_000;
    notifications.deliveries.wake();
    await until(async () => (await deliveries('delivered')).length === 1);
    const [first, second] = receiver.received;
    expect(first!.headers['webhook-id']).toBe(second!.headers['webhook-id']);
    expect(JSON.parse(second!.body)).toMatchObject({ kind: 'recallIssued', about: { gtin, lot } });
    const key = createPublicKey({ key: notifications.webhookKey.jwk, format: 'jwk' });
    const request = { method: 'POST', url: receiver.address, headers: second!.headers as Record<string, string> };
    const options = {
      publicKey: (id: string) => (id === notifications.webhookKey.id ? key : undefined),
      required: ['@method', '@target-uri', 'content-digest', 'webhook-id'],
      nowMs: now,
      maxAgeMs: 300_000,
    };
    expect(isSigned(request, second!.body, options)).toBe(true);
    expect(isSigned(request, second!.body.replace('"L"', '"M"'), options)).toBe(false);
  });

  test('mail goes out through a real server in the person’s language, from the severity wished for', async () => {
    const server = await MailServer.listen();
    closing.push(() => server.close());
    await start({ smtpServer: server.url, mailFrom: 'notices@hospital.example' });
    const wish = {
      language: 'ar',
      muted: [],
      mail: 'critical',
      sms: 'never',
      mailAddress: 'p@hospital.example',
    } as const;
    await notifications.preferences.put(pharmacist, wish);
    await model.catchUp(ledger, 3n);
    await notifications.settled();
    await until(() => server.mails.length === 2);
    const [first] = server.mails;
    expect(first!.to).toEqual(['p@hospital.example']);
    const text = Buffer.from(first!.source.split('\r\n\r\n')[1]!.replaceAll('\r\n', ''), 'base64').toString('utf8');
    expect(text).toContain('تنبيه');
    const { sealed } = await model.db.selectFrom('notification_preferences').selectAll().executeTakeFirstOrThrow();
    expect(Buffer.from(sealed!).includes('hospital.example')).toBe(false);
  });

  test('what the receiver refuses for good is dead, visible, and sent again by hand', async () => {
    const server = await MailServer.listen();
    closing.push(() => server.close());
    server.unknown.add('p@hospital.example');
    await start({ smtpServer: server.url, mailFrom: 'notices@hospital.example' });
    const wish = { language: 'en', muted: ['alertConfirmed'], mail: 'critical', sms: 'never' } as const;
    await notifications.preferences.put(pharmacist, { ...wish, mailAddress: 'p@hospital.example' });
    await model.catchUp(ledger, 2n);
    await until(async () => (await deliveries('dead')).length === 1);
    const [dead] = await deliveries('dead');
    expect(dead).toMatchObject({ channel: 'mail', attempts: 1, last_error: 'the mail server answered 550' });
    server.unknown.clear();
    expect(await notifications.deliveries.sendAgain(dead!.delivery_id, otherPharmacist)).toBeUndefined();
    await notifications.deliveries.sendAgain(dead!.delivery_id, pharmacist);
    await until(() => server.mails.length === 1);
    expect(server.mails[0]!.source).toContain('Critical alert: counterfeit');
  });

  test('short messages go to the gateway with its token; what was waiting at a restart is sent after it', async () => {
    const receiver = await Receiver.listen(500);
    closing.push(() => receiver.close());
    const settings = { smsGateway: receiver.address, smsGatewayToken: 'secret' };
    await start(settings);
    const wish = { language: 'en', muted: [], mail: 'never', sms: 'critical', phoneNumber: '+491700000000' } as const;
    await notifications.preferences.put(pharmacist, wish);
    await model.catchUp(ledger, 1n);
    await until(() => receiver.received.length === 1);
    await notifications.stop();
    notifications = await openNotifications(model, { settings, clock: () => Date.parse(minute(120)) });
    notifications.start();
    await until(async () => (await deliveries('delivered')).length === 1);
    const { headers, body } = receiver.received[1]!;
    expect(headers.authorization).toBe('Bearer secret');
    expect(JSON.parse(body)).toMatchObject({ to: '+491700000000' });
  });
});
