import { concat, type Bytes } from '../encoding/index.ts';

/** All pieces as one. */
export async function collect(pieces: AsyncIterable<Uint8Array>): Promise<Bytes> {
  const collected: Uint8Array[] = [];
  for await (const piece of pieces) collected.push(piece);
  return concat(...collected);
}
