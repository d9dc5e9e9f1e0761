/** Code systems whose codes have a form, or a check digit, that tells a mistyped one. Others are taken as they come. */
import { hasMod10Digit, hasVerhoeffDigit } from './checkDigits.ts';

interface CodeSystem {
  readonly name: string;
  readonly isWellFormed: (code: string) => boolean;
}

/** By the URI that FHIR gives a system (HL7 Terminology, external code systems). */
export const codeSystems: Readonly<Record<string, CodeSystem>> = {
  /** ICD-10-CM Official Guidelines, I.A.2: 3 to 7 characters, a point after the third. */
  'http://hl7.org/fhir/sid/icd-10-cm': {
    name: 'ICD-10-CM',
    isWellFormed: (code) => /^[A-Z]\d[\dAB](\.[\dA-Z]{1,4})?$/.test(code),
  },
  /** SNOMED CT identifier of a concept: 6 to 18 digits, partition 00 or 10, Verhoeff check digit. */
  'http://snomed.info/sct': {
    name: 'SNOMED CT',
    isWellFormed: (code) => /^[1-9]\d{2,14}[01]0\d$/.test(code) && hasVerhoeffDigit(code),
  },
  /** A term, or a part (LP), answer (LA), answer list (LL) or group (LG); mod-10 check digit after the hyphen. */
  'http://loinc.org': {
    name: 'LOINC',
    isWellFormed: (code) => /^(L[PALG])?\d{1,7}-\d$/.test(code) && hasMod10Digit(code.replace('-', '')),
  },
  /** RXCUI: a number of up to 8 digits; it has no check digit. */
  'http://www.nlm.nih.gov/research/umls/rxnorm': {
    name: 'RxNorm',
    isWellFormed: (code) => /^[1-9]\d{0,7}$/.test(code),
  },
};

/** @returns the name of the system when the code has not its form or check digit; undefined when nothing is wrong */
export function malformedCodeOf(system: string, code: string): string | undefined {
  if (!Object.hasOwn(codeSystems, system)) return undefined;
  const { name, isWellFormed } = codeSystems[system]!;
  return isWellFormed(code) ? undefined : name;
}
