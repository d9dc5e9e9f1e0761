/** The Fabric CA's REST interface: register an enrolment, enrol it with a certificate signing request. */
import { createHash, sign, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { fabricSignature } from '@chain-of-care/client';
import { Problem } from '../http/problem.ts';

export interface CertificateAuthority {
  readonly url: string;
  readonly name: string;
  /** Path, PEM. */
  readonly tlsCa: string;
}

/** An identity that signs requests to the CA. */
export interface CaIdentity {
  /** PEM. */
  readonly certificate: string;
  readonly privateKey: KeyObject;
}

interface CaAnswer {
  readonly success: boolean;
  readonly result?: Record<string, unknown>;
  readonly errors?: readonly { readonly code: number; readonly message: string }[];
}

const timeoutMs = 10_000;

export class FabricCa {
  readonly #authority: CertificateAuthority;
  readonly #agent: Agent;

  constructor(authority: CertificateAuthority) {
    this.#authority = authority;
    this.#agent = new Agent({ keepAlive: true, maxSockets: 8, ca: readFileSync(authority.tlsCa) });
  }

  /**
   * @param csr PKCS #10, PEM; its common name is the enrolment id
   * @returns the certificate, PEM
   * @throws Problem 503 when the CA does not answer, 502 when it refuses
   */
  async enrol(enrolmentId: string, secret: string, csr: string): Promise<string> {
    // An empty list of attributes: without the member the CA would write its default ones into the certificate.
    const body = JSON.stringify({ certificate_request: csr, caname: this.#authority.name, attr_reqs: [] });
    const basic = Buffer.from(`${enrolmentId}:${secret}`).toString('base64');
    const { Cert } = await this.#post('/api/v1/enroll', body, `Basic ${basic}`);
    return Buffer.from(String(Cert), 'base64').toString('utf8');
  }

  /** Registers a client identity without attributes. @returns its enrolment secret */
  async register(registrar: CaIdentity, enrolmentId: string): Promise<string> {
    const path = '/api/v1/register';
    const body = JSON.stringify({
      id: enrolmentId,
      type: 'client',
      affiliation: '',
      max_enrollments: 1,
      caname: this.#authority.name,
    });
    const { secret } = await this.#post(path, body, caToken(registrar, 'POST', path, body));
    return String(secret);
  }

  close(): void {
    this.#agent.destroy();
  }

  async #post(path: string, body: string, authorization: string): Promise<Record<string, unknown>> {
    const text = await new Promise<string>((resolve, reject) => {
      const outgoing = request(
        new URL(path, this.#authority.url),
        {
          method: 'POST',
          agent: this.#agent,
          timeout: timeoutMs,
          headers: { authorization, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
          incoming.on('error', reject);
        },
      );
      outgoing.on('timeout', () => outgoing.destroy(new Error('timeout')));
      outgoing.on('error', reject);
      outgoing.end(body);
    }).catch((cause: unknown) => {
      throw new Problem('unavailable', {
        detail: "the organisation's certificate authority does not answer",
        cause,
        headers: { 'retry-after': '5' },
      });
    });
    return resultOf(text);
  }
}

function resultOf(text: string): Record<string, unknown> {
  let answer: CaAnswer | undefined;
  try {
    answer = JSON.parse(text) as CaAnswer;
  } catch {
    answer = undefined;
  }
  if (answer?.success === true && answer.result !== undefined) return answer.result;
  const codes = answer?.errors?.map(({ code }) => code).join(', ') ?? 'not JSON';
  throw new Problem('upstream_failed', { detail: `the certificate authority refused (code ${codes})` });
}

/** Fabric CA's token: `b64(certificate).b64(signature over "METHOD.b64(path).b64(body).b64(certificate)")`. */
export function caToken({ certificate, privateKey }: CaIdentity, method: string, path: string, body: string): string {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  const payload = `${method}.${base64(path)}.${base64(body)}.${base64(certificate)}`;
  const signature = fabricSignature(
    sign('sha256', Buffer.from(payload), { key: privateKey, dsaEncoding: 'ieee-p1363' }),
  );
  return `${base64(certificate)}.${Buffer.from(signature).toString('base64')}`;
}

/** SHA-256 of a certificate's public key (SPKI, DER), hex: what the ledger knows a submitter by. */
export function deviceKeyOf(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}
