/** Labels of packs and containers as SVG: GS1 DataMatrix, QR with a Digital Link, GS1-128. */
import bwip from 'bwip-js/generic';
import {
  elementValue,
  formatDigitalLink,
  formatRaw,
  groupSeparator,
  parsePrintedDate,
  readElement,
  Refusal,
  type Element,
} from '@chain-of-care/chaincode/model';

export const symbologies = ['datamatrix', 'qr', 'gs1-128'] as const;
export type Symbology = (typeof symbologies)[number];

export interface PackLabel {
  readonly gtin: string;
  readonly serial: string;
  readonly lot?: string;
  /** YYMMDD; day 00 is read, but not printed any more. */
  readonly expiry?: string;
}

/** What a barcode library needs to draw a symbol. */
export interface SymbolOptions {
  readonly bcid: string;
  readonly text: string;
  readonly parsefnc?: boolean;
  readonly scale: number;
  readonly padding: number;
  readonly [option: string]: unknown;
}

/** Modules around a symbol that stay empty. */
const quietZone = 4;

/**
 * Elements of a pack in the order in which they are printed: GTIN, expiry, lot, serial.
 *
 * @throws Refusal invalid_identifier
 */
export function elementsOfPack({ gtin, serial, lot, expiry }: PackLabel): readonly Element[] {
  if (expiry !== undefined && parsePrintedDate(expiry, 2000).dayZero)
    throw new Refusal('invalid_identifier', 'day 00 is not printed any more', '/expiry');
  return [
    readElement('01', gtin),
    ...(expiry === undefined ? [] : [readElement('17', expiry)]),
    ...(lot === undefined ? [] : [readElement('10', lot)]),
    readElement('21', serial),
  ];
}

/**
 * @param elements QR takes a Digital Link and so needs a GS1 key among them
 * @param scale pixels or units a module
 * @throws Refusal invalid_identifier
 */
export function symbolOptions(elements: readonly Element[], symbology: Symbology, scale = 3): SymbolOptions {
  const common = { scale, padding: quietZone };
  if (symbology === 'qr') return { ...common, bcid: 'qrcode', eclevel: 'M', text: formatDigitalLink(elements) };
  // FNC1 in the first place says that these are GS1 elements, later it separates them.
  const text = `^FNC1${formatRaw(elements).replaceAll(groupSeparator, '^FNC1')}`;
  return symbology === 'datamatrix'
    ? { ...common, bcid: 'datamatrix', text, parsefnc: true }
    : { ...common, bcid: 'code128', text, parsefnc: true, height: 15, alttext: elementValue(elements, '00') ?? '' };
}

/** A QR code of any short text. */
export function qrSvg(text: string, scale = 3): string {
  const options: SymbolOptions = { bcid: 'qrcode', eclevel: 'M', text, scale, padding: quietZone };
  return bwip.toSVG(options);
}

/** @throws Refusal invalid_identifier */
export function labelSvg(elements: readonly Element[], symbology: Symbology, scale?: number): string {
  return bwip.toSVG(symbolOptions(elements, symbology, scale));
}
