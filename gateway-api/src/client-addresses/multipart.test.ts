import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from '@jest/globals';
import { readForm } from './multipart.ts';

const contentType = 'multipart/form-data; boundary=frontier';
const part = (disposition: string, content: string, more = ''): string =>
  `--frontier\r\nContent-Disposition: form-data; ${disposition}\r\n${more}\r\n${content}\r\n`;
const field = part('name="recordType"', 'prescription');
const file = part('name="file"; filename="scan.pdf"', 'one\r\n--frontie\r\ntwo', 'Content-Type: application/pdf\r\n');
const end = '--frontier--\r\n';

/** The text in chunks of this many bytes. */
function* chunks(text: string, size: number): Generator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
const formOf = (text: string, size = 1_000) => readForm(Readable.from(chunks(text, size)), contentType);

describe('a form with a file', () => {
  test.each([1, 2, 3, 7, 16, 1_000])('is read the same when it comes in chunks of %i bytes', async (size) => {
    const { fields, file: read } = await formOf(field + file + end, size);
    expect(fields).toEqual({ recordType: 'prescription' });
    expect([read.name, read.mediaType]).toEqual(['scan.pdf', 'application/pdf']);
    expect((await buffer(read.content)).toString()).toBe('one\r\n--frontie\r\ntwo');
  });

  test('an empty file is one', async () => {
    const { file: read } = await formOf(part('name="file"; filename="a"', '') + end);
    expect((await buffer(read.content)).length).toBe(0);
  });

  test.each([
    ['a field behind the file', file + field + end],
    ['an end that never comes', field + file],
  ])('%s fails while the file is read', async (_what, text) => {
    const { file: read } = await formOf(text);
    await expect(buffer(read.content)).rejects.toMatchObject({ code: 'malformed_request' });
  });

  test.each([
    ['without a file', field + end, 'validation_failed'],
    ['with a nameless part', part('filename="a"', 'x') + end, 'malformed_request'],
    ['with an endless field', part('name="a"', 'x'.repeat(20_000)) + end, 'malformed_request'],
    ['of another boundary', '--other\r\n', 'malformed_request'],
  ])('one %s is refused', async (_what, text, code) => {
    await expect(formOf(text)).rejects.toMatchObject({ code });
  });

  test('a form without a boundary is none', async () => {
    await expect(readForm(Readable.from(['']), 'multipart/form-data')).rejects.toMatchObject({
      code: 'malformed_request',
    });
  });
});
