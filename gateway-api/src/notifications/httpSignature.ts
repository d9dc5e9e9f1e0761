/**
 * HTTP message signatures (RFC 9421) with Ed25519, and the digest of the body (RFC 9530), as webhooks carry them and as
 * a receiver checks them.
 */
import { createHash, sign, verify, type KeyObject } from 'node:crypto';

export interface SignedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface SignatureParameters {
  /** Components covered, in order: `@method`, `@target-uri` and names of headers in lower case. */
  readonly components: readonly string[];
  /** Seconds since the epoch. */
  readonly created: number;
  readonly keyId: string;
}

/** RFC 9530 §2, SHA-256. */
export function contentDigest(body: string | Uint8Array): string {
  return `sha-256=:${createHash('sha256').update(body).digest('base64')}:`;
}

/** @returns the two headers that a signed request has besides its own. RFC 9421 §3.1 */
export function signRequest(
  request: SignedRequest,
  parameters: SignatureParameters,
  privateKey: KeyObject,
): { readonly 'signature-input': string; readonly signature: string } {
  const input = signatureInput(parameters);
  const signature = sign(null, Buffer.from(signatureBase(request, parameters.components, input)), privateKey);
  return { 'signature-input': `sig=${input}`, signature: `sig=:${signature.toString('base64')}:` };
}

export interface VerifyOptions {
  readonly publicKey: (keyId: string) => KeyObject | undefined;
  /** Components that must be covered. */
  readonly required: readonly string[];
  /** Milliseconds since the epoch, and how old a signature may be. */
  readonly nowMs: number;
  readonly maxAgeMs: number;
}

/** Whether a request is signed by a known key over everything required, lately, and its body has its digest. */
export function isSigned(request: SignedRequest, body: string, options: VerifyOptions): boolean {
  const input = /^sig=(\(([^)]*)\);created=(\d+);keyid="([^"]+)";alg="ed25519")$/.exec(
    request.headers['signature-input'] ?? '',
  );
  const signature = /^sig=:([A-Za-z0-9+/=]+):$/.exec(request.headers['signature'] ?? '')?.[1];
  if (input === null || signature === undefined) return false;
  const [, parameters = '', list = '', created = '', keyId = ''] = input;
  const components = list.split(' ').map((quoted) => quoted.slice(1, -1));
  const key = options.publicKey(keyId);
  const age = options.nowMs - Number(created) * 1000;
  if (key === undefined || Math.abs(age) > options.maxAgeMs) return false;
  if (!options.required.every((component) => components.includes(component))) return false;
  if (request.headers['content-digest'] !== contentDigest(body)) return false;
  const base = signatureBase(request, components, parameters);
  return verify(null, Buffer.from(base), key, Buffer.from(signature, 'base64'));
}

/** RFC 9421 §2.3 */
function signatureInput({ components, created, keyId }: SignatureParameters): string {
  const covered = components.map((component) => `"${component}"`).join(' ');
  return `(${covered});created=${created};keyid="${keyId}";alg="ed25519"`;
}

/** RFC 9421 §2.5 */
export function signatureBase(request: SignedRequest, components: readonly string[], input: string): string {
  const lines = components.map((component) => `"${component}": ${componentOf(request, component)}`);
  return [...lines, `"@signature-params": ${input}`].join('\n');
}

/** @throws RangeError for a component that the request does not have */
function componentOf({ method, url, headers }: SignedRequest, component: string): string {
  if (component === '@method') return method.toUpperCase();
  if (component === '@target-uri') return url;
  if (component === '@authority') return new URL(url).host.toLowerCase();
  if (component === '@path') return new URL(url).pathname;
  if (component === '@query') return new URL(url).search === '' ? '?' : new URL(url).search;
  const value = headers[component];
  if (value === undefined) throw new RangeError(`the request has no ${component}`);
  return value.trim();
}
