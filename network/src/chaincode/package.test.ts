import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { extract } from 'tar-stream';
import { chaincodePackage, digestOfLabel, packageLabel } from './package.ts';

const digest = 'ab'.repeat(32);
const label = packageLabel('chain-of-care', 3, digest);

async function filesOf(archive: Buffer): Promise<Record<string, Buffer>> {
  const files: Record<string, Buffer> = {};
  const reader = extract();
  Readable.from([gunzipSync(archive)]).pipe(reader);
  for await (const entry of reader) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    files[entry.header.name] = Buffer.concat(chunks);
  }
  return files;
}

describe('chaincode package', () => {
  test('the same input gives the same bytes at any time, another address others', async () => {
    const first = await chaincodePackage(label, '127.0.0.1:9999');
    await new Promise((resolve) => setTimeout(resolve, 1100));
    const second = await chaincodePackage(label, '127.0.0.1:9999');
    expect(second.archive.equals(first.archive)).toBe(true);
    expect(second.packageId).toBe(first.packageId);
    expect((await chaincodePackage(label, '127.0.0.1:9998')).packageId).not.toBe(first.packageId);
  });

  test('its id is the label and the SHA-256 of the archive, as the peer computes it', async () => {
    const { archive, packageId } = await chaincodePackage(label, 'a:1');
    expect(packageId).toBe(`${label}:${createHash('sha256').update(archive).digest('hex')}`);
  });

  test('its label carries the whole digest of the built chaincode, and Fabric takes it', () => {
    expect(digestOfLabel(label)).toBe(digest);
    expect(digestOfLabel(`${label}:${'0'.repeat(64)}`)).toBe(digest);
    expect(digestOfLabel('plain_1')).toBeUndefined();
    expect(label).toMatch(/^[a-zA-Z0-9]+([.+_-][a-zA-Z0-9]+)*$/);
  });

  test('it holds the address and no key', async () => {
    const outer = await filesOf((await chaincodePackage(label, 'host:7')).archive);
    expect(JSON.parse(outer['metadata.json']!.toString())).toEqual({ type: 'ccaas', label });
    const inner = await filesOf(outer['code.tar.gz']!);
    expect(Object.keys(inner)).toEqual(['connection.json']);
    expect(JSON.parse(inner['connection.json']!.toString())).toEqual({ address: 'host:7' });
  });
});
