/** Codes as they come in and as they are searched for. */
import { malformedCodeOf } from '@chain-of-care/chaincode/model';
import { codeToken, normaliseWord } from '@chain-of-care/client';
import { Problem } from '../http/problem.ts';
import type { Coding, RecordDescription } from './dto.ts';

/** @throws Problem invalid_identifier naming every code that has not its system's form or check digit */
export function requireWellFormedCodes(coding: readonly Coding[] = []): void {
  const errors = coding.flatMap(({ system, code }, index) => {
    const name = malformedCodeOf(system, code);
    if (name === undefined) return [];
    return [{ pointer: `/coding/${index}/code`, code: 'invalid_identifier', detail: `is no ${name} code` }];
  });
  if (errors.length > 0) throw new Problem('invalid_identifier', { errors });
}

/** Blind-index tokens of these codes. @returns undefined for none */
export function termsOf(indexKey: Uint8Array, coding: readonly Coding[] = []): string[] | undefined {
  const terms = new Set(coding.map(({ system, code }) => codeToken(indexKey, system, code)));
  return terms.size === 0 ? undefined : [...terms].slice(0, 50);
}

export interface SoughtCode {
  /** Absent: of any system. */
  readonly system?: string;
  readonly code: string;
}

/** FHIR's token search: `system|code` or `code`. */
export function soughtCode(text: string): SoughtCode {
  const separator = text.lastIndexOf('|');
  const code = text.slice(separator + 1);
  return separator <= 0 ? { code } : { system: text.slice(0, separator), code };
}

/** What is asked of the sealed description. */
export interface SealedFilter {
  readonly code?: SoughtCode;
  readonly facility?: string;
  readonly title?: string;
}

export function isSealedFilter({ code, facility, title }: SealedFilter): boolean {
  return code !== undefined || facility !== undefined || title !== undefined;
}

/** Whether an opened description is what is sought. */
export function matchesDescription(
  { code, facility, title }: SealedFilter,
  description: Partial<RecordDescription>,
): boolean {
  const isCoded =
    code === undefined ||
    (description.coding ?? []).some(
      (coding) => coding.code === code.code && (code.system === undefined || coding.system === code.system),
    );
  return isCoded && contains(description.facility, facility) && contains(description.title, title);
}

function contains(text: string | undefined, part: string | undefined): boolean {
  if (part === undefined) return true;
  return text !== undefined && normaliseWord(text).includes(normaliseWord(part));
}
