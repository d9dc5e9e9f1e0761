import type { AlertSeverity } from '@chain-of-care/chaincode/model';
import type { ColumnType, Generated } from 'kysely';
import type { Instant, Json } from './columns.ts';

export type DeliveryChannel = 'webhook' | 'mail' | 'sms';
/** `dead`: given up after the last attempt, to be sent again by hand. */
export type DeliveryStatus = 'pending' | 'delivered' | 'dead';

/** An instant that a row may lack. */
type MaybeInstant = ColumnType<Date | null, string | null, string | null>;

/** What the gateway tells its own people. Not on the ledger, not rebuilt from it. */
export interface NotificationTables {
  /** Who an alert concerns, as routed when it was seen. */
  alert_audiences: { alert_id: string; msp_id: string; gln: string; relation: string };
  notifications: {
    notification_id: string;
    /** Ascending; `id` of the server-sent events. */
    sequence: Generated<number>;
    person_id: string;
    kind: string;
    severity: AlertSeverity;
    /** Identifiers for the text and the link; never health information. */
    about: Json<Readonly<Record<string, string>>>;
    occurred_at: Instant;
    block_number: number;
    read_at: MaybeInstant;
  };
  /** The last block that was read: for notices (row 1), for findings of the alert watch (row 2). */
  notification_progress: { id: number; block_number: number };
  notification_preferences: {
    person_id: string;
    language: string;
    muted: Json<readonly string[]>;
    /** Lowest severity that is sent, or `never`. */
    mail: string;
    sms: string;
    /** Mail address and telephone number. */
    sealed: Uint8Array | null;
    updated_at: Instant;
  };
  webhook_subscriptions: {
    subscription_id: string;
    person_id: string;
    address: string;
    /** Null: every kind. */
    kinds: Json<readonly string[] | null>;
    status: 'active' | 'ended';
    created_at: Instant;
  };
  notification_deliveries: {
    delivery_id: string;
    notification_id: string;
    person_id: string;
    channel: DeliveryChannel;
    subscription_id: string | null;
    status: DeliveryStatus;
    attempts: number;
    due_at: Instant;
    last_error: string | null;
    created_at: Instant;
    changed_at: Instant;
  };
}
