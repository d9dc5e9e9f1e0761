/**
 * How fast blocks become rows, and whether a lookup's cost grows with the table. Prints JSON.
 * `node gateway-api/src/readmodel/bench.fixture.ts [records] [directory]` after `tsc -b chaincode`.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { decodeBlock } from './blocks/decode.ts';
import { FixtureLedger, type WriteSpec } from './blocks/ledger.fixture.ts';
import { readModelInMemory } from './readModel.fixture.ts';

const [total = '20000', directory] = process.argv.slice(2);
const recordsPerTransaction = 100;
const transactionsPerBlock = 4;
const care = 'care_HospitalMSP';
const key = (): string => randomBytes(32).toString('hex');
const hash = (): string => createHash('sha256').update(randomBytes(8)).digest('hex');

const patients = Array.from({ length: 50 }, () => ({ id: randomUUID(), head: key(), length: 0 }));

function transactionOf(patient: (typeof patients)[number]): readonly WriteSpec[] {
  const records = Array.from({ length: recordsPerTransaction }, (): WriteSpec => {
    patient.length += 1;
    return {
      collection: care,
      key: key(),
      value: {
        t: 'record',
        v: 1,
        salt: randomBytes(16).toString('base64url'),
        patientId: patient.id,
        recordId: randomUUID(),
        version: 1,
        category: 'lab_result',
        confidentiality: 'N',
        clinicalDate: '2025-03-04',
        authorId: '6f2c4c9e-8d5e-4f9c-9f53-1b1f5d6f7a10',
        authorOrg: 'HospitalMSP',
        authorGroup: 'cardiology',
        cid: `bafkrei${hash().slice(0, 52)}`,
        sha256: hash(),
        size: 2500,
        batchId: '6f2c4c9e-8d5e-4f9c-9f53-1b1f5d6f7a11',
        wrappedKey: randomBytes(40).toString('base64url'),
        sealed: randomBytes(300).toString('base64url'),
        recordTime: '2026-01-01T00:00:00.000Z',
        sequence: patient.length,
        previousHash: hash(),
        hash: hash(),
      },
    };
  });
  const head = { t: 'chain-head', v: 1, patientId: patient.id, length: patient.length, hash: hash() };
  return [...records, { collection: care, key: patient.head, value: head }];
}

const ledger = new FixtureLedger();
const blocks = Math.ceil(Number(total) / recordsPerTransaction / transactionsPerBlock);
for (let block = 0; block < blocks; block += 1)
  ledger.add(
    ...Array.from({ length: transactionsPerBlock }, (_, index) => ({
      writes: transactionOf(patients[(block * transactionsPerBlock + index) % patients.length]!),
    })),
  );
const prepared = Array.from({ length: blocks }, (_, number) => ledger.delivered(number));

const model = await readModelInMemory(directory === undefined ? {} : { directory });
const first = (model.height ?? -1) + 1;
const seconds = (since: number): number => (performance.now() - since) / 1000;

async function lookupMicroseconds(): Promise<number> {
  const since = performance.now();
  const rounds = 200;
  for (let round = 0; round < rounds; round += 1)
    await model.db
      .selectFrom('records')
      .selectAll()
      .where('patient_id', '=', patients[round % patients.length]!.id)
      .orderBy('sequence', 'desc')
      .limit(20)
      .execute();
  return Math.round((seconds(since) / rounds) * 1e6);
}

const decoding = performance.now();
for (const block of prepared) decodeBlock(block);
const decodeSeconds = seconds(decoding);

const source = {
  block: async (number: bigint) => prepared[Number(number)]!,
  async *blocks(start: bigint) {
    for (let number = Number(start); number < prepared.length; number += 1) yield prepared[number]!;
  },
};
const delay = monitorEventLoopDelay({ resolution: 5 });
const tenth = BigInt(first + Math.max(0, Math.floor(blocks / 10) - 1));
await model.catchUp(source, tenth);
const lookupSmall = await lookupMicroseconds();
delay.enable();
const projecting = performance.now();
const cpu = process.cpuUsage();
await model.catchUp(source, BigInt(blocks - 1));
const projectSeconds = seconds(projecting);
delay.disable();
const projected = (blocks - 1 - Number(tenth)) * transactionsPerBlock * recordsPerTransaction;
const used = process.cpuUsage(cpu);
const lookupLarge = await lookupMicroseconds();
const one = ledger.add({ writes: transactionOf(patients[0]!).slice(-2) });
prepared.push(one.delivered(blocks));
const single = performance.now();
await model.catchUp(source, BigInt(blocks));
process.stdout.write(
  `${JSON.stringify({
    records: Number(total),
    decodedRecordsPerSecond: Math.round((blocks * transactionsPerBlock * recordsPerTransaction) / decodeSeconds),
    projectedRecordsPerSecond: Math.round(projected / projectSeconds),
    cpuMicrosecondsPerRecord: Math.round((used.user + used.system) / projected),
    eventLoopDelayP99Ms: Math.round(delay.percentile(99) / 1e5) / 10,
    singleBlockMs: Math.round(seconds(single) * 1e4) / 10,
    lookupMicroseconds: { atOneTenth: lookupSmall, atAll: lookupLarge },
    residentMB: Math.round(process.memoryUsage().rss / 1e6),
  })}\n`,
);
await model.close();
