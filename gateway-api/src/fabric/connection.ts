/**
 * The connection to the organisation's own peers: one gRPC client a peer, shared by all identities; the next peer takes
 * over when one does not answer.
 */
import { readFileSync } from 'node:fs';
import { Client, connectivityState, credentials, type ChannelOptions } from '@grpc/grpc-js';
import type { ConnectionProfile, ProfilePeer } from './profile.ts';

/** How long a peer that did not answer is passed over while another one is there. */
const passedOverMs = 5_000;

const channelOptions: ChannelOptions = {
  'grpc.keepalive_time_ms': 60_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.initial_reconnect_backoff_ms': 200,
  'grpc.max_reconnect_backoff_ms': 2_000,
  'grpc.max_receive_message_length': -1,
  'grpc.max_send_message_length': -1,
};

export interface PeerConnection {
  readonly name: string;
  readonly client: Client;
}

export class PeerConnections {
  readonly #peers: readonly PeerConnection[];
  readonly #failedAt = new Map<string, number>();
  readonly #clock: () => number;

  constructor(profile: ConnectionProfile, clock: () => number) {
    this.#clock = clock;
    this.#peers = profile.peers.filter((peer) => peer.mspId === profile.mspId).map(connectTo);
  }

  /** The peer to ask now: the first that has not failed lately, otherwise the one whose failure is oldest. */
  get current(): PeerConnection {
    const now = this.#clock();
    const failure = (peer: PeerConnection): number => this.#failedAt.get(peer.name) ?? Number.NEGATIVE_INFINITY;
    const healthy = this.#peers.find((peer) => now - failure(peer) >= passedOverMs);
    return healthy ?? this.#peers.reduce((oldest, peer) => (failure(peer) < failure(oldest) ? peer : oldest));
  }

  /** Another peer than this one, when the organisation has one. */
  get hasAlternative(): boolean {
    return this.#peers.length > 1;
  }

  /** Notes that a peer did not answer. */
  failed(peer: PeerConnection): void {
    this.#failedAt.set(peer.name, this.#clock());
  }

  succeeded(peer: PeerConnection): void {
    this.#failedAt.delete(peer.name);
  }

  /** Whether a peer is connected now; asks an idle connection to connect. */
  get isConnected(): boolean {
    return this.#peers.some(({ client }) => client.getChannel().getConnectivityState(true) === connectivityState.READY);
  }

  /** @throws Error when no peer is connected in this time */
  async ready(timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    await Promise.any(
      this.#peers.map(
        ({ client }) =>
          new Promise<void>((resolve, reject) => {
            client.waitForReady(deadline, (error) => (error === undefined ? resolve() : reject(error)));
          }),
      ),
    );
  }

  close(): void {
    for (const { client } of this.#peers) client.close();
  }
}

function connectTo({ name, endpoint, hostname, tlsCa }: ProfilePeer): PeerConnection {
  const client = new Client(endpoint, credentials.createSsl(readFileSync(tlsCa)), {
    ...channelOptions,
    'grpc.ssl_target_name_override': hostname,
    'grpc.default_authority': hostname,
  });
  return { name, client };
}
