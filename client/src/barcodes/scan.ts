/** Barcodes in a picture, read by zxing. The decoder's code is given, never fetched from somebody's server. */
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';

export interface ScannedSymbol {
  /** Such as `DataMatrix`, `QRCode`, `Code128`. */
  readonly symbology: string;
  /** As a scanner transmits it: with symbology identifier, GS1 elements separated by ASCII 29. */
  readonly text: string;
}

/** Identifiers of symbols with GS1 elements, and of EAN and UPC; others are given without. */
const kept = /^\](C1|e0|d2|Q3|J1|E0|E4)$/;
const symbolsOfPicture = 16;

export class BarcodeScanner {
  /** @param decoder bytes of `zxing_reader.wasm` of this version of zxing-wasm */
  constructor(decoder: ArrayBuffer) {
    prepareZXingModule({ overrides: { wasmBinary: decoder } });
  }

  /**
   * @param picture bytes of a PNG, JPEG, BMP or GIF
   * @returns nothing when there is no symbol, or the bytes are no picture
   */
  async scan(picture: Uint8Array): Promise<readonly ScannedSymbol[]> {
    const found = await readBarcodes(picture, {
      formats: ['DataMatrix', 'QRCode', 'Code128', 'EAN13', 'EAN8', 'UPCA'],
      maxNumberOfSymbols: symbolsOfPicture,
      textMode: 'Plain',
      tryHarder: true,
    }).catch(() => []);
    return found
      .filter(({ isValid }) => isValid)
      .map(({ format, text, symbologyIdentifier }) => ({
        symbology: format,
        text: kept.test(symbologyIdentifier) ? `${symbologyIdentifier}${text}` : text,
      }));
  }
}
