import { openContent } from './open.ts';
import { sealContent } from './seal.ts';
import type { EnvelopeSubject } from './header.ts';

/** A pair of web streams for `pipeThrough`. */
export interface ByteTransform {
  readonly writable: WritableStream<Uint8Array>;
  readonly readable: ReadableStream<Uint8Array>;
}

/** {@link sealContent} between two web streams, with backpressure. */
export function sealingStream(dataKey: Uint8Array, subject: EnvelopeSubject): ByteTransform {
  return through((source) => sealContent(source, dataKey, subject));
}

/** {@link openContent} between two web streams; the readable side errors with the EnvelopeError. */
export function openingStream(dataKey: Uint8Array, subject: EnvelopeSubject): ByteTransform {
  return through((source) => openContent(source, dataKey, subject));
}

function through(
  convert: (source: AsyncIterable<Uint8Array>) => AsyncGenerator<Uint8Array, void, void>,
): ByteTransform {
  const { writable, readable: input } = new TransformStream<Uint8Array, Uint8Array>();
  const output = convert(iterate(input));
  const readable = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await output.next();
      if (next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
    async cancel() {
      await output.return();
    },
  });
  return { writable, readable };
}

/** By a reader: not every browser iterates a ReadableStream. */
async function* iterate(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  const reader = stream.getReader();
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        ended = true;
        return;
      }
      yield value;
    }
  } finally {
    if (!ended) await reader.cancel();
  }
}
