/** The one barcode scanner of the process; it and its decoder are loaded when a picture first comes. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { BarcodeScanner, ScannedSymbol } from '@chain-of-care/client/barcodes';

const decoderPath = 'zxing-wasm/reader/zxing_reader.wasm';
let scanner: Promise<BarcodeScanner> | undefined;

export async function scanPicture(bytes: Uint8Array): Promise<readonly ScannedSymbol[]> {
  scanner ??= open();
  return (await scanner).scan(bytes);
}

async function open(): Promise<BarcodeScanner> {
  const decoder = await readFile(createRequire(import.meta.url).resolve(decoderPath));
  const { BarcodeScanner } = await import('@chain-of-care/client/barcodes');
  return new BarcodeScanner(new Uint8Array(decoder).buffer);
}
