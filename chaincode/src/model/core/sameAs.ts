/** One description of a field that several classes have: a request takes what the command takes. */
import { defaultMetadataStorage as nestedTypes } from 'class-transformer/cjs/storage.js';
import { getMetadataStorage } from 'class-validator';
import type { Described } from './validation.ts';

/**
 * The property takes what that of the other class takes: its decorators, and its class where it is nested.
 *
 * @param type whose property says it
 * @throws TypeError when that class describes no such property
 */
export function SameAs<Source extends object>(
  type: Described<Source>,
  member: keyof Source & string,
): PropertyDecorator {
  return ({ constructor: target }, propertyName) => {
    const storage = getMetadataStorage();
    const rules = storage
      .getTargetValidationMetadatas(type, '', false, false)
      .filter((rule) => rule.propertyName === member);
    if (rules.length === 0) throw new TypeError(`${type.name} describes no ${member}`);
    for (const rule of rules) storage.addValidationMetadata({ ...rule, target, propertyName: String(propertyName) });
    const nested = nestedTypes.findTypeMetadata(type, member);
    if (nested !== undefined) nestedTypes.addTypeMetadata({ ...nested, target, propertyName: String(propertyName) });
  };
}
