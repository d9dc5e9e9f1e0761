/** Barcodes in a picture, read by zxing. The decoder's code is given, never fetched from somebody's server. */
import { imageSize } from 'image-size';
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
const kinds: ReadonlySet<string | undefined> = new Set(['png', 'jpg', 'bmp', 'gif']);
/** More than any camera's. A few hundred kilobytes can claim to be gigapixels, which are decoded into memory. */
const mostPixels = 128_000_000;

export class PictureTooLarge extends RangeError {}

export class BarcodeScanner {
  /** @param decoder bytes of `zxing_reader.wasm` of this version of zxing-wasm */
  constructor(decoder: ArrayBuffer) {
    prepareZXingModule({ overrides: { wasmBinary: decoder } });
  }

  /**
   * @param picture bytes of a PNG, JPEG, BMP or GIF
   * @returns nothing when there is no symbol, or the bytes are no picture
   * @throws PictureTooLarge, before it is decoded
   */
  async scan(picture: Uint8Array): Promise<readonly ScannedSymbol[]> {
    const pixels = pixelsOf(picture);
    if (pixels === undefined) return [];
    if (pixels > mostPixels) throw new PictureTooLarge(`more than ${mostPixels} pixels`);
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

/** What the header says. */
function pixelsOf(picture: Uint8Array): number | undefined {
  try {
    const { type, width, height } = imageSize(picture);
    return kinds.has(type) ? width * height : undefined;
  } catch {
    return undefined;
  }
}
