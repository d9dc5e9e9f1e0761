/**
 * The text of one member of a JSON object, as it was written: numbers keep their digits, members their order.
 *
 * @param text a valid JSON object without white space between tokens
 * @returns undefined when there is no such member; the last one when it is repeated, as with `JSON.parse`
 */
export function memberText(text: string, name: string): string | undefined {
  let found: string | undefined;
  let at = 1;
  while (text[at] === '"') {
    const keyEnd = endOfString(text, at);
    const valueEnd = endOfValue(text, keyEnd + 1);
    if (JSON.parse(text.slice(at, keyEnd)) === name) found = text.slice(keyEnd + 1, valueEnd);
    at = valueEnd + 1;
  }
  return found;
}

/** @returns the index after the closing quote */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

/** @returns the index of the comma or bracket after the value */
function endOfValue(text: string, start: number): number {
  let depth = 0;
  let at = start;
  for (;;) {
    const char = text[at];
    if (char === '"') {
      at = endOfString(text, at);
      continue;
    }
    if (depth === 0 && (char === ',' || char === '}')) return at;
    if (char === '{' || char === '[') depth += 1;
    else if (char === '}' || char === ']') depth -= 1;
    at += 1;
  }
}
