import { conformanceJson } from '../data.ts';

export interface WycheproofCase {
  readonly tcId: number;
  readonly comment: string;
  readonly flags: readonly string[];
  readonly result: 'valid' | 'invalid' | 'acceptable';
}

interface WycheproofFile {
  readonly numberOfTests: number;
  readonly testGroups: readonly { readonly tests: readonly WycheproofCase[] }[];
}

/** Every case of a file, with the fields of its group; the caller says which these are. */
export function wycheproofCases(name: string): readonly WycheproofCase[] {
  const file = conformanceJson(`crypto/wycheproof/${name}.json`) as WycheproofFile;
  const cases = file.testGroups.flatMap(({ tests, ...group }) => tests.map((each) => ({ ...group, ...each })));
  if (cases.length !== file.numberOfTests) throw new Error(`${name}: ${cases.length} of ${file.numberOfTests} cases`);
  return cases;
}

export const bytesOf = (hex: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(hex, 'hex'));
export const hexOf = (bytes: ArrayBuffer | Uint8Array): string =>
  Buffer.from(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes)).toString('hex');
