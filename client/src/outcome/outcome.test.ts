import { createCipheriv, createHmac } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { fromUtf8 } from '../encoding/index.ts';
import { openAnswer, openBatchOutcome, proposeCommands, proposeQuery, sealedPayload } from './index.ts';

/** As the chaincode seals: the nonce is the start of HMAC-SHA-256(key, plaintext). */
function seal(key: Uint8Array, plaintext: string): Uint8Array {
  const nonce = createHmac('sha256', key).update(plaintext).digest().subarray(0, 12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  return Buffer.concat([nonce, cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

const command = { type: 'care.appendRecords', key: '0'.repeat(64), handle: 'f'.repeat(32), body: { a: 1 } };

test('a proposal carries the request and a fresh seal and salt of 32 bytes each', () => {
  const [first, second] = [proposeCommands([command]), proposeCommands([command])];
  expect(JSON.parse(fromUtf8(first.transient.request))).toEqual({ v: 1, commands: [command] });
  expect([first.transient.seal.length, first.transient.salt.length]).toEqual([32, 32]);
  expect(first.transient.seal).not.toEqual(second.transient.seal);
  expect(first.transient.salt).not.toEqual(second.transient.salt);
  expect(first.transient.salt).not.toEqual(first.transient.seal);
});

test('a query travels with its type, handle and body', () => {
  const { transient } = proposeQuery({ type: 'care.readRecords', handle: 'a'.repeat(32), body: {} });
  expect(JSON.parse(fromUtf8(transient.request))).toEqual({
    v: 1,
    type: 'care.readRecords',
    handle: 'a'.repeat(32),
    body: {},
  });
});

test('what the chaincode sealed is opened with the key of the proposal', async () => {
  const { sealKey } = proposeCommands([command]);
  const outcome = { v: 1, outcomes: [{ status: 'applied', result: { id: 'ä' } }], writes: 2 };
  expect(await openBatchOutcome(sealKey, seal(sealKey, JSON.stringify(outcome)))).toEqual(outcome);
  expect(await openAnswer(sealKey, seal(sealKey, 'null'))).toBeNull();
});

test('another key, a changed bit and a cut payload are refused', async () => {
  const { sealKey } = proposeCommands([command]);
  const sealed = seal(sealKey, '{"v":1,"outcomes":[],"writes":0}');
  const changed = Uint8Array.from(sealed, (octet, index) => (index === 20 ? octet ^ 1 : octet));
  const refused = { name: 'OutcomeError', code: 'outcome_unsealing_failed' };
  await expect(openBatchOutcome(proposeCommands([command]).sealKey, sealed)).rejects.toMatchObject(refused);
  await expect(openBatchOutcome(sealKey, changed)).rejects.toMatchObject(refused);
  await expect(openBatchOutcome(sealKey, sealed.subarray(0, 27))).rejects.toMatchObject(refused);
});

test.each(['[]', '{"v":2,"outcomes":[],"writes":0}', '{"v":1,"outcomes":{},"writes":0}', 'x'])(
  'an answer that is no outcome is refused: %s',
  async (text) => {
    const { sealKey } = proposeCommands([command]);
    await expect(openBatchOutcome(sealKey, seal(sealKey, text))).rejects.toMatchObject({ code: 'outcome_malformed' });
  },
);

test('the payload is base64 text, as the contract API returns it, and anything else is malformed', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  expect(sealedPayload(Buffer.from(Buffer.from(bytes).toString('base64')))).toEqual(bytes);
  expect(() => sealedPayload(Uint8Array.of(0xff, 0x00))).toThrow(
    expect.objectContaining({ code: 'outcome_malformed' }),
  );
});
