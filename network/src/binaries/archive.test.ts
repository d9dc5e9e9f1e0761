import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { downloadRelease } from './archive.ts';
import { pinnedArchives } from './releases.ts';

describe('the release archive', () => {
  const work = mkdtempSync(join(tmpdir(), 'archive-'));
  const target = join(work, 'target');
  let archive: Buffer;
  let sha256: string;
  let server: Server;
  let base: string;

  beforeAll(async () => {
    mkdirSync(join(work, 'release/bin'), { recursive: true });
    writeFileSync(join(work, 'release/bin/peer'), '#!/bin/sh\necho peer\n', { mode: 0o755 });
    execFileSync('tar', ['-czf', join(work, 'release.tar.gz'), '-C', join(work, 'release'), 'bin']);
    archive = readFileSync(join(work, 'release.tar.gz'));
    sha256 = createHash('sha256').update(archive).digest('hex');
    server = createServer((request, response) => {
      if (request.url === '/missing') {
        response.writeHead(404).end();
        return;
      }
      response.writeHead(200, { 'content-length': String(archive.length) });
      if (request.url === '/cut') {
        response.write(archive.subarray(0, archive.length / 2), () => response.destroy());
        return;
      }
      response.end(archive);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  beforeEach(() => {
    rmSync(target, { recursive: true, force: true });
    mkdirSync(target);
  });

  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    rmSync(work, { recursive: true, force: true });
  });

  const get = (path: string, hash: string) =>
    downloadRelease(target, () => undefined, [{ url: base + path, sha256: hash }]);

  test('with the pinned hash it is unpacked, programs executable', async () => {
    await get('/good', sha256);
    expect(execFileSync(join(target, 'bin/peer')).toString()).toBe('peer\n');
    expect(readdirSync(target)).toEqual(['bin']);
  });

  test('with another hash it is refused and nothing of it stays', async () => {
    await expect(get('/good', '0'.repeat(64))).rejects.toThrow('not the pinned');
    expect(readdirSync(target)).toEqual([]);
  });

  test('cut off on the way it is refused and nothing of it stays', async () => {
    await expect(get('/cut', sha256)).rejects.toThrow('cut off');
    expect(readdirSync(target)).toEqual([]);
  });

  test('not there, or nobody answering, it says so', async () => {
    await expect(get('/missing', sha256)).rejects.toThrow('answers 404');
    const nowhere = { url: 'http://127.0.0.1:1/x.tar.gz', sha256 };
    await expect(downloadRelease(target, () => undefined, [nowhere])).rejects.toThrow('does not answer');
  });

  test('of a platform without pinned hashes nothing is used', async () => {
    const releases = join(work, 'releases.json');
    writeFileSync(
      releases,
      JSON.stringify({
        'linux-amd64': [
          { url: 'a', sha256 },
          { url: 'b', sha256: null },
        ],
      }),
    );
    expect(pinnedArchives('linux', 'x64', releases)).toEqual([]);
    await expect(downloadRelease(target, () => undefined, [])).rejects.toThrow('no release archive is pinned');
  });
});
