/** Enrolment at a Fabric CA server over its REST interface: a key made here, a certificate from there. */
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { request } from 'node:https';
import {
  Pkcs10CertificateRequestGenerator,
  SubjectAlternativeNameExtension,
  type JsonGeneralName,
} from '@peculiar/x509';
import { isIP } from 'node:net';
import { NetworkFailure } from '../failure.ts';

export interface CaEndpoint {
  readonly host: string;
  readonly port: number;
  /** PEM of the authority that issued the server's TLS certificate. */
  readonly tlsCa: string;
}

export interface Enrollment {
  readonly caName: string;
  readonly id: string;
  readonly secret: string;
  readonly profile?: 'tls';
  readonly hosts?: readonly string[];
}

/** PEM texts: the certificate, its private key (PKCS #8), and the authority's own certificate. */
export interface EnrolledIdentity {
  readonly certificate: string;
  readonly privateKey: string;
  readonly ca: string;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/**
 * Enrols one registered identity with a fresh P-256 key and no attributes in its certificate.
 *
 * @throws NetworkFailure when the CA refuses or does not answer
 */
export async function enroll(endpoint: CaEndpoint, enrollment: Enrollment): Promise<EnrolledIdentity> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const hosts = enrollment.hosts ?? [];
  const csr = await Pkcs10CertificateRequestGenerator.create({
    name: `CN=${enrollment.id}`,
    keys,
    signingAlgorithm: algorithm,
    extensions: hosts.length === 0 ? [] : [new SubjectAlternativeNameExtension(hosts.map(generalName))],
  });
  const answer = await post(endpoint, '/api/v1/enroll', `${enrollment.id}:${enrollment.secret}`, {
    certificate_request: csr.toString('pem'),
    caname: enrollment.caName,
    attr_reqs: [],
    ...(hosts.length === 0 ? {} : { hosts }),
    ...(enrollment.profile === undefined ? {} : { profile: enrollment.profile }),
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    certificate: decode(answer.Cert),
    privateKey: `-----BEGIN PRIVATE KEY-----\n${pkcs8.match(/.{1,64}/g)!.join('\n')}\n-----END PRIVATE KEY-----\n`,
    ca: decode(answer.ServerInfo.CAChain),
  };
}

interface EnrollAnswer {
  readonly Cert: string;
  readonly ServerInfo: { readonly CAChain: string };
}

interface CaAnswer {
  readonly success: boolean;
  readonly result: EnrollAnswer;
  readonly errors?: readonly { readonly message: string }[];
}

const decode = (text: string): string => Buffer.from(text, 'base64').toString('utf8');

const generalName = (host: string): JsonGeneralName =>
  isIP(host) === 0 ? { type: 'dns', value: host } : { type: 'ip', value: host };

function post(endpoint: CaEndpoint, path: string, auth: string, body: unknown): Promise<EnrollAnswer> {
  return new Promise((resolve, reject) => {
    const fail = (what: string) => reject(new NetworkFailure(`the CA on port ${endpoint.port} ${what}`));
    const call = request(
      {
        method: 'POST',
        host: endpoint.host,
        port: endpoint.port,
        path,
        auth,
        ca: endpoint.tlsCa,
        timeout: 20_000,
        headers: { 'content-type': 'application/json' },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          try {
            const answer = JSON.parse(text) as CaAnswer;
            if (answer.success) resolve(answer.result);
            else fail(`refuses: ${answer.errors?.map(({ message }) => message).join('; ') ?? text}`);
          } catch {
            fail(`answered ${response.statusCode ?? ''} ${text.slice(0, 200)}`);
          }
        });
      },
    );
    call.once('timeout', () => call.destroy(new Error('no answer')));
    call.once('error', (error) => fail(`does not answer: ${error.message}`));
    call.end(JSON.stringify(body));
  });
}
