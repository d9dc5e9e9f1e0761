/** Lines of an inventory as they stream in: CSV with a header, newline-delimited JSON, or a JSON array. */
import { parse } from 'csv-parse';
import { JSONParser } from '@streamparser/json';
import { violationsOf } from '@chain-of-care/chaincode/model';
import { Problem } from '../http/problem.ts';
import { NewVerification } from './dto.ts';

export const inventoryTypes = ['text/csv', 'application/json', 'application/x-ndjson'] as const;
export type InventoryType = (typeof inventoryTypes)[number];

/** A line as it was read, or why it cannot be. */
export type InventoryLine = { readonly body: NewVerification } | { readonly problem: string };

const columns: ReadonlySet<string> = new Set(['scan', 'gtin', 'ndc', 'serial', 'lot', 'expiry', 'sscc', 'foundIn']);
/** Characters of a line at the most. */
const lineLength = 4096;

/**
 * @param source bytes of the body
 * @throws Problem malformed_request when the whole is no CSV or JSON of lines
 */
export async function* inventoryLines(
  type: InventoryType,
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<InventoryLine> {
  const lines =
    type === 'text/csv' ? csvLines(source) : type === 'application/json' ? arrayItems(source) : jsonLines(source);
  for await (const line of lines) yield checked(line);
}

async function* csvLines(source: AsyncIterable<Uint8Array>): AsyncGenerator {
  const parser = parse({
    bom: true,
    columns: (header: string[]) => {
      const unknown = header.find((name) => !columns.has(name.trim()));
      if (unknown !== undefined) throw malformed(`the CSV has an unknown column: ${unknown.slice(0, 40)}`);
      return header.map((name) => name.trim());
    },
    skip_empty_lines: true,
    trim: true,
    max_record_size: lineLength,
  });
  void feed(source, parser);
  try {
    for await (const record of parser)
      yield Object.fromEntries(Object.entries(record as Record<string, string>).filter(([, value]) => value !== ''));
  } catch (error) {
    throw error instanceof Problem ? error : malformed('the CSV cannot be read', error);
  }
}

async function feed(source: AsyncIterable<Uint8Array>, parser: ReturnType<typeof parse>): Promise<void> {
  try {
    for await (const chunk of source)
      if (!parser.write(chunk)) await new Promise((resolve) => parser.once('drain', resolve));
    parser.end();
  } catch (error) {
    parser.destroy(error as Error);
  }
}

async function* jsonLines(source: AsyncIterable<Uint8Array>): AsyncGenerator {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of source) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop()!;
    if (rest.length > lineLength) throw malformed('a line is too long');
    for (const line of lines) if (line.trim() !== '') yield jsonOf(line);
  }
  if (rest.trim() !== '') yield jsonOf(rest);
}

/** A line that is no JSON is a line that cannot be read. */
function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}

async function* arrayItems(source: AsyncIterable<Uint8Array>): AsyncGenerator {
  const parser = new JSONParser({ paths: ['$.*'], keepStack: false });
  let items: unknown[] = [];
  let isArray = true;
  parser.onValue = ({ value, stack, key }) => {
    if (stack.length > 1) return;
    if (typeof key !== 'number') isArray = false;
    items.push(value);
  };
  const fail = (cause?: unknown): Problem => malformed('the body is no JSON array of lines', cause);
  for await (const chunk of source) {
    try {
      parser.write(chunk);
    } catch (error) {
      throw fail(error);
    }
    if (!isArray) throw fail();
    yield* items;
    items = [];
  }
  if (!parser.isEnded) throw fail();
}

function checked(line: unknown): InventoryLine {
  if (typeof line !== 'object' || line === null) return { problem: 'no line of an inventory' };
  const [violation] = violationsOf(NewVerification, line);
  if (violation !== undefined) return { problem: `${violation.pointer} ${violation.detail}`.trim() };
  return { body: line };
}

function malformed(detail: string, cause?: unknown): Problem {
  return new Problem('malformed_request', { detail, cause });
}
