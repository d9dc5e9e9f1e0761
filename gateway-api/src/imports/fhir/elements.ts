/** Reads elements of a FHIR resource by path, without trusting its shape. */

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Every value at a dotted path; lists on the way are flattened, what is not there is left out.
 *
 * @param path element names with dots, such as `item.servicedPeriod.start`
 */
export function valuesAt(resource: unknown, path: string): readonly unknown[] {
  let found: unknown[] = [resource];
  for (const name of path.split('.')) {
    found = found.flatMap((value) => {
      const next = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
      if (next === undefined || next === null) return [];
      return Array.isArray(next) ? (next as unknown[]) : [next];
    });
  }
  return found;
}

export function objectsAt(resource: unknown, path: string): readonly JsonObject[] {
  return valuesAt(resource, path).filter(isObject);
}

/** Strings that hold more than white space. */
export function textsAt(resource: unknown, path: string): readonly string[] {
  return valuesAt(resource, path).filter((value): value is string => typeof value === 'string' && value.trim() !== '');
}

export function textAt(resource: unknown, path: string): string | undefined {
  return textsAt(resource, path)[0];
}

/** The first path that has a text. */
export function firstText(resource: unknown, paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const text = textAt(resource, path);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** An object of those members that are defined: for optional members under `exactOptionalPropertyTypes`. */
export function defined<T extends Record<string, unknown>>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
