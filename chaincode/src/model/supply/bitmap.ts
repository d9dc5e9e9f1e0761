/** A set of positions within a segment as hex: bit `i & 3` of digit `i >> 2`. */

export function bitmapOf(positions: Iterable<number>): string {
  const digits: number[] = [];
  for (const position of positions) {
    const at = position >> 2;
    while (digits.length <= at) digits.push(0);
    digits[at]! |= 1 << (position & 3);
  }
  return digits.map((digit) => digit.toString(16)).join('');
}

/** Positions of a bitmap, ascending. */
export function positionsIn(bitmap: string): number[] {
  const positions: number[] = [];
  for (let at = 0; at < bitmap.length; at += 1)
    for (let bit = 0; bit < 4; bit += 1) if (hasPosition(bitmap, at * 4 + bit)) positions.push(at * 4 + bit);
  return positions;
}

export function hasPosition(bitmap: string, position: number): boolean {
  const digit = bitmap[position >> 2];
  return digit !== undefined && (Number.parseInt(digit, 16) & (1 << (position & 3))) !== 0;
}
