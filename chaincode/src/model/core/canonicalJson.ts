/**
 * Canonical JSON: object keys sorted by code unit, no white space, `undefined` members dropped, numbers only as safe
 * integers. For this subset the bytes equal RFC 8785 (JCS), so what a peer writes is what any other peer writes.
 *
 * @param value plain data: null, boolean, string, safe integer, array, plain object
 * @throws TypeError for what has no canonical form here (a float, NaN, bigint, function, symbol)
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new TypeError(`not a safe integer: ${value}`);
    return String(value);
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value === 'object') {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    members.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
  }
  throw new TypeError(`no canonical form for ${typeof value}`);
}
