/** Property decorators of the vocabulary. */
import { ArrayMinSize, ArrayUnique, IsArray, IsIn, ValidateBy, type ValidationOptions } from 'class-validator';
import { formatForms, formats, type FormatName } from './formats.ts';

/** Name under which class-validator keeps a format rule; `validation.ts` makes `{type: 'string', format}` of it. */
export const formatRule = (name: FormatName): string => `format:${name}`;

/** The value, or with `{each: true}` every item, is a string of this format. */
export function IsFormat(name: FormatName, options: ValidationOptions = {}): PropertyDecorator {
  const validator = {
    validate: (value: unknown) => typeof value === 'string' && formats[name](value),
    defaultMessage: () => `must be ${formatForms[name]}`,
  };
  return ValidateBy({ name: formatRule(name), validator }, options);
}

/** Some of these words: a list of one at least, none of them twice. */
export function IsSomeOf(words: readonly string[]): PropertyDecorator {
  const rules = [IsIn(words, { each: true }), ArrayUnique(), ArrayMinSize(1), IsArray()];
  return (target, property) => {
    for (const rule of rules) rule(target, property);
  };
}
