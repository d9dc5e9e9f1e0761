/** Sharing tokens over REST: the patient shares records by a secret; its holder redeems it and opens them itself. */
import type { PurposeOfUse } from '@chain-of-care/chaincode/model';
import { openBytes } from '../envelope/index.ts';
import { openFacts, SharingSecret } from '../keys/index.ts';
import type { AccessedRecord, Committed, RecordFacts, RecordVersion, RevokedConsent } from './care.ts';
import { path, type PostOptions, type RestClient } from './restClient.ts';

/** How the gateway's envelopes of records are marked. */
const recordContent = 'record';

export interface NewSharingToken {
  readonly records: readonly { readonly id: string; readonly version?: number }[];
  readonly expiresInHours: number;
  /** True when absent. */
  readonly singleUse?: boolean;
  /** The only person who may use it; absent: whoever shows the secret. */
  readonly grantee?: { readonly mspId: string; readonly id: string };
  readonly purposeOfUse?: PurposeOfUse;
}

export interface CreatedSharingToken extends Committed {
  readonly id: string;
  /** Shown once. */
  readonly secret: string;
  readonly expiresAt: string;
}

export interface SharingToken {
  readonly id: string;
  readonly patientId: string;
  readonly records: readonly RecordVersion[];
  readonly singleUse: boolean;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly status: 'active' | 'spent' | 'revoked' | 'expired';
  readonly spentAt?: string;
  readonly revokedAt?: string;
}

export interface SharedRecord extends AccessedRecord {
  /** Its content, decrypted here; good while the access is. @throws GatewayProblem, EnvelopeError */
  readonly content: () => Promise<Uint8Array>;
}

export interface RedeemedToken extends Committed {
  /** The access that it yielded. */
  readonly id: string;
  readonly servesUntil: string;
  readonly records: readonly SharedRecord[];
}

interface Redemption extends Omit<RedeemedToken, 'records'> {
  readonly tokenId: string;
  readonly records: readonly (RecordFacts & { readonly wrappedKey: string; readonly sealed: string })[];
}

export class SharingTokens {
  readonly #rest: RestClient;

  /** @param rest without a token for a bearer */
  constructor(rest: RestClient) {
    this.#rest = rest;
  }

  /** By the patient. @throws GatewayProblem */
  async create(patientId: string, token: NewSharingToken, options: PostOptions = {}): Promise<CreatedSharingToken> {
    const target = path`/v1/patients/${patientId}/sharing-tokens`;
    return (await this.#rest.post(target, token, options)) as CreatedSharingToken;
  }

  /** By the patient; newest first. @throws GatewayProblem */
  async *list(patientId: string): AsyncGenerator<SharingToken, void, void> {
    const tokens = this.#rest.list(path`/v1/patients/${patientId}/sharing-tokens`);
    for await (const token of tokens) yield token as SharingToken;
  }

  /** By the patient; accesses that run under it are served no more. @throws GatewayProblem */
  async revoke(tokenId: string, options: PostOptions = {}): Promise<RevokedConsent> {
    return (await this.#rest.post(path`/v1/sharing-tokens/${tokenId}/revocation`, {}, options)) as RevokedConsent;
  }

  /**
   * Redeems a token. Only the part of the secret that proves possession goes to the gateway; what it serves is opened here.
   *
   * @param referral at a hospital that is not the patient's home: what the patient handed over
   * @throws KeyError key_malformed, wrap_refused, seal_refused; GatewayProblem token_not_found, token_ended
   */
  async redeem(
    secretText: string,
    { referral, ...options }: PostOptions & { readonly referral?: object } = {},
  ): Promise<RedeemedToken> {
    const secret = new SharingSecret(secretText);
    const { redeem } = secret;
    const body = { redeem, ...(referral === undefined ? {} : { referral }) };
    const answer = (await this.#rest.post('/v1/token-redemptions', body, options)) as Redemption;
    const { records: shared, tokenId, ...access } = answer;
    const records = await Promise.all(
      shared.map(async ({ wrappedKey, sealed, ...facts }) => {
        const version = { recordId: facts.id, version: facts.version };
        const dataKey = await secret.unwrap(wrappedKey, tokenId, version);
        const description = (await openFacts(dataKey, version, sealed)) as Partial<AccessedRecord>;
        const content = async (): Promise<Uint8Array> => {
          const target = path`/v1/token-redemptions/${access.id}/records/${facts.id}/ciphertext`;
          const response = await this.#rest.content(target, undefined, { 'x-token-redeem': redeem });
          const envelope = new Uint8Array(await response.arrayBuffer());
          return openBytes(envelope, dataKey, { ...version, type: recordContent });
        };
        return { ...facts, ...description, content };
      }),
    );
    return { ...access, records };
  }
}
