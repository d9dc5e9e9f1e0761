/**
 * Micro-benchmark of the holder's side: `node client/dist/node/bench.js [MiB of content, default 256]` prints JSON. Every rate
 * is the best of three rounds in one Node process, whose ciphers run in the thread pool.
 */
import { generateKeyPairSync } from 'node:crypto';
import { EnvelopeReader, newDataKey, openContent, sealBytes, sealContent } from '../envelope/index.ts';
import { generateSealingKeyPair, KeyWrapper, openFacts, openSeal, sealFacts, sealTo } from '../keys/index.ts';
import { nativeSigner } from './index.ts';
import { utf8 } from '../encoding/index.ts';
import { generateDeviceKey, webCryptoSigner } from '../signing/index.ts';

const rounds = 3;
const mebibyte = 1024 * 1024;
const subject = { recordId: '0b0f2c4e-8a51-4c0e-9c53-0d6a4b0f6a11', version: 1, type: 'record' };
const dataKey = newDataKey();

async function main(contentMiB: number): Promise<Record<string, number>> {
  const piece = crypto.getRandomValues(new Uint8Array(65_536));
  const sealedPiece = await sealBytes(piece.subarray(0, 2000), dataKey, subject);
  const content = Array.from({ length: (contentMiB * mebibyte) / piece.length }, () => piece);
  const sealed: Uint8Array[] = [];
  for await (const part of sealContent(content, dataKey, subject)) sealed.push(part);
  const staff = await generateSealingKeyPair();
  const aad = utf8('batch|patient|diagnosis|N|0|batch');
  const seal = await sealTo(staff.publicKey, dataKey, aad);
  const wrapper = await KeyWrapper.with(dataKey);
  const wrapped = await wrapper.wrap(dataKey);
  const facts = await sealFacts(dataKey, subject, { title: 'x'.repeat(300) });
  const native = nativeSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
  const webCrypto = webCryptoSigner((await generateDeviceKey()).privateKey);
  const message = piece.subarray(0, 2000);
  return {
    envelopeSealMiBPerSecond: await best(contentMiB, async () => drain(sealContent(content, dataKey, subject))),
    envelopeOpenMiBPerSecond: await best(contentMiB, async () => drain(openContent(sealed, dataKey, subject))),
    smallEnvelopesSealedPerSecond: await rate(1000, async () => sealBytes(message, dataKey, subject)),
    smallEnvelopesOpenedPerSecond: await rate(1000, async () => drain(openContent([sealedPiece], dataKey, subject))),
    rangesOpenedPerSecond: await rate(1000, async () => openRange(sealedPiece)),
    factsSealedPerSecond: await rate(1000, async () => sealFacts(dataKey, subject, { title: 'x'.repeat(300) })),
    factsOpenedPerSecond: await rate(1000, async () => openFacts(dataKey, subject, facts)),
    xWingKeyPairsPerSecond: await rate(200, generateSealingKeyPair),
    xWingSealsPerSecond: await rate(200, async () => sealTo(staff.publicKey, dataKey, aad)),
    xWingOpeningsPerSecond: await rate(200, async () => openSeal(staff.seed, seal, aad)),
    keyWrapsPerSecond: await rate(2000, async () => wrapper.wrap(dataKey)),
    keyUnwrapsPerSecond: await rate(2000, async () => wrapper.unwrap(wrapped)),
    nativeSignaturesPerSecond: await rate(2000, async () => native(message)),
    webCryptoSignaturesPerSecond: await rate(2000, async () => webCrypto(message)),
  };
}

/** The best rate of {@link rounds}, in units a second. */
async function best(units: number, run: () => Promise<void>): Promise<number> {
  let fastest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    await run();
    fastest = Math.min(fastest, performance.now() - start);
  }
  return Math.round((units * 1000) / fastest);
}

async function rate(times: number, act: () => Promise<unknown>): Promise<number> {
  return best(times, async () => {
    for (let turn = 0; turn < times; turn += 1) await act();
  });
}

async function drain(pieces: AsyncIterable<Uint8Array>): Promise<void> {
  let length = 0;
  for await (const piece of pieces) length += piece.length;
  if (length === 0) throw new Error('nothing came out');
}

async function openRange(envelope: Uint8Array): Promise<void> {
  const read = async (start: number, end: number) => envelope.subarray(start, end);
  const reader = await EnvelopeReader.open({ length: envelope.length, read }, dataKey, subject);
  await drain(reader.read(100, 200));
}

const figures = await main(Number(process.argv[2] ?? 256));
process.stdout.write(`${JSON.stringify(figures, undefined, 2)}\n`);
