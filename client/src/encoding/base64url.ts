import type { Bytes } from './bytes.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const values = new Map([...alphabet].map((character, value) => [character, value]));

/** Base 64 with the URL-safe alphabet and without padding (RFC 4648 §5). */
export function toBase64Url(bytes: Uint8Array): string {
  let text = '';
  for (let index = 0; index < bytes.length; index += 3) {
    const rest = bytes.length - index;
    const group = (bytes[index]! << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0);
    text += alphabet[group >>> 18]! + alphabet[(group >>> 12) & 63]!;
    if (rest > 1) text += alphabet[(group >>> 6) & 63]!;
    if (rest > 2) text += alphabet[group & 63]!;
  }
  return text;
}

/**
 * Takes only the one canonical text of some bytes, so that two texts never mean the same.
 *
 * @throws TypeError for padding, another alphabet or stray bits at the end
 */
export function fromBase64Url(text: string): Bytes {
  const tail = text.length % 4;
  if (tail === 1) throw new TypeError('not base64url');
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let width = 0;
  let offset = 0;
  for (const character of text) {
    const value = values.get(character);
    if (value === undefined) throw new TypeError('not base64url');
    bits = ((bits << 6) | value) & 0xffff;
    width += 6;
    if (width >= 8) {
      width -= 8;
      bytes[offset] = (bits >>> width) & 0xff;
      offset += 1;
    }
  }
  if (width > 0 && (bits & ((1 << width) - 1)) !== 0) throw new TypeError('not base64url: stray bits');
  return bytes;
}
