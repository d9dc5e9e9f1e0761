/** Pseudo-random numbers that are the same on every machine for the same seed: for made-up data, never for keys. */
export interface SeededRandom {
  /** An integer of [0, below). */
  below(below: number): number;
  /** One of a list that is not empty. */
  of<T>(list: readonly T[]): T;
  /** A version 4 UUID. */
  uuid(): string;
}

/** xorshift128 (Marsaglia, 2003), seeded through splitmix32. */
export function seededRandom(seed: number): SeededRandom {
  let mixed = seed >>> 0;
  const splitmix = (): number => {
    mixed = (mixed + 0x9e3779b9) >>> 0;
    let z = mixed;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
  let [x, y, z, w] = [splitmix(), splitmix(), splitmix(), splitmix() | 1];

  const next = (): number => {
    const t = x ^ (x << 11);
    [x, y, z] = [y, z, w];
    w = (w ^ (w >>> 19) ^ t ^ (t >>> 8)) >>> 0;
    return w;
  };
  const below = (bound: number): number => Math.floor((next() / 2 ** 32) * bound);
  const hex = (): string => next().toString(16).padStart(8, '0');

  return {
    below,
    of: (list) => list[below(list.length)]!,
    uuid: () => {
      const digits = `${hex()}${hex()}${hex()}${hex()}`;
      const variant = '89ab'[Number.parseInt(digits[16]!, 16) & 3]!;
      return [
        digits.slice(0, 8),
        digits.slice(8, 12),
        `4${digits.slice(13, 16)}`,
        `${variant}${digits.slice(17, 20)}`,
        digits.slice(20),
      ].join('-');
    },
  };
}
