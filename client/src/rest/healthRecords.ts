/** Records in the words of FHIR's DocumentReference, over REST: amended, withdrawn, searched, verified. */
import type { Confidentiality, RecordCategory, Withdrawal } from '@chain-of-care/chaincode/model';
import { toBase64Url, utf8 } from '../encoding/index.ts';
import type { AccessedRecord, AppendedRecords, Coding, RecordFacts } from './care.ts';
import { path, type PostOptions, type Query, type RestClient, type UploadBody } from './restClient.ts';

/** What is sealed beside the content. */
export interface RecordDescription {
  readonly title?: string;
  readonly coding?: readonly Coding[];
  /** RFC 3339 with offset. */
  readonly exactTime?: string;
  readonly facility?: string;
}

/** What every further version says anew. */
interface AmendedFacts extends RecordDescription {
  /** Local date of care: a day, month or year. */
  readonly clinicalDate: string;
  /** That of the version before, when absent. */
  readonly confidentiality?: Confidentiality;
  readonly mediaType: string;
}

export interface RecordSearch {
  readonly category?: readonly RecordCategory[];
  readonly confidentiality?: readonly Confidentiality[];
  /** FHIR's date search on the day of care: `ge2025-01-01`. All of them hold. */
  readonly date?: readonly string[];
  /** Staff id. */
  readonly author?: string;
  readonly organization?: string;
  readonly department?: string;
  /** `current` when absent. */
  readonly status?: 'current' | 'withdrawn' | 'all';
  /** `system|code`, or a code of any system. */
  readonly code?: string;
  readonly facility?: string;
  readonly title?: string;
  /** Hash each ciphertext too. */
  readonly verify?: boolean;
}

export interface VerifiedRecord extends AccessedRecord {
  readonly blockchainHashVerified: boolean;
  readonly integrityVerified?: boolean;
}

export class HealthRecords {
  readonly #rest: RestClient;

  constructor(rest: RestClient) {
    this.#rest = rest;
  }

  /** The newest version's open facts, for its author's department and its patient. @throws GatewayProblem */
  async get(recordId: string): Promise<RecordFacts> {
    return (await this.#rest.get(path`/v1/records/${recordId}`)) as RecordFacts;
  }

  /** Every version, newest first. @throws GatewayProblem */
  async *versions(recordId: string): AsyncGenerator<RecordFacts, void, void> {
    for await (const fact of this.#rest.list(path`/v1/records/${recordId}/versions`)) yield fact as RecordFacts;
  }

  /**
   * A further version.
   *
   * @param version that it continues; if somebody else continued it first, nothing is written
   * @throws GatewayProblem precondition_failed with the version that is there now
   */
  async amend(
    recordId: string,
    version: number,
    { content, ...facts }: AmendedFacts & { readonly content: Uint8Array },
    options: PostOptions = {},
  ): Promise<AppendedRecords> {
    const body = { ...facts, content: toBase64Url(content) };
    const target = path`/v1/records/${recordId}/versions`;
    return (await this.#rest.post(target, body, continuing(version, options))) as AppendedRecords;
  }

  /** As {@link amend}, with a file of any size. */
  async amendByUpload(
    recordId: string,
    version: number,
    { mediaType, clinicalDate, confidentiality, ...description }: AmendedFacts,
    body: UploadBody,
    options: PostOptions = {},
  ): Promise<AppendedRecords> {
    const query = { clinicalDate, confidentiality };
    const target = path`/v1/records/${recordId}/uploads`;
    const sent = continuing(version, { ...options, query, headers: described(description, options.headers) });
    return (await this.#rest.upload(target, body, mediaType, sent)) as AppendedRecords;
  }

  /**
   * Withdraws a record: no consent opens it any more. `wrong-patient`: right, but about somebody else.
   *
   * @throws GatewayProblem precondition_failed, entered_in_error
   */
  async enterInError(
    recordId: string,
    version: number,
    reason: Withdrawal = 'entered-in-error',
    options: PostOptions = {},
  ): Promise<AppendedRecords> {
    const target = path`/v1/records/${recordId}/entered-in-error`;
    return (await this.#rest.post(target, { reason }, continuing(version, options))) as AppendedRecords;
  }

  /** What an access covers and is permitted now, by open and by sealed facts. @throws GatewayProblem */
  async *search(accessId: string, search: RecordSearch = {}): AsyncGenerator<VerifiedRecord, void, void> {
    const query: Query = { ...search };
    for await (const record of this.#rest.list(path`/v1/accesses/${accessId}/records`, query))
      yield record as VerifiedRecord;
  }

  /** How many records such a search has, counted after consent. @throws GatewayProblem */
  async count(accessId: string, search: RecordSearch = {}): Promise<number> {
    const query: Query = { ...search, total: true, limit: 1 };
    return ((await this.#rest.get(path`/v1/accesses/${accessId}/records`, query)) as { total: number }).total;
  }
}

/** Header of a streamed record that says what is sealed beside it. */
export function described(
  description: RecordDescription,
  headers: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  return { ...headers, 'record-description': toBase64Url(utf8(JSON.stringify(description))) };
}

function continuing(version: number, options: PostOptions): PostOptions {
  return { ...options, headers: { ...options.headers, 'if-match': `"v${version}"` } };
}
