/** Calls other members' gateways by mutual TLS, with the own gateway's TLS certificate. */
import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { Agent, request } from 'node:https';
import type { Readable } from 'node:stream';
import type { ConnectionProfile } from '../fabric/profile.ts';
import { Problem } from '../http/problem.ts';

export interface InternalReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly stream: Readable;
}

export interface InternalClient {
  /**
   * @param path with query, starting with `/`
   * @throws Problem 503 unavailable when the member's gateway cannot be reached, organization_not_found without address
   */
  get(
    mspId: string,
    path: string,
    options?: { headers?: Record<string, string>; signal?: AbortSignal },
  ): Promise<InternalReply>;
}

const connectTimeoutMs = 5_000;

export class MutualTlsClient implements InternalClient {
  readonly #profile: ConnectionProfile;
  readonly #agents = new Map<string, Agent>();

  constructor(profile: ConnectionProfile) {
    this.#profile = profile;
  }

  async get(
    mspId: string,
    path: string,
    options: { headers?: Record<string, string>; signal?: AbortSignal } = {},
  ): Promise<InternalReply> {
    const member = this.#profile.members.find((candidate) => candidate.mspId === mspId);
    if (member?.internal === undefined || member.tlsCa === undefined) throw new Problem('organization_not_found');
    const url = new URL(path, member.internal);
    const agent = this.#agentOf(mspId, member.tlsCa);
    return new Promise((resolve, reject) => {
      const outgoing = request(
        url,
        {
          agent,
          headers: options.headers ?? {},
          timeout: connectTimeoutMs,
          ...(options.signal === undefined ? {} : { signal: options.signal }),
        },
        (incoming) => resolve({ status: incoming.statusCode ?? 502, headers: incoming.headers, stream: incoming }),
      );
      outgoing.on('timeout', () => outgoing.destroy(new Error('timeout')));
      outgoing.on('error', (cause) =>
        reject(
          new Problem('unavailable', {
            detail: `the gateway of ${mspId} does not answer`,
            cause,
            headers: { 'retry-after': '5' },
          }),
        ),
      );
      outgoing.end();
    });
  }

  close(): void {
    for (const agent of this.#agents.values()) agent.destroy();
  }

  #agentOf(mspId: string, tlsCa: string): Agent {
    let agent = this.#agents.get(mspId);
    if (agent === undefined) {
      const { tls } = this.#profile;
      agent = new Agent({
        keepAlive: true,
        maxSockets: 32,
        ca: readFileSync(tlsCa),
        cert: readFileSync(tls.certificate),
        key: readFileSync(tls.privateKey),
        minVersion: 'TLSv1.3',
      });
      this.#agents.set(mspId, agent);
    }
    return agent;
  }
}
