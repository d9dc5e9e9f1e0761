import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { concat, equalBytes, fromBase64Url, fromHex, fromUtf8, toBase64Url, toHex, utf8 } from './index.ts';

test('base64url and hex read back what they wrote and agree with Node', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(toBase64Url(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
      expect(toHex(bytes)).toBe(Buffer.from(bytes).toString('hex'));
      expect(equalBytes(fromBase64Url(toBase64Url(bytes)), bytes)).toBe(true);
      expect(equalBytes(fromHex(toHex(bytes)), bytes)).toBe(true);
    }),
  );
});

test.each(['A', 'AB=', 'A+8', 'A/8', 'AB', 'AAB', 'AA AA'])('base64url refuses %j, which is not canonical', (text) => {
  expect(() => fromBase64Url(text)).toThrow(TypeError);
});

test.each(['0', '0g', ' 00'])('hex refuses %j', (text) => {
  expect(() => fromHex(text)).toThrow(TypeError);
});

test('bytes that are not UTF-8 are refused, and a byte order mark is kept', () => {
  expect(() => fromUtf8(Uint8Array.of(0xff))).toThrow('not valid');
  expect(fromUtf8(utf8('\uFEFFä'))).toBe('\uFEFFä');
});

test('bytes are equal only when length and every byte are', () => {
  expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).toBe(true);
  expect(equalBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false);
  expect(equalBytes(Uint8Array.of(1), concat(Uint8Array.of(1), Uint8Array.of(0)))).toBe(false);
});
