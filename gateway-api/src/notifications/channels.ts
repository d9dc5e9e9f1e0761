/** Ways out of the gateway. Each sends one notification once and throws when it may not have arrived. */
import { lookup as resolve } from 'node:dns';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import type { Transporter } from 'nodemailer';
import { contentDigest, signRequest } from './httpSignature.ts';
import type { WebhookKey } from './webhookKey.ts';

/** Trying again will not help: the receiver is gone, or the address is none. */
export class DeliveryRefused extends Error {
  override readonly name = 'DeliveryRefused';
}

/** What is sent; `text` has no health information. */
export interface Message {
  /** The notification's id: a receiver that gets it twice drops the second. */
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly language: string;
  /** Where to read on, behind a login. */
  readonly link: string;
}

export interface MailOptions {
  /** `smtp://` or `smtps://`, with user and password where the server wants them. */
  readonly server: string;
  readonly from: string;
}

export class MailChannel {
  readonly #server: string;
  readonly #from: string;
  #transport: Promise<Transporter> | undefined;

  constructor({ server, from }: MailOptions) {
    this.#server = server;
    this.#from = from;
  }

  async send(to: string, { id, title, text, link, language }: Message): Promise<void> {
    this.#transport ??= openTransport(this.#server);
    const transport = await this.#transport;
    try {
      await transport.sendMail({
        from: this.#from,
        to,
        subject: title,
        text: `${text}\n\n${link}\n`,
        messageId: `<${id}@chain-of-care>`,
        headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': language },
        disableFileAccess: true,
        disableUrlAccess: true,
      });
    } catch (error) {
      const { responseCode } = error as { responseCode?: number };
      if (responseCode !== undefined && responseCode >= 550 && responseCode <= 553)
        throw new DeliveryRefused(`the mail server answered ${responseCode}`, { cause: error });
      throw error;
    }
  }

  close(): void {
    void this.#transport?.then((transport) => transport.close());
  }
}

/** The library is loaded with the first mail: most gateways start without one to send. */
async function openTransport(url: string): Promise<Transporter> {
  const { createTransport } = await import('nodemailer');
  return createTransport({ url, connectionTimeout: 10_000, socketTimeout: 20_000 } as never);
}

export interface SmsOptions {
  /** Address that takes `{to, text, reference}` by POST. */
  readonly address: string;
  readonly token?: string;
}

export class SmsChannel {
  readonly #options: SmsOptions;

  constructor(options: SmsOptions) {
    this.#options = options;
  }

  async send(to: string, { id, title, text }: Message): Promise<void> {
    const { address, token } = this.#options;
    const headers = {
      'content-type': 'application/json',
      'idempotency-key': id,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const body = JSON.stringify({ to, text: `${title}: ${text}`, reference: id });
    expectAccepted(await post(address, headers, body, true));
  }
}

export class WebhookChannel {
  readonly #key: WebhookKey;
  readonly #clock: () => number;
  readonly #mayBePrivate: boolean;

  /** @param mayBePrivate whether addresses of the own network and plain HTTP are taken (development) */
  constructor(key: WebhookKey, clock: () => number, mayBePrivate: boolean) {
    this.#key = key;
    this.#clock = clock;
    this.#mayBePrivate = mayBePrivate;
  }

  async send(address: string, id: string, body: string): Promise<void> {
    const own = { 'content-type': 'application/json', 'content-digest': contentDigest(body), 'webhook-id': id };
    const signature = signRequest(
      { method: 'POST', url: address, headers: own },
      {
        components: ['@method', '@target-uri', ...Object.keys(own)],
        created: Math.floor(this.#clock() / 1000),
        keyId: this.#key.id,
      },
      this.#key.privateKey,
    );
    expectAccepted(await post(address, { ...own, ...signature }, body, this.#mayBePrivate));
  }
}

/** @throws DeliveryRefused when the receiver says that the address is none (404, 410) */
function expectAccepted(status: number): void {
  if (status >= 200 && status < 300) return;
  if (status === 404 || status === 410) throw new DeliveryRefused(`the receiver answered ${status}`);
  throw new Error(`the receiver answered ${status}`);
}

const timeoutMs = 10_000;

/** Redirects are not followed: what is signed is for one address. */
function post(address: string, headers: Record<string, string>, body: string, mayBePrivate: boolean): Promise<number> {
  const url = new URL(address);
  if (!mayBePrivate && (url.protocol !== 'https:' || isPrivate(url.hostname)))
    throw new DeliveryRefused('the address is not public HTTPS');
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((done, fail) => {
    const outgoing = request(
      url,
      {
        method: 'POST',
        headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) },
        timeout: timeoutMs,
        signal: AbortSignal.timeout(timeoutMs * 2),
        ...(mayBePrivate ? {} : { lookup: publicLookup }),
      },
      (incoming) => {
        incoming.resume();
        incoming.on('end', () => done(incoming.statusCode ?? 0));
        incoming.on('error', fail);
      },
    );
    outgoing.on('timeout', () => outgoing.destroy(new Error('timeout')));
    outgoing.on('error', fail);
    outgoing.end(body);
  });
}

/** Addresses of the own machine and network: a subscriber must not make the gateway call them. RFC 6890 */
const privateNetworks = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const)
  privateNetworks.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  privateNetworks.addSubnet(network, prefix, 'ipv6');

/** Whether a host is an address of the own machine or network; names are judged when they are resolved. */
export function isPrivate(host: string): boolean {
  const address = host.replace(/^\[|\]$/g, '');
  const family = isIP(address);
  if (family === 0) return address === 'localhost' || address.endsWith('.localhost');
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return privateNetworks.check(mapped, 'ipv4');
  return privateNetworks.check(address, family === 4 ? 'ipv4' : 'ipv6');
}

/** Judges the address that is connected to, so that a name cannot change its mind in between. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, '', 0);
    const [first] = addresses;
    if (first === undefined || addresses.some(({ address }) => isPrivate(address)))
      return callback(new DeliveryRefused('the address is not public'), '', 0);
    if (options.all === true) return callback(null, addresses);
    return callback(null, first.address, first.family);
  });
};
