import 'reflect-metadata';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPrivateKey, KeyObject, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { ConnectionProfile } from '../fabric/profile.ts';
import { createLog } from '../log.ts';
import { MutualTlsClient } from './client.ts';
import { InternalServer, memberOf } from './server.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const serverAuth = '1.3.6.1.5.5.7.3.1';
const clientAuth = '1.3.6.1.5.5.7.3.2';

interface Authority {
  readonly pem: string;
  readonly name: string;
  readonly keys: CryptoKeyPair;
}
type CryptoKeyPair = Awaited<ReturnType<typeof newKeys>>;

async function newKeys() {
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function authority(name: string): Promise<Authority> {
  const keys = await newKeys();
  const extensions = [new BasicConstraintsExtension(true, undefined, true)];
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: algorithm,
    extensions,
  });
  return { pem: certificate.toString('pem'), name, keys };
}

async function issue(by: Authority, usages: string[]): Promise<{ certificate: string; privateKey: string }> {
  const keys = await newKeys();
  const certificate = await X509CertificateGenerator.create({
    subject: 'CN=gateway',
    issuer: `CN=${by.name}`,
    publicKey: keys.publicKey,
    signingKey: by.keys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new SubjectAlternativeNameExtension([{ type: 'ip', value: '127.0.0.1' }]),
      ...(usages.length === 0 ? [] : [new ExtendedKeyUsageExtension(usages)]),
    ],
  });
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  const key = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
  return { certificate: certificate.toString('pem'), privateKey: exported(key) };
}

function exported(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

let directory: string;
let authorities: Map<string, X509Certificate>;
let hospital: Authority;
let regulator: Authority;
let stranger: Authority;
let server: InternalServer;
let port: number;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'internal-'));
  [hospital, regulator, stranger] = await Promise.all([
    authority('hospital'),
    authority('regulator'),
    authority('stranger'),
  ]);
  authorities = new Map([
    ['HospitalMSP', new X509Certificate(hospital.pem)],
    ['RegulatorMSP', new X509Certificate(regulator.pem)],
  ]);
  server = new InternalServer(await profileOf('HospitalMSP', hospital, 0), createLog('silent'));
  server.add('get', '/v1/whoami/:word', async ({ peer, params }) => ({ status: 200, body: { ...peer, ...params } }));
  port = await server.start('127.0.0.1', 0);
});
afterAll(async () => {
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

async function profileOf(
  mspId: string,
  by: Authority,
  at: number,
  usages = [serverAuth, clientAuth],
): Promise<ConnectionProfile> {
  const folder = await mkdtemp(join(directory, 'm-'));
  const { certificate, privateKey } = await issue(by, usages);
  const write = async (name: string, content: string): Promise<string> => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };
  const member = { role: 'hospital', name: 'x', internal: `https://127.0.0.1:${at}` } as const;
  return {
    version: 1,
    mspId,
    role: 'hospital',
    channel: 'c',
    chaincode: 'c',
    peers: [],
    ca: { url: '', name: '', tlsCa: '', registrar: '' },
    admin: { certificate: '', privateKey: '' },
    service: { certificate: '', privateKey: '' },
    members: [
      { ...member, mspId: 'HospitalMSP', tlsCa: await write('hospital.pem', hospital.pem) },
      { ...member, mspId: 'RegulatorMSP', tlsCa: await write('regulator.pem', regulator.pem) },
    ],
    tls: { certificate: await write('c.pem', certificate), privateKey: await write('k.pem', privateKey), ca: '' },
  };
}

async function ask(mspId: string, by: Authority, usages?: string[]): Promise<{ status: number; body: string }> {
  const client = new MutualTlsClient(await profileOf(mspId, by, port, usages));
  try {
    const { status, stream } = await client.get('HospitalMSP', '/v1/whoami/hello');
    return { status, body: await text(stream) };
  } finally {
    client.close();
  }
}

describe('between gateways', () => {
  it('the caller is the member whose CA issued its TLS certificate, whatever it says of itself', async () => {
    const { status, body } = await ask('HospitalMSP', regulator);
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({ mspId: 'RegulatorMSP', word: 'hello' });
  });

  it('a certificate of another CA gets nothing', async () => {
    await expect(ask('HospitalMSP', stranger)).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('a certificate that a member’s CA issued to a person gets nothing', async () => {
    const person = new X509Certificate((await issue(hospital, [])).certificate);
    expect(memberOf(person, authorities)).toBeUndefined();
    const client = new X509Certificate((await issue(hospital, [clientAuth])).certificate);
    expect(memberOf(client, authorities)).toBeUndefined();
    expect((await ask('HospitalMSP', hospital, [clientAuth])).status).toBe(403);
  });

  it('a member whose gateway does not answer is a 503 that says whose', async () => {
    const client = new MutualTlsClient(await profileOf('HospitalMSP', hospital, 1));
    await expect(client.get('RegulatorMSP', '/v1/x')).rejects.toMatchObject({
      code: 'unavailable',
      detail: expect.stringContaining('RegulatorMSP'),
    });
    await expect(client.get('NobodyMSP', '/v1/x')).rejects.toMatchObject({ code: 'organization_not_found' });
    client.close();
  });
});
