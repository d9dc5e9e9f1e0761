import { expect, test } from '@jest/globals';
import { toBase64Url, toHex } from '../encoding/index.ts';
import { redeemHashOf, SharingSecret } from './index.ts';

const bytes = Uint8Array.from({ length: 32 }, (_, index) => index);
const record = { recordId: '2c1e6c9f-8d2d-4b3f-8ba1-3a4d5e6f7a81', version: 3 };
const refused = { name: 'KeyError', code: 'wrap_refused' };

test('what proves possession and what is kept follow from the secret, and neither is the other', async () => {
  const secret = new SharingSecret(bytes);
  expect(new SharingSecret(secret.text).redeem).toBe(secret.redeem);
  expect(secret.redeem).toHaveLength(43);
  expect(secret.redeem).not.toBe(secret.text);
  expect(await redeemHashOf(secret.redeem)).toMatch(/^[0-9a-f]{64}$/);
  const wrapped = await secret.wrap(bytes, 'token-1', record);
  expect(toHex(await new SharingSecret(bytes).unwrap(wrapped, 'token-1', record))).toBe(toHex(bytes));
});

test('a key that is swapped for another token, record or version is refused, and so is another secret', async () => {
  const secret = new SharingSecret(bytes);
  const wrapped = await secret.wrap(bytes, 'token-1', record);
  await expect(secret.unwrap(wrapped, 'token-2', record)).rejects.toMatchObject(refused);
  await expect(secret.unwrap(wrapped, 'token-1', { ...record, version: 4 })).rejects.toMatchObject(refused);
  await expect(secret.unwrap(wrapped, 'token-1', { ...record, recordId: 'r' })).rejects.toMatchObject(refused);
  const other = new SharingSecret(toBase64Url(crypto.getRandomValues(new Uint8Array(32))));
  await expect(other.unwrap(wrapped, 'token-1', record)).rejects.toMatchObject(refused);
  expect(() => new SharingSecret('short')).toThrow(expect.objectContaining({ code: 'key_malformed' }));
  await expect(secret.wrap(new Uint8Array(16), 'token-1', record)).rejects.toMatchObject({ code: 'key_malformed' });
});
