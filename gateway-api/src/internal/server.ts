/**
 * The server between gateways: mutual TLS, only certificates that a member's CA issued for TLS servers. Who calls is the
 * member whose CA issued the certificate; what it may have is decided by the route against the own peer's state.
 */
import { randomUUID, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import express, { type Express, type Request, type Response } from 'express';
import { sendProblem, sendReply } from '../http/answer.ts';
import { Problem } from '../http/problem.ts';
import type { Reply } from '../http/route.ts';
import type { ConnectionProfile } from '../fabric/profile.ts';
import type { Log } from '../log.ts';

export interface InternalExchange {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** The gateway that calls. */
  readonly peer: { readonly mspId: string };
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal;
  readonly header: (name: string) => string | undefined;
}

export type InternalHandler = (exchange: InternalExchange) => Promise<Reply>;

export interface InternalRoutes {
  /** Registers a route; before the server starts. */
  add(method: 'get', path: string, handler: InternalHandler): void;
}

/** id-kp-serverAuth: enrolment certificates of people do not have it. */
const serverAuth = '1.3.6.1.5.5.7.3.1';

/**
 * The member whose CA issued this certificate for a TLS server.
 *
 * @param authorities MSP id → its TLS CA
 * @returns undefined when none did
 */
export function memberOf(
  certificate: X509Certificate,
  authorities: ReadonlyMap<string, X509Certificate>,
): string | undefined {
  if (!(certificate.keyUsage as string[] | undefined)?.includes(serverAuth)) return undefined;
  for (const [mspId, authority] of authorities)
    if (certificate.checkIssued(authority) && certificate.verify(authority.publicKey)) return mspId;
  return undefined;
}

export class InternalServer implements InternalRoutes {
  readonly #app: Express = express();
  readonly #authorities: ReadonlyMap<string, X509Certificate>;
  readonly #profile: ConnectionProfile;
  readonly #log: Log;
  #server: Server | undefined;

  constructor(profile: ConnectionProfile, log: Log) {
    this.#profile = profile;
    this.#log = log;
    this.#authorities = new Map(
      profile.members.flatMap(({ mspId, tlsCa }) =>
        tlsCa === undefined ? [] : [[mspId, new X509Certificate(readFileSync(tlsCa))] as const],
      ),
    );
    this.#app.disable('x-powered-by');
  }

  add(method: 'get', path: string, handler: InternalHandler): void {
    this.#app[method](path, (request, response) => void this.#answer(request, response, handler));
  }

  /** @returns the port it listens on */
  async start(host: string, port: number): Promise<number> {
    this.#app.use((_request, response) => sendProblem(response, new Problem('not_found')));
    const { tls, members } = this.#profile;
    const server = createServer(
      {
        cert: readFileSync(tls.certificate),
        key: readFileSync(tls.privateKey),
        ca: members.flatMap(({ tlsCa }) => (tlsCa === undefined ? [] : [readFileSync(tlsCa)])),
        requestCert: true,
        rejectUnauthorized: true,
        minVersion: 'TLSv1.3',
      },
      this.#app,
    );
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, resolve);
    });
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : port;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
    });
  }

  async #answer(request: Request, response: Response, handler: InternalHandler): Promise<void> {
    const abort = new AbortController();
    response.setHeader('x-request-id', randomUUID());
    response.on('close', () => abort.abort());
    try {
      const der = (request.socket as TLSSocket).getPeerCertificate().raw as Buffer | undefined;
      const mspId = der === undefined ? undefined : memberOf(new X509Certificate(der), this.#authorities);
      if (mspId === undefined) throw new Problem('organization_not_allowed', { detail: 'not a gateway of a member' });
      const reply = await handler({
        params: request.params as Record<string, string>,
        query: request.query as Record<string, string>,
        peer: { mspId },
        signal: abort.signal,
        header: (name) => request.get(name),
      });
      await sendReply(response, reply);
    } catch (error) {
      sendProblem(response, error, this.#log);
    }
  }
}
