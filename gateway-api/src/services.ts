/** What the composition root builds once and hands to every capability's `routes(services)`. */
import type { Consortium } from '@chain-of-care/chaincode/model';
import type { Origins } from './audit/origins.ts';
import type { LedgerIdentity } from './auth/caller.ts';
import type { Config } from './config/config.ts';
import type { EpochsUnderWay } from './custody/epochsUnderWay.ts';
import type { Enrolment } from './enrolment/enrolment.ts';
import type { Ledger } from './fabric/act.ts';
import type { ChannelReader } from './fabric/channelReader.ts';
import type { ConnectionProfile } from './fabric/profile.ts';
import type { InternalClient } from './internal/client.ts';
import type { InternalRoutes } from './internal/server.ts';
import type { KeyStore } from './keystore/keyStore.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { Notifications } from './notifications/notifications.ts';
import type { Operations } from './operations/operation.ts';
import type { People } from './people/people.ts';
import type { OpenBatches } from './records/openBatches.ts';
import type { Facts } from './readmodel/facts.ts';
import type { ReadModel } from './readmodel/index.ts';
import type { DemographicsVault } from './vault/demographics/index.ts';
import type { CiphertextStore } from './vault/store/index.ts';

export interface Services {
  /** With `issuer`: `iss` of the access tokens taken, the embedded issuer's or the configured one's. */
  readonly config: Config & { readonly issuer: string };
  readonly log: Log;
  /** Milliseconds since the epoch; the only clock. */
  readonly clock: () => number;
  readonly profile: ConnectionProfile;
  readonly consortium: Consortium;
  /** Submit, submitAll, query. */
  readonly ledger: Ledger;
  readonly readModel: ReadModel;
  /** Blocks, configuration and attestations of the channel. */
  readonly channelReader: ChannelReader;
  /** What nearly every request asks of the read model, kept in memory. */
  readonly facts: Facts;
  /** Ciphertext by CID. */
  readonly store: CiphertextStore;
  readonly demographics: DemographicsVault;
  /** From where somebody acted, for the audit. */
  readonly origins: Origins;
  /** Batch keys that may take more records. */
  readonly openBatches: OpenBatches;
  /** Patients for whom new keys are being made. */
  readonly epochsUnderWay: EpochsUnderWay;
  /** Custodial secrets: Fabric signing keys, X-Wing secrets, patients' roots. */
  readonly keystore: KeyStore;
  /** `iss|sub` → person with role and Fabric identity. */
  readonly people: People;
  /** New Fabric identities from the organisation's CA. */
  readonly enrolment: Enrolment;
  /** The gateway's own client identity: reads blocks and evaluates; it is nobody on the ledger. */
  readonly serviceIdentity: LedgerIdentity;
  /** Long work: 202 and /v1/operations/{id}. */
  readonly operations: Operations;
  /** Routes of the mutual-TLS server between gateways. */
  readonly internalRoutes: InternalRoutes;
  /** Calls another member's gateway by mutual TLS. */
  readonly internalClient: InternalClient;
  readonly metrics: Metrics;
  /** Tells the organisation's people what concerns them. */
  readonly notifications: Notifications;
}
