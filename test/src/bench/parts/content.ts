/** One large file up and down again: seconds, and by how much the gateway's memory grows meanwhile. */
import { createHash, randomBytes } from 'node:crypto';
import type { LoadCaller } from '../measure/httpClient.ts';
import type { ProcessWatch } from '../measure/processes.ts';
import type { Stage } from '../stage.ts';

const mebibyte = 1_048_576;
const sampleMs = 50;

export interface ContentFigures {
  readonly bytes: number;
  readonly uploadSeconds: number;
  readonly downloadSeconds: number;
  /** Bytes by which the gateway was larger at its peak than before. */
  readonly uploadGrowth: number;
  readonly downloadGrowth: number;
  /** Whether what came back is what went in. */
  readonly equal: boolean;
}

/** @param mebibytes of the file */
export async function benchContent(stage: Stage, mebibytes: number): Promise<ContentFigures> {
  const { clinicians, patients } = await stage.population();
  return benchFile(stage, clinicians[0]!.caller, patients[0]!.chart, mebibytes);
}

/** @param mebibytes of the file */
export async function benchFile(
  stage: Stage,
  caller: LoadCaller,
  chart: string,
  mebibytes: number,
): Promise<ContentFigures> {
  const watch = await stage.watch();
  const piece = randomBytes(mebibyte);
  const sentDigest = createHash('sha256');
  function* content(): Generator<Uint8Array> {
    for (let index = 0; index < mebibytes; index += 1) {
      sentDigest.update(piece);
      yield piece;
    }
  }
  const up = await growth(watch, async () => {
    const path = `${chart}/uploads?category=imaging&clinicalDate=2025-06-15`;
    const headers = { 'content-type': 'application/dicom', 'content-length': String(mebibytes * mebibyte) };
    const answer = await caller.send('POST', path, headers, content());
    return JSON.parse((await answer.toArray()).join('')) as { records: readonly { id: string }[] };
  });
  const recordId = up.value.records[0]!.id;
  const asked = { purposeOfUse: 'TREAT', reason: 'second look', records: [{ id: recordId }] };
  const access = await caller.post<{ id: string }>(`${chart}/accesses`, asked);
  const receivedDigest = createHash('sha256');
  const down = await growth(watch, async () => {
    const answer = await caller.send('GET', `/v1/accesses/${access.id}/records/${recordId}/content`);
    for await (const chunk of answer) receivedDigest.update(chunk as Buffer);
  });
  return {
    bytes: mebibytes * mebibyte,
    uploadSeconds: up.seconds,
    downloadSeconds: down.seconds,
    uploadGrowth: up.growth,
    downloadGrowth: down.growth,
    equal: sentDigest.digest('hex') === receivedDigest.digest('hex'),
  };
}

async function growth<Value>(watch: ProcessWatch, work: () => Promise<Value>) {
  const gateway = 'hospital-gateway';
  const before = await watch.memoryOf(gateway);
  let peak = before;
  const sample = async (): Promise<void> => {
    peak = Math.max(peak, await watch.memoryOf(gateway));
  };
  const timer = setInterval(() => void sample(), sampleMs);
  const begun = performance.now();
  try {
    const value = await work();
    const seconds = (performance.now() - begun) / 1000;
    await sample();
    return { value, seconds, growth: peak - before };
  } finally {
    clearInterval(timer);
  }
}
