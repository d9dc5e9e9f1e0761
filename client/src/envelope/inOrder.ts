type Settled<T> = { readonly value: T } | { readonly error: unknown };

/**
 * Maps with a few in flight and yields in order: the next chunk is in the cipher's thread while this one is written.
 *
 * @param depth how many may be in flight, at least 1
 */
export async function* mapInOrder<In, Out>(
  source: AsyncIterable<In>,
  depth: number,
  map: (item: In) => Promise<Out>,
): AsyncGenerator<Out, void, void> {
  const inFlight: Promise<Settled<Out>>[] = [];
  for await (const item of source) {
    inFlight.push(map(item).then(succeeded, failed));
    if (inFlight.length >= depth) yield unwrap(await inFlight.shift()!);
  }
  for (const pending of inFlight) yield unwrap(await pending);
}

function succeeded<T>(value: T): Settled<T> {
  return { value };
}

function failed(error: unknown): Settled<never> {
  return { error };
}

function unwrap<T>(settled: Settled<T>): T {
  if ('error' in settled) throw settled.error;
  return settled.value;
}
