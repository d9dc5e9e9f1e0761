/** A stored value as the read model keeps it. */
export interface ReadableValue {
  readonly type: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** Escapes that JSON allows and PostgreSQL's text and jsonb do not: NUL and lone surrogates. */
const unstorable = /\\u(?:0000|d[89a-f][0-9a-f]{2})/i;

/**
 * Parses a stored value: a JSON object with a type name `t`. Characters that the database cannot hold become U+FFFD, so
 * that nobody can stop the projection with one.
 *
 * @returns undefined when it is anything else
 */
export function readStoredValue(bytes: Uint8Array): ReadableValue | undefined {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const storable = (unstorable.test(text) ? sanitized(value) : value) as Record<string, unknown>;
  const type = storable['t'];
  return typeof type === 'string' ? { type, value: storable } : undefined;
}

function sanitized(value: unknown): unknown {
  if (typeof value === 'string') return storableText(value);
  if (Array.isArray(value)) return value.map(sanitized);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [storableText(key), sanitized(member)]));
}

function storableText(text: string): string {
  return wellFormed(text.replaceAll('\u0000', '\uFFFD'));
}

/** A ledger key as text: Fabric's composite keys hold NUL, shown as U+2400. */
export function storableKey(key: string): string {
  return wellFormed(key.replaceAll('\u0000', '\u2400'));
}

/** Lone surrogates become U+FFFD on the way through UTF-8. */
function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}
