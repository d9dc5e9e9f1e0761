import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SealedKeyStore } from './keyStore.ts';
import { masterKeyFrom } from './masterKey.ts';
import { SealBroken } from './sealedFile.ts';

const master = new Uint8Array(32).fill(7);
const secret = new TextEncoder().encode('a signing key');
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'keystore-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function onlyFile(): Promise<string> {
  const files = (await readdir(directory, { recursive: true })).filter((file) => file.endsWith('.sealed'));
  expect(files).toHaveLength(1);
  return join(directory, files[0]!);
}

describe('the custodial key store', () => {
  it('gives back what was put, and nothing for another name', async () => {
    const store = new SealedKeyStore(directory, master);
    await store.put('root/zoe', secret);
    expect(Buffer.from((await store.get('root/zoe'))!).toString()).toBe('a signing key');
    expect(await store.get('root/ada')).toBeUndefined();
  });

  it('leaves neither name nor secret on disk, and only the owner may read', async () => {
    await new SealedKeyStore(directory, master).put('root/zoe', secret);
    const file = await onlyFile();
    expect(file).not.toContain('zoe');
    expect((await readFile(file)).includes('signing')).toBe(false);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('refuses a flipped bit and another master key', async () => {
    const store = new SealedKeyStore(directory, master);
    await store.put('k', secret);
    const file = await onlyFile();
    const sealed = await readFile(file);
    sealed[20]! ^= 1;
    await writeFile(file, sealed);
    await expect(store.get('k')).rejects.toThrow(SealBroken);
  });

  it('refuses a file that was moved to another name', async () => {
    const store = new SealedKeyStore(directory, master);
    await store.put('a', secret);
    const first = await readFile(await onlyFile());
    await rm(await onlyFile());
    await store.put('b', secret);
    await writeFile(await onlyFile(), first);
    await expect(store.get('b')).rejects.toThrow(SealBroken);
  });

  it('derives secrets that stay the same and differ by purpose', () => {
    const store = new SealedKeyStore(directory, master);
    expect(store.derived('x')).toEqual(new SealedKeyStore(directory, master).derived('x'));
    expect(store.derived('x')).not.toEqual(store.derived('y'));
  });
});

describe('the master key file', () => {
  it('is made once, even by several starts at the same time', async () => {
    const file = join(directory, 'keystore.key');
    const keys = await Promise.all(Array.from({ length: 8 }, () => masterKeyFrom(file)));
    expect(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size).toBe(1);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('is refused when others may read it', async () => {
    const file = join(directory, 'keystore.key');
    await masterKeyFrom(file);
    await chmod(file, 0o644);
    await expect(masterKeyFrom(file)).rejects.toThrow('owner only');
  });
});
