import { Problem } from '../http/problem.ts';

/** More than any answer between gateways that is no content. */
const maxBytes = 64 * 1024;

/**
 * What another member's gateway answered: its word, to be checked as any input.
 *
 * @throws Problem upstream_failed for what is no JSON, or longer than an answer need be
 */
export async function jsonAnswer(stream: AsyncIterable<Uint8Array>): Promise<unknown> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of stream) {
    pieces.push(piece);
    size += piece.length;
    if (size > maxBytes) throw new Problem('upstream_failed', { detail: 'the answer is too long' });
  }
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8'));
  } catch (cause) {
    throw new Problem('upstream_failed', { detail: 'the answer is no JSON', cause });
  }
}
