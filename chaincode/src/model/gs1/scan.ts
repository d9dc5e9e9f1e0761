import { Refusal } from '../core/errors.ts';
import { parseDigitalLink } from './digitalLink.ts';
import { normaliseGtin } from './gtin.ts';
import { elementValue, parseElementString, type Element } from './elementString.ts';

/** What a scanned code says about a thing of the supply chain. */
export interface ScannedCode {
  readonly gtin?: string;
  readonly serial?: string;
  readonly lot?: string;
  /** YYMMDD as printed. */
  readonly expiry?: string;
  readonly sscc?: string;
  /** National number (715). */
  readonly ndc?: string;
  readonly elements: readonly Element[];
}

/**
 * Reads scanned text: an element string in any form, a Digital Link, or an EAN/UPC symbol with its identifier.
 *
 * @throws Refusal invalid_identifier with the reason
 */
export function parseScan(text: string): ScannedCode {
  const trade = /^\]E[04](\d{8}|\d{12,13})$/.exec(text.trim());
  if (trade !== null) return parseScan(`(01)${normaliseGtin(trade[1]!)}`);
  const elements = /^https?:\/\//i.test(text.trim()) ? parseDigitalLink(text.trim()) : parseElementString(text);
  const code = {
    gtin: elementValue(elements, '01'),
    serial: elementValue(elements, '21'),
    lot: elementValue(elements, '10'),
    expiry: elementValue(elements, '17'),
    sscc: elementValue(elements, '00'),
    ndc: elementValue(elements, '715'),
  };
  if (code.gtin === undefined && code.sscc === undefined)
    throw new Refusal('invalid_identifier', 'neither a GTIN nor an SSCC was read');
  return { ...Object.fromEntries(Object.entries(code).filter(([, value]) => value !== undefined)), elements };
}
