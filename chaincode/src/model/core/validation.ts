/**
 * Validators compiled once per class from its class-validator decorators: the class is the only description, used for
 * commands in the chaincode, requests in the gateway and the OpenAPI document. Unknown members are refused everywhere.
 */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import * as classTransformerStorage from 'class-transformer/cjs/storage.js';
import { validationMetadatasToSchemas } from 'class-validator-jsonschema';
import { formatRule } from './decorators.ts';
import { formatForms, formats, type FormatName } from './formats.ts';

/** Something that can be constructed without arguments; its decorators describe its fields. */
export type Described<T extends object = object> = new () => T;

export interface Violation {
  /** RFC 6901 pointer into the value. */
  readonly pointer: string;
  readonly detail: string;
}

export type JsonSchema = { readonly [member: string]: unknown };

const formatConverters = Object.fromEntries(
  (Object.keys(formats) as FormatName[]).map((format) => [formatRule(format), { type: 'string' as const, format }]),
);

const schemaId = 'model';
let ajv: Ajv2020 | undefined;
let described: ReadonlySet<string> = new Set();
const compiled = new Map<Described, ValidateFunction>();

/**
 * JSON Schema (2020-12) of every decorated class loaded so far, by class name.
 *
 * @param refPrefix what a reference to another class starts with, such as `#/components/schemas/`
 */
export function schemasOfClasses(refPrefix: string): Record<string, JsonSchema> {
  const schemas = validationMetadatasToSchemas({
    refPointerPrefix: refPrefix,
    classTransformerMetadataStorage: classTransformerStorage.defaultMetadataStorage,
    additionalConverters: formatConverters,
  });
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, { ...schema, additionalProperties: false }]),
  );
}

/** A class without decorators of its own is described by the nearest ancestor that has some. */
function describingClass(type: Described): string {
  for (let candidate: unknown = type; typeof candidate === 'function'; candidate = Object.getPrototypeOf(candidate)) {
    if (described.has(candidate.name)) return candidate.name;
  }
  return type.name;
}

function validatorOf(type: Described): ValidateFunction {
  const known = compiled.get(type);
  if (known !== undefined) return known;
  if (ajv?.getSchema(`${schemaId}#/$defs/${type.name}`) === undefined) {
    const schemas = schemasOfClasses(`${schemaId}#/$defs/`);
    ajv = new Ajv2020({ allErrors: true, strict: false, formats });
    ajv.addSchema({ $id: schemaId, $defs: schemas });
    described = new Set(Object.keys(schemas));
  }
  const validate = ajv.compile({ $ref: `${schemaId}#/$defs/${describingClass(type)}` });
  compiled.set(type, validate);
  return validate;
}

/**
 * Compiles the validators of these classes ahead of the first request.
 *
 * @throws Error when a class carries no decorators
 */
export function precompile(types: Iterable<Described>): void {
  for (const type of types) validatorOf(type);
}

/**
 * @returns what is wrong with the value, in the order of its fields; empty when it is a valid `type`
 * @throws Error when the class carries no decorators
 */
export function violationsOf(type: Described, value: unknown): readonly Violation[] {
  const validate = validatorOf(type);
  if (validate(value)) return [];
  return (validate.errors ?? []).filter((error) => error.keyword !== 'if').map(violation);
}

function violation(error: ErrorObject): Violation {
  const params = error.params as Record<string, unknown>;
  const member = (params['missingProperty'] ?? params['additionalProperty']) as string | undefined;
  const pointer = member === undefined ? error.instancePath : `${error.instancePath}/${escapePointer(member)}`;
  const detail =
    error.keyword === 'additionalProperties'
      ? 'unknown field'
      : error.keyword === 'required'
        ? 'is required'
        : error.keyword === 'enum'
          ? `must be one of ${(params['allowedValues'] as unknown[]).join(', ')}`
          : error.keyword === 'format'
            ? `must be ${formatForms[params['format'] as FormatName]}`
            : (error.message ?? 'is not valid');
  return { pointer, detail };
}

function escapePointer(member: string): string {
  return member.replaceAll('~', '~0').replaceAll('/', '~1');
}
