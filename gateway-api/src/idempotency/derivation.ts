/**
 * What a request creates must come out the same when it is repeated with its Idempotency-Key, even by a gateway that
 * crashed meanwhile: ids, handles and the ledger's idempotency keys are derived from (gateway secret, submitter, key).
 */
import { createHmac } from 'node:crypto';

export class Derivation {
  readonly #secret: Uint8Array;
  readonly #scope: string;
  readonly #request: string | undefined;

  /**
   * @param secret the gateway's idempotency secret, 32 bytes
   * @param submitter device key of the caller, or another stable name of who asks
   * @param clientKey the Idempotency-Key header's value
   * @param request digest of what was asked (method, path, body), when the body is not a stream
   */
  constructor(secret: Uint8Array, submitter: string, clientKey: string, request?: string) {
    this.#secret = secret;
    this.#scope = `${submitter}|${clientKey}`;
    this.#request = request;
  }

  /**
   * Key and fingerprint of a command, to be spread into an act. The fingerprint tells a repeat from another request with
   * the same key, although what is sealed differs each time.
   *
   * @param part distinguishes the commands of one request: its index or verb
   * @param request digest of what was asked, where the body is a stream; otherwise known already
   */
  command(part: string, request: string | undefined = this.#request): { key: string; fingerprint?: string } {
    const key = this.commandKey(part);
    if (request === undefined) return { key };
    return { key, fingerprint: this.#hmac('fingerprint', `${part}|${request}`).toString('hex') };
  }

  /**
   * The ledger's idempotency key of a command: HMAC-SHA-256(secret, submitter|client key|part), 64 hex digits.
   *
   * @param part distinguishes the commands of one request: its index or verb
   */
  commandKey(part: string): string {
    return this.#hmac('command', part).toString('hex');
  }

  /** A UUID (version 8, RFC 9562) for what the request creates under this name. */
  uuid(name: string): string {
    const bytes = this.#hmac('uuid', name).subarray(0, 16);
    bytes[6] = (bytes[6]! & 0x0f) | 0x80;
    bytes[8] = (bytes[8]! & 0x3f) | 0x80;
    const hex = bytes.toString('hex');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  }

  /** A random handle of a patient: 128 bits, 32 hex digits, unpredictable to who lacks the gateway's secret. */
  handle(name: string): string {
    return this.#hmac('handle', name).toString('hex').slice(0, 32);
  }

  /** A secret of 32 bytes, unpredictable to who lacks the gateway's. */
  secret(name: string): Uint8Array {
    return Uint8Array.from(this.#hmac('secret', name));
  }

  #hmac(kind: string, name: string): Buffer {
    return createHmac('sha256', this.#secret).update(`${kind}|${this.#scope}|${name}`).digest();
  }
}
