/**
 * A container with as many packs as somebody likes: commissioned, packed pack → case → pallet → container, shipped, received,
 * one pack taken out, all of it recalled, one pack verified. What custody writes is measured on the ledger itself and compared
 * with the same acts on a single case.
 */
import { keysOf, openEnvelope, type EventProof } from '@chain-of-care/client/proof';
import type { Network } from '@chain-of-care/network';
import { ProcessWatch } from '../bench/measure/processes.ts';
import { makeLot, packCases, packLevel, posterOf, serialOf, type MadeLot } from '../system/lots.ts';
import type { People } from '../system/people.ts';
import type { Json, RestSession } from '../system/rest.ts';
import { transactionOf, type Teller } from './teller.ts';

const warehouse = '4260000000042';
const casesOfPallet = 40;
/** Packs of the container that the large one is compared with: one segment, so one case. */
const packsOfCase = 512;
/** How much more than with a single case an act may write: a level of containers around it is a key more. */
const keysMore = 4;
const bytesMore = 8_192;
/** Bytes resident at the most, in a peer and in a gateway, whatever they went through. */
const mostResident = 1_536 * 1024 ** 2;
const mebibyte = 1024 ** 2;

export interface ContainerSummary {
  readonly gtin: string;
  readonly lot: string;
  readonly packs: number;
  readonly sscc: string;
  /** Of the whole container, by act. */
  readonly writes: Readonly<Record<CustodyAct, Written>>;
  /** Bytes resident at the most, by process. */
  readonly peaks: Readonly<Record<string, number>>;
}

/** What a transaction wrote. */
interface Written {
  readonly keys: number;
  /** Of the whole envelope, as it lies in the block. */
  readonly bytes: number;
  readonly milliseconds: number;
}

type CustodyAct = 'ship' | 'receive' | 'unpack';

interface Traders {
  readonly maker: RestSession;
  readonly distributor: RestSession;
}

/** A container at its maker, and a case inside it (itself, where there is only one). */
interface Filled {
  readonly lot: MadeLot;
  readonly sscc: string;
  readonly innermost: string;
}

/** @param packs of the lot, all of them in one container */
export async function tellContainerStory(
  teller: Teller,
  people: People,
  network: Network,
  packs: number,
): Promise<ContainerSummary> {
  const maker = await people.as('PharmaMSP', 'maker');
  const distributor = await people.as('PharmaMSP', 'distributor');
  const watch = await ProcessWatch.of(network);
  teller.story(`A container of ${packs} packs`);
  const alone = await teller.step('a single case goes the same way first, to compare with', async () => {
    const lot = await makeLot(posterOf(maker), packsOfCase);
    const [sscc] = (await packCases(posterOf(maker), lot)) as [string];
    const filled = { lot, sscc, innermost: sscc };
    const ship = await shipped({ maker, distributor }, filled);
    const receive = await received(distributor, filled, ship.shipmentId);
    const unpack = await takenOut(distributor, filled);
    return { value: { ship, receive, unpack }, outcome: [ship, receive, unpack].map(said).join('; ') };
  });
  const filled = await fill(teller, maker, packs);
  const { lot, sscc } = filled;
  const ship = await teller.step('the maker ships the container', async () => {
    const value = await shipped({ maker, distributor }, filled);
    return { value, outcome: said(value), asExpected: isAlike(value, alone.ship), transaction: value.transaction };
  });
  const receive = await teller.step('the distributor receives it: every pack is there with it', async () => {
    const value = await received(distributor, filled, ship.shipmentId);
    const pack = await distributor.read(`/v1/packs/${lot.gtin}/${serialOf(packs - 1)}`);
    const isThere = pack['holder'] === warehouse && (pack['containers'] as string[]).at(-1) === sscc;
    return { value, outcome: said(value), asExpected: isThere && isAlike(value, alone.receive) };
  });
  const unpack = await teller.step('takes one pack out, from the innermost case', async () => {
    const value = await takenOut(distributor, filled);
    const pack = await distributor.read(`/v1/packs/${lot.gtin}/${serialOf(0)}`);
    const { contents } = await distributor.read<{ contents: { units: number }[] }>(`/v1/containers/${sscc}`);
    const isOut = (pack['containers'] as string[]).length === 0 && contents[0]?.units === packs - 1;
    return { value, outcome: said(value), asExpected: isOut && isAlike(value, alone.unpack) };
  });
  await teller.step('the maker recalls the lot: one write', async () => {
    const { gtin, lot: name } = lot;
    const recalled = await maker.create('/v1/recalls', { class: 'II', depth: 'wholesale', gtin, lots: [name] });
    const written = await writtenBy(maker, recalled, 0);
    return {
      value: undefined,
      outcome: `${written.keys} keys, ${written.bytes} bytes`,
      asExpected: written.bytes < bytesMore + alone.ship.bytes,
      transaction: transactionOf(recalled),
    };
  });
  await teller.step('which the pack outside and one inside show at once', async () => {
    const verified = await Promise.all([0, packs - 1].map((index) => verify(distributor, lot, index)));
    const bands = verified.map(({ isAuthentic, riskBand, milliseconds }) => ({
      isRight: isAuthentic === true && riskBand === 'reject',
      text: `authentic, ${riskBand}, ${milliseconds.toFixed(0)} ms`,
    }));
    const outcome = bands.map(({ text }) => text).join('; ');
    return { value: undefined, outcome, asExpected: bands.every(({ isRight }) => isRight) };
  });
  const peaks = await teller.step('peers and gateways took no more memory than they may', async () => {
    const value = await watch.peaks();
    const judged = Object.entries(value).filter(([name]) => /-(peer2?|gateway)$/.test(name));
    const outcome = judged.map(([name, bytes]) => `${name} ${Math.round(bytes / mebibyte)} MiB`).join(', ');
    return { value, outcome, asExpected: judged.every(([, bytes]) => bytes <= mostResident) };
  });
  return { gtin: lot.gtin, lot: lot.lot, packs, sscc, writes: { ship, receive, unpack }, peaks };
}

/** Makes the lot, and packs all of it level by level. */
async function fill(teller: Teller, maker: RestSession, packs: number): Promise<Filled> {
  const lot = await teller.step('the maker registers product and lot and commissions every serial', async () => {
    const value = await makeLot(posterOf(maker), packs);
    return { value, outcome: `GTIN ${value.gtin}, lot ${value.lot}` };
  });
  const cases = await teller.step('packs them into cases', async () => {
    const value = await packCases(posterOf(maker), lot);
    return { value, outcome: `${value.length} cases` };
  });
  const pallets = await teller.step('the cases onto pallets', async () => {
    const value = await packLevel(posterOf(maker), cases, casesOfPallet);
    return { value, outcome: `${value.length} pallets` };
  });
  const sscc = await teller.step('and the pallets into one container', async () => {
    const [value, ...others] = await packLevel(posterOf(maker), pallets);
    const { contents } = await maker.read<{ contents: { units: number }[] }>(`/v1/containers/${value!}`);
    const held = contents[0]?.units ?? 0;
    const outcome = `SSCC ${value!} holds ${held} packs`;
    return { value: value!, outcome, asExpected: others.length === 0 && held === packs };
  });
  return { lot, sscc, innermost: cases[0]! };
}

async function shipped({ maker }: Traders, { sscc }: Filled) {
  const begun = performance.now();
  const answer = await maker.create('/v1/supply-events', { type: 'ship', recipient: warehouse, containers: [sscc] });
  const written = await writtenBy(maker, answer, performance.now() - begun);
  return { ...written, shipmentId: String(answer['shipmentId']), transaction: transactionOf(answer) };
}

async function received(distributor: RestSession, { sscc }: Filled, shipmentId: string): Promise<Written> {
  const begun = performance.now();
  const receipt = { type: 'receive', shipmentId, containers: [sscc] };
  const answer = await distributor.create('/v1/supply-events', receipt);
  return writtenBy(distributor, answer, performance.now() - begun);
}

async function takenOut(distributor: RestSession, { innermost, lot: { gtin, lot } }: Filled): Promise<Written> {
  const begun = performance.now();
  const packs = [{ gtin, lot, serials: [serialOf(0)] }];
  const answer = await distributor.create('/v1/supply-events', { type: 'unpack', sscc: innermost, packs });
  return writtenBy(distributor, answer, performance.now() - begun);
}

/** As the block has it, by way of the event's proof. */
async function writtenBy(session: RestSession, { eventId }: Json, milliseconds: number): Promise<Written> {
  const { block } = (await session.read(`/v1/supply-events/${String(eventId)}/proof`)) as unknown as EventProof;
  const envelope = Buffer.from(block.envelopes[block.index]!, 'base64');
  return { keys: keysOf(openEnvelope(envelope)).writes.size, bytes: envelope.length, milliseconds };
}

function isAlike({ keys, bytes }: Written, alone: Written): boolean {
  return keys <= alone.keys + keysMore && bytes <= alone.bytes + bytesMore;
}

const said = ({ keys, bytes, milliseconds }: Written): string =>
  `${keys} keys, ${bytes} bytes, ${milliseconds.toFixed(0)} ms`;

async function verify(session: RestSession, { gtin, lot, expiry }: MadeLot, index: number) {
  const scan = `]d201${gtin}21${serialOf(index)}\u001D17${expiry}10${lot}`;
  const begun = performance.now();
  const { isAuthentic, riskBand } = await session.create(
    '/v1/verifications',
    { scan, context: 'receive' },
    { key: null },
  );
  return { isAuthentic, riskBand: String(riskBand), milliseconds: performance.now() - begun };
}
