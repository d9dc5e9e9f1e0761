import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { contentDigest, isSigned, signatureBase, signRequest } from './httpSignature.ts';

/** RFC 9421 appendix B.1.4, test-key-ed25519. */
const privateKey = createPrivateKey(`-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF
-----END PRIVATE KEY-----`);
const publicKey = createPublicKey(privateKey);

const body = '{"hello": "world"}';
const hook = {
  method: 'POST',
  url: 'https://hooks.example/in?x=1',
  headers: { 'content-type': 'application/json', 'content-digest': contentDigest(body), 'webhook-id': 'n1' },
};
const components = ['@method', '@target-uri', 'content-type', 'content-digest', 'webhook-id'];
const nowMs = 1_700_000_000_000;
const options = { publicKey: () => publicKey, required: components, nowMs, maxAgeMs: 300_000 };
const signed = () => {
  const parameters = { components, created: nowMs / 1000, keyId: 'k' };
  return { ...hook, headers: { ...hook.headers, ...signRequest(hook, parameters, privateKey) } };
};

describe('HTTP message signatures', () => {
  test('the base and signature of RFC 9421 B.2.6 are reproduced', () => {
    const request = {
      method: 'POST',
      url: 'https://example.com/foo?param=Value&Pet=dog',
      headers: {
        date: 'Tue, 20 Apr 2021 02:07:55 GMT',
        'content-type': 'application/json',
        'content-length': '18',
      },
    };
    const covered = ['date', '@method', '@path', '@authority', 'content-type', 'content-length'];
    const input = `(${covered.map((name) => `"${name}"`).join(' ')});created=1618884473;keyid="test-key-ed25519"`;
    const base = signatureBase(request, covered, input);
    expect(sign(null, Buffer.from(base), privateKey).toString('base64')).toBe(
      'wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==',
    );
  });

  test('the digest of RFC 9530 is reproduced', () => {
    expect(contentDigest(body)).toBe('sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:');
  });

  test('what was signed is accepted', () => {
    expect(isSigned(signed(), body, options)).toBe(true);
  });

  test('a change of anything covered is refused', () => {
    const good = signed();
    expect(isSigned(good, `${body} `, options)).toBe(false);
    expect(isSigned({ ...good, url: 'https://other.example/in?x=1' }, body, options)).toBe(false);
    expect(isSigned({ ...good, method: 'PUT' }, body, options)).toBe(false);
    expect(isSigned({ ...good, headers: { ...good.headers, 'webhook-id': 'n2' } }, body, options)).toBe(false);
  });

  test('an old signature, an unknown key and one that leaves a required part out are refused', () => {
    expect(isSigned(signed(), body, { ...options, nowMs: nowMs + 300_001 })).toBe(false);
    expect(isSigned(signed(), body, { ...options, publicKey: () => undefined })).toBe(false);
    expect(isSigned(signed(), body, { ...options, required: [...components, 'date'] })).toBe(false);
  });
});
