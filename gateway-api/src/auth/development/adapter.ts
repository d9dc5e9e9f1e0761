/** Storage of the embedded issuer: its clients are the seeded users and the browser pages; the rest lives in memory. */
import type { Adapter, AdapterConstructor, AdapterPayload } from 'oidc-provider';
import type { DevelopmentUsers } from './users.ts';

const capacity = 20_000;

export interface PublicClient {
  readonly clientId: string;
  readonly redirectUris: readonly string[];
}

/** @returns the adapter class of oidc-provider, one instance a model */
export function developmentAdapter(users: DevelopmentUsers, pages: readonly PublicClient[]): AdapterConstructor {
  const grants = new Map<string, Set<string>>();

  return class DevelopmentAdapter implements Adapter {
    readonly #model: string;
    readonly #entries = new Map<string, { payload: AdapterPayload; expiresAt: number }>();

    constructor(model: string) {
      this.#model = model;
    }

    async find(id: string): Promise<AdapterPayload | undefined> {
      if (this.#model === 'Client') return clientOf(id);
      const entry = this.#entries.get(id);
      if (entry === undefined || entry.expiresAt > Date.now()) return entry?.payload;
      this.#entries.delete(id);
      return undefined;
    }

    async upsert(id: string, payload: AdapterPayload, expiresIn: number | undefined): Promise<void> {
      const oldest = this.#entries.keys().next().value;
      if (this.#entries.size >= capacity && oldest !== undefined) this.#entries.delete(oldest);
      const expiresAt = expiresIn === undefined ? Number.POSITIVE_INFINITY : Date.now() + expiresIn * 1000;
      this.#entries.set(id, { payload, expiresAt });
      if (payload.grantId !== undefined) {
        const ids = grants.get(payload.grantId) ?? new Set<string>();
        grants.set(payload.grantId, ids.add(id));
      }
    }

    async findByUid(uid: string): Promise<AdapterPayload | undefined> {
      return this.#findBy('uid', uid);
    }

    async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
      return this.#findBy('userCode', userCode);
    }

    async consume(id: string): Promise<void> {
      const entry = this.#entries.get(id);
      if (entry !== undefined) entry.payload.consumed = Math.floor(Date.now() / 1000);
    }

    async destroy(id: string): Promise<void> {
      this.#entries.delete(id);
    }

    async revokeByGrantId(grantId: string): Promise<void> {
      for (const id of grants.get(grantId) ?? []) this.#entries.delete(id);
    }

    #findBy(member: 'uid' | 'userCode', value: string): AdapterPayload | undefined {
      for (const { payload } of this.#entries.values()) if (payload[member] === value) return payload;
      return undefined;
    }
  };

  async function clientOf(id: string): Promise<AdapterPayload | undefined> {
    const page = pages.find(({ clientId }) => clientId === id);
    if (page !== undefined)
      return {
        client_id: id,
        redirect_uris: [...page.redirectUris],
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code'],
        response_types: ['code'],
        scope: 'openid api',
      };
    const secret = await users.secretOf(id);
    if (secret === undefined) return undefined;
    return {
      client_id: id,
      client_secret: secret,
      redirect_uris: [],
      response_types: [],
      grant_types: ['client_credentials'],
      token_endpoint_auth_method: 'client_secret_basic',
      scope: 'api',
    };
  }
}
