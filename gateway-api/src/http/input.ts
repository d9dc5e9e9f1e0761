/** What comes in, checked by the classes of a route: unknown members refused, query strings and paths coerced. */
import {
  Refusal,
  schemasOfClasses,
  violationsOf,
  type Described,
  type JsonSchema,
} from '@chain-of-care/chaincode/model';
import { Problem, type ProblemItem } from './problem.ts';

type PropertySchema = { readonly type?: unknown; readonly items?: { readonly type?: unknown } };

const properties = new WeakMap<Described, Readonly<Record<string, PropertySchema>>>();

/**
 * @param value parsed JSON
 * @throws Problem validation_failed with every violation
 */
export function checkedBody(type: Described, value: unknown): unknown {
  return checked(type, value, '');
}

/** What `read` refuses without saying where is refused at this pointer. @throws what `read` throws */
export function readAt<T>(pointer: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refusal) || error.pointer !== undefined) throw error;
    throw new Refusal(error.code, error.detail, pointer);
  }
}

/** @throws Problem validation_failed unless the body says nothing */
export function refuseMembers(body: unknown): void {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new Problem('validation_failed', { detail: 'takes no body' });
  const errors = Object.keys(body)
    .slice(0, 50)
    .map((name) => ({
      pointer: `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      code: 'validation_failed' as const,
      detail: 'unknown field',
    }));
  if (errors.length > 0) throw new Problem('validation_failed', { errors });
}

/**
 * Texts of a query or path as the class wants them: whole and other numbers, booleans, lists (a repeated parameter, or
 * one text separated by commas).
 *
 * @param where `query` or `path`, the first part of the pointers of what is wrong
 * @throws Problem validation_failed
 */
export function checkedParameters(type: Described, given: Readonly<Record<string, unknown>>, where: string): unknown {
  const schemas = propertiesOf(type);
  const coerced = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, coerce(value, schemas[name])] as const),
  );
  const unstorable = Object.entries(coerced).find(([, value]) => holdsNul(value));
  if (unstorable !== undefined)
    throw new Problem('validation_failed', {
      errors: [{ pointer: `/${where}/${unstorable[0]}`, code: 'validation_failed', detail: 'holds the character NUL' }],
    });
  return checked(type, coerced, `/${where}`);
}

function checked(type: Described, value: unknown, prefix: string): unknown {
  const violations = violationsOf(type, value);
  if (violations.length === 0) return value;
  const errors: ProblemItem[] = violations
    .slice(0, 50)
    .map(({ pointer, detail }) => ({ pointer: `${prefix}${pointer}`, code: 'validation_failed', detail }));
  throw new Problem('validation_failed', { errors });
}

/** NUL is the one character that PostgreSQL's text does not have. */
function holdsNul(value: unknown): boolean {
  return Array.isArray(value) ? value.some(holdsNul) : typeof value === 'string' && value.includes('\u0000');
}

function propertiesOf(type: Described): Readonly<Record<string, PropertySchema>> {
  let found = properties.get(type);
  if (found === undefined) {
    found = (describingSchema(type)?.['properties'] ?? {}) as Record<string, PropertySchema>;
    properties.set(type, found);
  }
  return found;
}

/** A class without decorators of its own is described by the nearest ancestor that has some. */
function describingSchema(type: Described): JsonSchema | undefined {
  const schemas = schemasOfClasses('');
  for (let candidate: unknown = type; typeof candidate === 'function'; candidate = Object.getPrototypeOf(candidate)) {
    const schema = schemas[candidate.name];
    if (schema !== undefined) return schema;
  }
  return undefined;
}

function coerce(value: unknown, schema: PropertySchema | undefined): unknown {
  if (schema?.type === 'array') {
    const items = Array.isArray(value) ? value : String(value).split(',');
    return items.map((item) => coerce(item, schema.items));
  }
  if (typeof value !== 'string') return value;
  if ((schema?.type === 'integer' || schema?.type === 'number') && /^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  if (schema?.type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  return value;
}
