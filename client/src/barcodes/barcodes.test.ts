import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { beforeAll, describe, expect, test } from '@jest/globals';
import bwip from 'bwip-js/node';
import fc from 'fast-check';
import { formatDigitalLink, parseScan, Refusal } from '@chain-of-care/chaincode/model';
import { BarcodeScanner, elementsOfPack, labelSvg, PictureTooLarge, symbolOptions, type Symbology } from './index.ts';

const gtin = '00300021200107';
const pack = { gtin, serial: 'S/1(2)%', lot: 'L-1', expiry: '270331' };
let scanner: BarcodeScanner;
beforeAll(async () => {
  const wasm = await readFile(createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm'));
  scanner = new BarcodeScanner(new Uint8Array(wasm).buffer);
});

async function scanned(label: typeof pack, symbology: Symbology): Promise<string[]> {
  const options = symbolOptions(elementsOfPack(label), symbology);
  const png = await bwip.toBuffer({ ...options, backgroundcolor: 'FFFFFF' });
  return (await scanner.scan(png)).map(({ text }) => text);
}

describe('what is printed is what is scanned', () => {
  test('a GS1 DataMatrix has the symbology identifier ]d2, a QR code the Digital Link', async () => {
    const [text] = await scanned(pack, 'datamatrix');
    expect(text).toMatch(/^\]d2/);
    expect(parseScan(text!)).toMatchObject(pack);
    expect(await scanned(pack, 'qr')).toEqual([formatDigitalLink(elementsOfPack(pack))]);
  });

  test('any lot and serial of the character set come back', async () => {
    const text = fc.stringMatching(/^[!"%&'*+,\-./0-9:;<=>?A-Z_a-z()]{1,20}$/);
    await fc.assert(
      fc.asyncProperty(
        text,
        text,
        fc.constantFrom('datamatrix' as const, 'qr' as const),
        async (serial, lot, symbology) => {
          const label = { ...pack, serial, lot };
          const [read] = await scanned(label, symbology);
          expect(parseScan(read!)).toMatchObject(label);
        },
      ),
      { numRuns: 15 },
    );
  }, 60_000);

  test('a container’s SSCC as GS1-128', async () => {
    const elements = [{ ai: '00', value: '106141412345678908', known: true }];
    const options = symbolOptions(elements, 'gs1-128');
    const [symbol] = await scanner.scan(await bwip.toBuffer({ ...options, backgroundcolor: 'FFFFFF' }));
    expect(parseScan(symbol!.text).sscc).toBe('106141412345678908');
  });
});

describe('a picture that is scanned', () => {
  const header = (width: number, height: number): Buffer => {
    const png = Buffer.alloc(64);
    png.write('\u0089PNG\r\n\u001A\n\0\0\0\rIHDR', 'latin1');
    png.writeUInt32BE(width, 16);
    png.writeUInt32BE(height, 20);
    return png;
  };

  test('is refused by its header when it claims to be larger than any camera’s', async () => {
    await expect(scanner.scan(header(100_000, 100_000))).rejects.toThrow(PictureTooLarge);
  });

  test('has no symbols when it is cut short, or is of a kind that the decoder only guesses', async () => {
    expect(await scanner.scan(header(100, 100))).toEqual([]);
    expect(await scanner.scan(Buffer.from([0, 0, 10, ...Buffer.alloc(9), 0xff, 0xff, 0xff, 0xff, 32, 0]))).toEqual([]);
  });
});

test('labels are SVG; day 00 and a wrong check digit are not printed', () => {
  expect(labelSvg(elementsOfPack(pack), 'datamatrix')).toMatch(/^<svg[\s\S]*<\/svg>\s*$/);
  expect(() => elementsOfPack({ ...pack, expiry: '270300' })).toThrow(Refusal);
  expect(() => elementsOfPack({ ...pack, gtin: '00300021200108' })).toThrow(Refusal);
});

test('what is no picture holds no symbol', async () => {
  expect(await scanner.scan(new Uint8Array([1, 2, 3]))).toEqual([]);
  expect(await scanner.scan(new Uint8Array())).toEqual([]);
});
