/** The seeded people of a consortium, as the development issuer knows them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RestClient } from '@chain-of-care/client';
import type { TestNetwork } from './network.ts';
import { RestSession } from './rest.ts';

interface UsersFile {
  readonly gateways: Readonly<Record<string, string>>;
  readonly users: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export class People {
  readonly #file: string;
  readonly #sessions = new Map<string, Promise<RestSession>>();

  constructor(network: Pick<TestNetwork, 'data'>) {
    this.#file = join(network.data, 'users.json');
  }

  /** A session of a user at this member's gateway, by the client credentials grant. */
  as(mspId: string, name: string): Promise<RestSession> {
    const id = `${mspId}/${name}`;
    const known = this.#sessions.get(id) ?? this.#open(mspId, name);
    this.#sessions.set(id, known);
    return known;
  }

  /** The same user by the client library. */
  async client(mspId: string, name: string): Promise<RestClient> {
    return new RestClient({ baseUrl: await this.gateway(mspId), token: await this.token(mspId, name) });
  }

  /** A caller without a token. */
  async nobody(mspId: string): Promise<RestSession> {
    return new RestSession(await this.gateway(mspId));
  }

  async gateway(mspId: string): Promise<string> {
    const { gateways } = await this.#read();
    const address = gateways[mspId];
    if (address === undefined) throw new Error(`${mspId} has no gateway`);
    return address;
  }

  async secret(mspId: string, name: string): Promise<string> {
    const secret = (await this.#read()).users[mspId]?.[name];
    if (secret === undefined) throw new Error(`there is no user ${name} at ${mspId}`);
    return secret;
  }

  async token(mspId: string, name: string): Promise<string> {
    const { gateways } = await this.#read();
    const secret = await this.secret(mspId, name);
    const response = await fetch(`${gateways[mspId]}/oidc/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${encodeURIComponent(name)}:${secret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'api' }),
    });
    const { access_token: token, error } = (await response.json()) as { access_token?: string; error?: string };
    if (token === undefined) throw new Error(`no token for ${name}: ${error ?? response.status}`);
    return token;
  }

  /** Every secret of the development issuer, for tests that look for them where they must not be. */
  async secrets(): Promise<readonly string[]> {
    return Object.values((await this.#read()).users).flatMap((users) => Object.values(users));
  }

  async #open(mspId: string, name: string): Promise<RestSession> {
    return new RestSession(await this.gateway(mspId), await this.token(mspId, name));
  }

  async #read(): Promise<UsersFile> {
    return JSON.parse(await readFile(this.#file, 'utf8')) as UsersFile;
  }
}
