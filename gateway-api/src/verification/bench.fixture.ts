/**
 * CPU of a verification's facts by the size of the ledger and of the pack's history. Prints JSON lines.
 * `node gateway-api/src/verification/bench.fixture.ts` after `tsc -b`.
 */
import { verify } from '@chain-of-care/chaincode/rules';
import type { WriteSpec } from '../readmodel/blocks/ledger.fixture.ts';
import { readModelInMemory, writing } from '../readmodel/readModel.fixture.ts';
import { event, gtin, named, plant, stored, story, time, uuid } from '../supply/story.fixture.ts';
import { knownPacks } from './facts.ts';

const rounds = 500;
const serialsPerSegment = 512;

async function perVerification(packs: number, events: number): Promise<object> {
  const model = await readModelInMemory();
  const blocks = story();
  for (let segment = 1; segment <= packs / serialsPerSegment; segment += 1) {
    const serials = Array.from(
      { length: serialsPerSegment },
      (_, index) => `B${segment}x${String(index).padStart(3, '0')}`,
    );
    const fields = { gtin, lot: 'L', segment, unitsBefore: 0, serials, gln: plant, mspId: 'PharmaMSP' };
    blocks.add(writing(stored('segment', `s${segment}`, { ...fields, eventId: uuid(0), eventTime: time(0) })));
  }
  const looks = Array.from({ length: events }, (_, index): WriteSpec =>
    event(1000 + index, 'inspect', { packs: named('S3') }),
  );
  blocks.add(writing(...looks));
  await model.catchUp(blocks, BigInt(3 + Math.floor(packs / serialsPerSegment)));
  const timeMs = Date.parse(time(6000));
  const serialOf = (round: number): string =>
    packs < serialsPerSegment || events > 0
      ? 'S3'
      : `B${1 + (round % Math.floor(packs / serialsPerSegment))}x${String(round % 512).padStart(3, '0')}`;
  const measure = async (): Promise<object> => {
    const [cpu, begin] = [process.cpuUsage(), performance.now()];
    for (let round = 0; round < rounds; round += 1) {
      const [known] = await knownPacks(model.db, [{ gtin, serial: serialOf(round), lot: 'L' }], timeMs);
      verify(known!.facts, { context: 'dispense', timeMs, lot: 'L' });
    }
    const { user, system } = process.cpuUsage(cpu);
    return { milliseconds: (performance.now() - begin) / rounds, cpuMilliseconds: (user + system) / 1000 / rounds };
  };
  await measure();
  const result = { packs, events, ...(await measure()) };
  await model.close();
  return result;
}

for (const [packs, events] of [
  [0, 0],
  [0, 1],
  [0, 100],
  [10_240, 0],
  [102_400, 0],
] as const)
  process.stdout.write(`${JSON.stringify(await perVerification(packs, events))}\n`);
