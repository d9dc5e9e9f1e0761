/** What each person wants to be told, how and in which language. Addresses are sealed: they say who somebody is. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { AlertSeverity } from '@chain-of-care/chaincode/model';
import type { Kysely } from 'kysely';
import type { Database } from '../readmodel/index.ts';
import type { NoticeLanguage } from './catalogue.ts';

/** Lowest severity that is sent over a channel, or `never`. */
export type ChannelFloor = AlertSeverity | 'never';

export interface Preferences {
  readonly language: NoticeLanguage;
  /** Kinds that do not reach the channels; the inbox has them all the same. */
  readonly muted: readonly string[];
  readonly mail: ChannelFloor;
  readonly sms: ChannelFloor;
  readonly mailAddress?: string;
  /** E.164. */
  readonly phoneNumber?: string;
}

export const defaultPreferences: Preferences = { language: 'en', muted: [], mail: 'high', sms: 'never' };

interface Addresses {
  readonly mailAddress?: string;
  readonly phoneNumber?: string;
}

export class PreferenceStore {
  readonly #db: Kysely<Database>;
  readonly #key: Uint8Array;
  readonly #clock: () => number;

  /** @param key 32 bytes that seal addresses */
  constructor(db: Kysely<Database>, key: Uint8Array, clock: () => number) {
    this.#db = db;
    this.#key = key;
    this.#clock = clock;
  }

  async of(personId: string): Promise<Preferences> {
    return (await this.ofAll(this.#db, [personId])).get(personId) ?? defaultPreferences;
  }

  /** Of those who have set some. */
  async ofAll(db: Kysely<Database>, personIds: readonly string[]): Promise<ReadonlyMap<string, Preferences>> {
    if (personIds.length === 0) return new Map();
    const rows = await db
      .selectFrom('notification_preferences')
      .selectAll()
      .where('person_id', 'in', personIds)
      .execute();
    return new Map(
      rows.map(({ person_id: personId, language, muted, mail, sms, sealed }) => [
        personId,
        {
          language: language as NoticeLanguage,
          muted: [...muted],
          mail: mail as ChannelFloor,
          sms: sms as ChannelFloor,
          ...(sealed === null ? {} : this.#open(personId, sealed)),
        },
      ]),
    );
  }

  async put(personId: string, { mailAddress, phoneNumber, ...plain }: Preferences): Promise<void> {
    const addresses = {
      ...(mailAddress === undefined ? {} : { mailAddress }),
      ...(phoneNumber === undefined ? {} : { phoneNumber }),
    };
    const row = {
      language: plain.language,
      muted: JSON.stringify(plain.muted),
      mail: plain.mail,
      sms: plain.sms,
      sealed: Object.keys(addresses).length === 0 ? null : this.#seal(personId, addresses),
      updated_at: new Date(this.#clock()).toISOString(),
    };
    await this.#db
      .insertInto('notification_preferences')
      .values({ person_id: personId, ...row })
      .onConflict((conflict) => conflict.column('person_id').doUpdateSet(row))
      .execute();
  }

  /** Nonce (12), ciphertext, tag (16): AES-256-GCM, bound to the person. */
  #seal(personId: string, addresses: Addresses): Buffer {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce).setAAD(Buffer.from(personId));
    const sealed = Buffer.concat([cipher.update(JSON.stringify(addresses), 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, sealed, cipher.getAuthTag()]);
  }

  #open(personId: string, sealed: Uint8Array): Addresses {
    const bytes = Buffer.from(sealed);
    const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, 12))
      .setAAD(Buffer.from(personId))
      .setAuthTag(bytes.subarray(-16));
    const opened = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
    return JSON.parse(opened.toString('utf8')) as Addresses;
  }
}
