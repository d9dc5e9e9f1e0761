/** The one barcode scanner of the process; it and its decoder are loaded when a picture first comes. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { BarcodeScanner, ScannedSymbol } from '@chain-of-care/client/barcodes';
import { Problem } from '../http/problem.ts';

const decoderPath = 'zxing-wasm/reader/zxing_reader.wasm';
let scanner: Promise<BarcodeScanner> | undefined;

/** @throws Problem payload_too_large for more pixels than any camera has */
export async function scanPicture(bytes: Uint8Array): Promise<readonly ScannedSymbol[]> {
  scanner ??= open();
  try {
    return await (await scanner).scan(bytes);
  } catch (error) {
    if (error instanceof RangeError) throw new Problem('payload_too_large', { detail: error.message });
    throw error;
  }
}

async function open(): Promise<BarcodeScanner> {
  const decoder = await readFile(createRequire(import.meta.url).resolve(decoderPath));
  const { BarcodeScanner } = await import('@chain-of-care/client/barcodes');
  return new BarcodeScanner(new Uint8Array(decoder).buffer);
}
