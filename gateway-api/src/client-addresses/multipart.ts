/**
 * A form with one file (RFC 7578), read as it comes: the fields first, then the file as a stream that is never whole in
 * memory. Fields behind the file would be known too late, so they are refused.
 */
import { Readable } from 'node:stream';
import { Problem } from '../http/problem.ts';

export interface Form {
  readonly fields: Readonly<Record<string, string>>;
  readonly file: {
    readonly name?: string;
    readonly mediaType: string;
    /** Fails with a problem when the form ends too early or goes on behind the file. */
    readonly content: Readable;
  };
}

const headersAtMost = 8 * 1024;
const fieldAtMost = 16 * 1024;
const fieldsAtMost = 32;

/**
 * @param contentType of the request, with its boundary
 * @throws Problem malformed_request, validation_failed without a file
 */
export async function readForm(body: Readable, contentType: string): Promise<Form> {
  const boundary = /^multipart\/form-data\s*;.*?\bboundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType);
  if (boundary === null) throw malformed('the form has no boundary');
  const parts = new Parts(body, Buffer.from(`\r\n--${boundary[1] ?? boundary[2]!}`));
  await parts.begin();
  const fields: Record<string, string> = {};
  for (let count = 0; count < fieldsAtMost; count += 1) {
    const headers = await parts.headers();
    if (headers === undefined) break;
    const name = dispositionOf(headers, 'name');
    if (name === undefined) throw malformed('a part of the form has no name');
    if (!/^content-disposition:.*filename/im.test(headers)) {
      fields[name] = await parts.text();
      continue;
    }
    const mediaType = /^content-type:\s*([^\r\n]+?)\s*$/im.exec(headers)?.[1] ?? 'application/octet-stream';
    const fileName = dispositionOf(headers, 'filename');
    const content = Readable.from(parts.lastContent());
    return { fields, file: { mediaType, content, ...(fileName === undefined ? {} : { name: fileName }) } };
  }
  throw new Problem('validation_failed', {
    errors: [{ pointer: '/file', code: 'validation_failed', detail: 'the form has no file' }],
  });
}

class Parts {
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #delimiter: Buffer;
  #buffer: Buffer = Buffer.from('\r\n');

  constructor(body: Readable, delimiter: Buffer) {
    this.#chunks = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    this.#delimiter = delimiter;
  }

  /** Up to the first part. */
  async begin(): Promise<void> {
    await this.#upTo(this.#delimiter, headersAtMost);
  }

  /** @returns the next part's headers; undefined behind the last part */
  async headers(): Promise<string | undefined> {
    while (this.#buffer.length < 2) await this.#more();
    if (this.#buffer.subarray(0, 2).toString('latin1') === '--') return undefined;
    return (await this.#upTo(Buffer.from('\r\n\r\n'), headersAtMost)).toString('utf8');
  }

  async text(): Promise<string> {
    return (await this.#upTo(this.#delimiter, fieldAtMost)).toString('utf8');
  }

  /** The rest of the form is this part. */
  async *lastContent(): AsyncGenerator<Buffer> {
    const { length } = this.#delimiter;
    for (;;) {
      const at = this.#buffer.indexOf(this.#delimiter);
      const safe = at < 0 ? this.#buffer.length - length : at;
      if (safe > 0) yield this.#buffer.subarray(0, safe);
      if (at >= 0) {
        this.#buffer = this.#buffer.subarray(at + length);
        break;
      }
      if (safe > 0) this.#buffer = this.#buffer.subarray(safe);
      await this.#more();
    }
    if ((await this.headers()) !== undefined) throw malformed('the file must be the last part of the form');
  }

  async #upTo(mark: Buffer, atMost: number): Promise<Buffer> {
    for (;;) {
      const at = this.#buffer.indexOf(mark);
      if (at > atMost || (at < 0 && this.#buffer.length > atMost + mark.length))
        throw malformed('a field or header of the form is too long');
      if (at >= 0) {
        const found = this.#buffer.subarray(0, at);
        this.#buffer = this.#buffer.subarray(at + mark.length);
        return found;
      }
      await this.#more();
    }
  }

  async #more(): Promise<void> {
    const { done, value } = await this.#chunks.next();
    if (done === true) throw malformed('the form was cut off');
    this.#buffer = this.#buffer.length === 0 ? value : Buffer.concat([this.#buffer, value]);
  }
}

function dispositionOf(headers: string, parameter: string): string | undefined {
  const disposition = /^content-disposition:\s*form-data\s*;(.*)$/im.exec(headers)?.[1] ?? '';
  return new RegExp(`(?:^|;)\\s*${parameter}="([^"]*)"`, 'i').exec(disposition)?.[1];
}

function malformed(detail: string): Problem {
  return new Problem('malformed_request', { detail });
}
