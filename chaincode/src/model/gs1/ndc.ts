/** US National Drug Codes and their GTIN (FDA 21 CFR 207.33; GS1 US healthcare guideline). */
import { Refusal } from '../core/errors.ts';
import { gs1CheckDigit, hasGs1CheckDigit } from './checkDigit.ts';

/** Digits of labeller, product and package. 6-4-2 is the 12-digit code from 7 March 2033. */
export const ndcSegmentations = ['4-4-2', '5-3-2', '5-4-1', '6-4-2'] as const;
export type NdcSegmentation = (typeof ndcSegmentations)[number];

export interface Ndc {
  /** With hyphens, as labelled; 10 digits, or 12. */
  readonly text: string;
  readonly digits: string;
  readonly segmentation: NdcSegmentation;
}

/**
 * Reads a hyphenated NDC, or one of bare digits whose segmentation is told. The 11 digits that claims use (5-4-2, padded
 * with one zero) give the labelled code only together with its segmentation.
 *
 * @throws Refusal invalid_identifier when it has a wrong form, or when 10 or 11 bare digits come without segmentation
 */
export function parseNdc(text: string, segmentation?: NdcSegmentation): Ndc {
  const parts = text.split('-');
  const digits = parts.join('');
  if (!/^\d{10,12}$/.test(digits) || ![1, 3].includes(parts.length)) throw invalid('an NDC has 10, 11 or 12 digits');
  const shape = parts.map((part) => part.length).join('-');
  const own = ndcSegmentations.find((candidate) => candidate === shape);
  if (own !== undefined) return ndcOf(digits, own);
  if (digits.length === 12 && parts.length === 1) return ndcOf(digits, '6-4-2');
  if (segmentation === undefined) throw invalid('the digits alone do not tell the segmentation of an NDC');
  if (digits.length === 10 && parts.length === 1 && segmentation !== '6-4-2') return ndcOf(digits, segmentation);
  if (digits.length === 11 && (shape === '5-4-2' || parts.length === 1)) return fromEleven(digits, segmentation);
  throw invalid('the form of the NDC does not fit its segmentation');
}

/** The 11 digits (5-4-2) of claims: the short segment padded with one zero. */
export function ndcElevenDigits({ text, segmentation }: Ndc): string {
  if (segmentation === '6-4-2') throw invalid('a 12-digit NDC has no 11-digit form');
  const [labeller, product, pack] = text.split('-') as [string, string, string];
  return `${labeller.padStart(5, '0')}${product.padStart(4, '0')}${pack.padStart(2, '0')}`;
}

/**
 * @param indicator packaging level, 0 to 8
 * @throws Refusal invalid_identifier: the 12-digit NDC does not fit a GTIN
 */
export function gtinOfNdc(ndc: Ndc, indicator = 0): string {
  if (ndc.digits.length !== 10) throw invalid('a 12-digit NDC does not fit a GTIN');
  if (!Number.isInteger(indicator) || indicator < 0 || indicator > 8) throw invalid('the indicator is 0 to 8');
  const body = `${indicator}03${ndc.digits}`;
  return `${body}${gs1CheckDigit(body)}`;
}

/** The ten digits of the NDC inside a GTIN-14, or undefined when it carries none. They do not tell the segmentation. */
export function ndcDigitsOfGtin(gtin: string): string | undefined {
  return hasGs1CheckDigit(gtin, 14) && gtin.slice(1, 3) === '03' && gtin[0] !== '9' ? gtin.slice(3, 13) : undefined;
}

function fromEleven(digits: string, segmentation: NdcSegmentation): Ndc {
  const padding = { '4-4-2': 0, '5-3-2': 5, '5-4-1': 9, '6-4-2': undefined }[segmentation];
  if (padding === undefined || digits[padding] !== '0') throw invalid('the padding zero is not where the NDC has it');
  return ndcOf(digits.slice(0, padding) + digits.slice(padding + 1), segmentation);
}

function ndcOf(digits: string, segmentation: NdcSegmentation): Ndc {
  const [labeller, product] = segmentation.split('-').map(Number) as [number, number];
  const text = [
    digits.slice(0, labeller),
    digits.slice(labeller, labeller + product),
    digits.slice(labeller + product),
  ];
  return { text: text.join('-'), digits, segmentation };
}

function invalid(reason: string): Refusal {
  return new Refusal('invalid_identifier', reason);
}
