import { objectsAt, textAt } from './elements.ts';
import type { Identifier } from './mapped.ts';

/** FHIR Identifier, of a resource or of a Reference: those that have a value. */
export function identifiersOf(resource: unknown): readonly Identifier[] {
  return objectsAt(resource, 'identifier').flatMap((identifier) => {
    const [system, value] = [textAt(identifier, 'system'), textAt(identifier, 'value')];
    if (value === undefined) return [];
    return [system === undefined ? { value } : { system, value }];
  });
}
