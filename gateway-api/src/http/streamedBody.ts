/** A body that is not kept whole: bounded, and digested on its way to whoever reads it. */
import { createHash } from 'node:crypto';
import { Transform, type Readable } from 'node:stream';
import { Problem } from './problem.ts';

export class StreamedBody {
  readonly stream: Readable;
  #digest: string | undefined;

  /**
   * @param maxBytes after so many the stream fails with 413
   * @param contentType a multipart body's boundary is no part of its digest: clients choose another each time
   */
  constructor(source: Readable, maxBytes: number, contentType: string) {
    const digest = digestWithout(boundaryOf(contentType));
    let seen = 0;
    const limit = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        seen += chunk.length;
        digest.update(chunk);
        if (seen > maxBytes) done(new Problem('payload_too_large'));
        else done(null, chunk);
      },
      flush: (done) => {
        this.#digest = digest.end();
        done();
      },
    });
    source.on('error', (error) => limit.destroy(error));
    source.on('aborted', () => limit.destroy(new Problem('malformed_request', { detail: 'the body was cut off' })));
    this.stream = source.pipe(limit);
    // Whoever stops in the middle is answered; what is still on its way would stand before the connection's next request.
    limit.once('close', () => source.unpipe(limit).resume());
  }

  /** SHA-256, absent until the body was read to its end. */
  get digest(): string | undefined {
    return this.#digest;
  }

  /** Reads the rest for the digest alone. @throws Problem 413, 400 for a body that was cut off */
  async readToEnd(): Promise<string> {
    for await (const _ of this.stream);
    return this.#digest!;
  }
}

/** A content type as it says what the body means. */
export function withoutBoundary(contentType: string): string {
  return contentType.replace(boundaryForm, '');
}

const boundaryForm = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i;

function boundaryOf(contentType: string): Buffer {
  const [, quoted, plain] = (/^multipart\//i.test(contentType) ? boundaryForm.exec(contentType) : null) ?? [];
  return Buffer.from(quoted ?? plain ?? '');
}

/** A digest of everything but this text, which may lie across chunks. */
function digestWithout(text: Buffer): { update(chunk: Buffer): void; end(): string } {
  const hash = createHash('sha256');
  let held = Buffer.alloc(0);
  return {
    update(chunk) {
      if (text.length === 0) {
        hash.update(chunk);
        return;
      }
      let rest = Buffer.concat([held, chunk]);
      for (let at = rest.indexOf(text); at >= 0; at = rest.indexOf(text)) {
        hash.update(rest.subarray(0, at));
        rest = rest.subarray(at + text.length);
      }
      const settled = Math.max(0, rest.length - text.length + 1);
      hash.update(rest.subarray(0, settled));
      held = rest.subarray(settled);
    },
    end: () => hash.update(held).digest('hex'),
  };
}
