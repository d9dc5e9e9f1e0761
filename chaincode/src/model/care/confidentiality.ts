import { confidentialities, type Confidentiality } from './vocabulary.ts';

/** What a scope permits: R and V only where it names them, or the records themselves (DESIGN §5). */
export function permittedConfidentialities(scope: {
  readonly confidentialities?: readonly Confidentiality[];
  readonly recordIds?: readonly string[];
}): readonly Confidentiality[] {
  return scope.confidentialities ?? (scope.recordIds === undefined ? ['N'] : confidentialities);
}
