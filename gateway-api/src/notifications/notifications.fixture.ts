/** A notification service over an in-memory read model, with a ledger of real blocks and receivers that really listen. */
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import type { KeyStore } from '../keystore/keyStore.ts';
import { createLog } from '../log.ts';
import { FixtureLedger, type WriteSpec } from '../readmodel/blocks/ledger.fixture.ts';
import type { ReadModel } from '../readmodel/index.ts';
import { writing } from '../readmodel/readModel.fixture.ts';
import { supplyNotices } from '../supply/alertNotices.ts';
import { careNotices } from './careNotices.ts';
import { Notifications, type NotificationOptions } from './notifications.ts';

export const own = 'HospitalMSP';
export const pharmacist = '00000000-0000-4000-8000-00000000000a';
export const otherPharmacist = '00000000-0000-4000-8000-00000000000b';
export const pharmacy = '4260000000028';
export const plant = '4260000000035';
export const gtin = '00300021200107';
export const lot = 'L';

export const uuid = (index: number): string => `00000000-0000-8000-8000-${String(index).padStart(12, '0')}`;
export const minute = (index: number): string => new Date(Date.UTC(2026, 0, 1, 9, index)).toISOString();

export const stored = (t: string, key: string, fields: object, v = 1): WriteSpec => ({
  key,
  value: { t, v, ...fields },
});

const premises = (gln: string, mspId: string, kind: string): WriteSpec =>
  stored('premises', `premises|${gln}`, {
    ...{ gln, mspId, kind, name: 'Site', latitudeE6: 0, longitudeE6: 0, country: 'DE' },
    registeredAt: minute(0),
  });
const staff = (staffId: string, gln: string): WriteSpec =>
  stored('staff', `staff|${staffId}`, {
    ...{ staffId, mspId: own, role: 'pharmacist', gln, status: 'active', registeredAt: minute(0) },
  });

/** An event with what every event has. */
export const event = (index: number, kind: string, facts: object): WriteSpec =>
  stored('supply-event', `event${index}`, {
    eventId: uuid(index),
    kind,
    eventTime: minute(index),
    recordTime: minute(index),
    gln: plant,
    mspId: 'PharmaMSP',
    role: 'manufacturer',
    previous: [],
    hash: '0'.repeat(64),
    ...facts,
  });

/** An alert about the lot, opened by the event of this number. */
export const alert = (index: number, differs: object = {}): WriteSpec =>
  stored(
    'alert',
    `alert${index}`,
    {
      ...{ alertId: uuid(1000 + index), type: 'counterfeit', severity: 'critical', status: 'open', source: 'report' },
      ...{ reason: 'report', subject: { gtin, lot }, mspId: 'PharmaMSP', memberRole: 'pharma', role: 'manufacturer' },
      ...{ gln: plant, makerMspId: 'PharmaMSP', evidence: [], eventId: uuid(index), openedAt: minute(index) },
      ...{ steps: [], changedAt: minute(index), ...differs },
    },
    2,
  );

/** Block 0: two pharmacies with a person each, and a lot that the first of them received. */
export function ledgerWithLot(): FixtureLedger {
  return new FixtureLedger().add(
    writing(
      premises(plant, 'PharmaMSP', 'plant'),
      premises(pharmacy, own, 'pharmacy'),
      premises('4260000000011', own, 'pharmacy'),
      staff(pharmacist, pharmacy),
      staff(otherPharmacist, '4260000000011'),
      event(1, 'commission', { segments: { gtin, lot, first: 0, count: 1, units: 2 } }),
      event(2, 'pack', { packs: [{ gtin, lot, segment: 0, serials: ['S1'] }], parent: 'case' }),
      event(3, 'ship', { containers: ['case'], recipient: pharmacy, shipmentId: uuid(90) }),
      event(4, 'receive', { containers: ['case'], gln: pharmacy, mspId: own, shipmentId: uuid(90) }),
    ),
  );
}

export async function openNotifications(
  readModel: ReadModel,
  differs: Partial<NotificationOptions> & { readonly settings?: object } = {},
): Promise<Notifications> {
  const { settings, ...options } = differs;
  return Notifications.open({
    readModel,
    keystore: memoryKeyStore(),
    sources: [supplyNotices({ mspId: own, regulator: 'RegulatorMSP' }), careNotices(own)],
    config: { publicUrl: 'https://gateway.example', webhookPrivateAddresses: true, ...settings } as never,
    clock: () => Date.parse(minute(60)),
    log: createLog('silent'),
    ...options,
  });
}

/** As a gateway that has told nobody anything yet. */
export async function forgetNotifications({ db }: ReadModel): Promise<void> {
  const tables = [
    'notification_deliveries',
    'notifications',
    'notification_progress',
    'notification_preferences',
    'webhook_subscriptions',
    'alert_audiences',
  ] as const;
  for (const table of tables) await db.deleteFrom(table).execute();
}

export function memoryKeyStore(): KeyStore {
  const secrets = new Map<string, Uint8Array>();
  return {
    put: async (name, secret) => void secrets.set(name, secret),
    get: async (name) => secrets.get(name),
    delete: async (name) => void secrets.delete(name),
    derived: () => new Uint8Array(32).fill(7),
  };
}

export interface Received {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** An HTTP server that answers with the next status, 200 when none is left. */
export class Receiver {
  readonly received: Received[] = [];
  readonly statuses: number[];
  readonly #server: Server;

  private constructor(server: Server, statuses: number[]) {
    this.#server = server;
    this.statuses = statuses;
  }

  static async listen(...statuses: number[]): Promise<Receiver> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { url = '', headers } = request;
        receiver.received.push({ url, headers, body: Buffer.concat(chunks).toString('utf8') });
        response.writeHead(receiver.statuses.shift() ?? 200).end();
      });
    });
    const receiver = new Receiver(server, statuses);
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return receiver;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/in`;
  }

  close(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }
}

/** A real SMTP server on a free port that keeps what it takes. */
export class MailServer {
  readonly mails: { readonly to: readonly string[]; readonly source: string }[] = [];
  /** Recipients that it does not know. */
  readonly unknown = new Set<string>();
  readonly #server: SMTPServer;

  private constructor() {
    this.#server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      onRcptTo: ({ address }, _session, done) => {
        const refusal = Object.assign(new Error('no such mailbox'), { responseCode: 550 });
        done(this.unknown.has(address) ? refusal : undefined);
      },
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const to = session.envelope.rcptTo.map(({ address }) => address);
          this.mails.push({ to, source: Buffer.concat(chunks).toString('utf8') });
          done();
        });
      },
    });
  }

  static async listen(): Promise<MailServer> {
    const server = new MailServer();
    await new Promise<void>((resolve) => {
      server.#server.listen(0, '127.0.0.1', resolve);
    });
    return server;
  }

  get url(): string {
    return `smtp://127.0.0.1:${(this.#server.server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
    });
  }
}

/** @throws Error when it does not become true in forty seconds */
export async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 40_000; !(await isTrue());) {
    if (Date.now() > deadline) throw new Error('did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
