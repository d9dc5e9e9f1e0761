/** The notification service of a gateway: notices from the read model, inboxes, streams, deliveries. */
import type { Config } from '../config/config.ts';
import type { KeyStore } from '../keystore/keyStore.ts';
import type { Log } from '../log.ts';
import type { ReadModel } from '../readmodel/index.ts';
import { MailChannel, SmsChannel, WebhookChannel } from './channels.ts';
import { Deliveries } from './deliveries.ts';
import { Dispatcher } from './dispatcher.ts';
import { InboxSignal } from './eventStream.ts';
import type { NoticeSource } from './notice.ts';
import { PreferenceStore } from './preferences.ts';
import { webhookKey, type WebhookKey } from './webhookKey.ts';

export interface NotificationOptions {
  readonly readModel: ReadModel;
  readonly keystore: KeyStore;
  readonly sources: readonly NoticeSource[];
  readonly config: Pick<
    Config,
    'publicUrl' | 'smtpServer' | 'mailFrom' | 'smsGateway' | 'smsGatewayToken' | 'webhookPrivateAddresses'
  >;
  readonly clock: () => number;
  readonly log: Log;
}

export class Notifications {
  readonly preferences: PreferenceStore;
  readonly signal = new InboxSignal();
  readonly deliveries: Deliveries;
  readonly webhookKey: WebhookKey;
  /** Aborted when the gateway stops: streams end. */
  readonly stopping: AbortSignal;
  readonly #dispatcher: Dispatcher;
  readonly #stop = new AbortController();

  private constructor(options: NotificationOptions, key: WebhookKey) {
    const { readModel, keystore, clock, log, sources, config } = options;
    const { publicUrl, smtpServer, mailFrom, smsGateway, smsGatewayToken, webhookPrivateAddresses } = config;
    this.stopping = this.#stop.signal;
    this.webhookKey = key;
    this.preferences = new PreferenceStore(readModel.db, keystore.derived('notification-addresses'), clock);
    this.deliveries = new Deliveries({
      db: readModel.db,
      preferences: this.preferences,
      channels: {
        webhook: new WebhookChannel(key, clock, webhookPrivateAddresses),
        ...(smtpServer === undefined || mailFrom === undefined
          ? {}
          : { mail: new MailChannel({ server: smtpServer, from: mailFrom }) }),
        ...(smsGateway === undefined
          ? {}
          : {
              sms: new SmsChannel({
                address: smsGateway,
                ...(smsGatewayToken === undefined ? {} : { token: smsGatewayToken }),
              }),
            }),
      },
      publicUrl,
      clock,
      log,
    });
    this.#dispatcher = new Dispatcher({
      readModel,
      sources,
      log,
      alsoWrite: (db, rows) => this.deliveries.plan(db, rows),
      written: (rows) => {
        this.signal.tell(rows);
        this.deliveries.wake();
      },
    });
  }

  static async open(options: NotificationOptions): Promise<Notifications> {
    return new Notifications(options, await webhookKey(options.keystore));
  }

  start(): void {
    this.#dispatcher.start();
    this.deliveries.start();
  }

  /** A fact of the gateway's own was added at this height: its notice is due. */
  readAgain(block: number): void {
    this.#dispatcher.readAgain(block);
  }

  /** Resolves when the notices of every block that the read model has are written. */
  async settled(): Promise<void> {
    await this.#dispatcher.settled();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#dispatcher.stop();
    await this.deliveries.stop();
  }
}
