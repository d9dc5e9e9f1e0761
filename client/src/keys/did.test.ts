import { expect, test } from '@jest/globals';
import { base58btc } from 'multiformats/bases/base58';
import { generateDeviceKey } from '../signing/index.ts';
import { didOfDeviceKey, patientDidDocument } from './did.ts';

test("a device key's did:key is zDn… and holds the compressed point", async () => {
  const { publicKey } = await generateDeviceKey();
  const did = await didOfDeviceKey(publicKey);
  expect(did).toMatch(/^did:key:zDn[1-9A-HJ-NP-Za-km-z]+$/);
  const bytes = base58btc.decode(did.slice('did:key:'.length));
  const point = new Uint8Array(await crypto.subtle.exportKey('raw', publicKey));
  expect([...bytes.subarray(0, 2)]).toEqual([0x80, 0x24]);
  expect(bytes[2]).toBe(2 + (point[64]! & 1));
  expect([...bytes.subarray(3)]).toEqual([...point.subarray(1, 33)]);
});

test("the did:key method's own P-256 example comes out", async () => {
  const jwk = {
    kty: 'EC',
    crv: 'P-256',
    x: 'fyNYMN0976ci7xqiSdag3buk-ZCwgXU4kz9XNkBlNUI',
    y: 'hW2ojTNfH7Jbi8--CJUo3OCbH3y5n91g-IMA9MLMbTU',
  };
  const key = await crypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify']);
  expect(await didOfDeviceKey(key)).toBe('did:key:zDnaerDaTF5BXEavCrfRZEk316dpbLsfPDZ3WJ5hRTPFU2169');
});

test('a DID document holds the device keys and nothing else, under the DID of the first', async () => {
  const devices = await Promise.all([generateDeviceKey(), generateDeviceKey()]);
  const keys = devices.map((device) => device.publicKey);
  const document = await patientDidDocument(keys);
  expect(document.id).toBe(await didOfDeviceKey(keys[0]!));
  expect(document.verificationMethod.map((method) => method.controller)).toEqual([document.id, document.id]);
  expect(document.authentication).toEqual(document.verificationMethod.map((method) => method.id));
  expect(Object.keys(document).toSorted()).toEqual([
    '@context',
    'assertionMethod',
    'authentication',
    'id',
    'verificationMethod',
  ]);
  expect(JSON.stringify(document).length).toBeLessThan(8192);
  await expect(patientDidDocument([])).rejects.toThrow(RangeError);
});
