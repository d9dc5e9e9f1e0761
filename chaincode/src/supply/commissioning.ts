import { command, type Transaction } from '../ledger/index.ts';
import {
  Commission,
  commissioningJobType,
  lotCommissioningType,
  OpenCommissioningJob,
  Refusal,
  segmentType,
  type CommissioningJob,
  type Lot,
} from '../model/index.ts';
import { cutSegments, decideCustody, segmentsFor } from '../rules/index.ts';
import { atPremises, supplyActor, type PremisesActor } from './actor.ts';
import { commissioningJobAddress, lotCommissioningAddress, segmentAddress } from './addresses.ts';
import { lotFactsOf, requireLot } from './lotFacts.ts';
import { addQuantity } from './quantities.ts';
import { eventIdOf, recordEvent } from './record.ts';
import { useForTransformation } from './transformations.ts';

/** Reserves segments and units of a lot. The only write that jobs of one lot have in common. */
export const openCommissioningJob = command<OpenCommissioningJob>({
  body: OpenCommissioningJob,
  guards: () => undefined,
  async decide(transaction, { body }) {
    const { ledger, time } = transaction;
    const actor = atPremises(await supplyActor(transaction));
    await requireCommissioner(transaction, actor, body, time);
    const at = commissioningJobAddress(body.gtin, body.lot, body.jobId);
    if (await ledger.has(at)) throw new Refusal('already_exists', undefined, '/jobId');
    const lot = await requireLot(transaction, body.gtin, body.lot);
    if (lot.serialised === false) throw new Refusal('lot_not_serialised', undefined, '/lot');
    const segments = segmentsFor(body.units);
    const firstSegment = await reserve(transaction, lot, segments, body.units);
    const { gln, mspId } = actor;
    ledger.put(commissioningJobType, at, { ...body, firstSegment, segments, gln, mspId });
    return { result: { jobId: body.jobId, firstSegment, segments } };
  },
});

/** Brings packs to be: a write per 512 serials. */
export const commission = command<Commission>({
  body: Commission,
  guards: () => undefined,
  async decide(transaction, { body, key }) {
    const { ledger } = transaction;
    const actor = atPremises(await supplyActor(transaction, body));
    await requireCommissioner(transaction, actor, body, body.eventTime);
    const eventId = eventIdOf(transaction, { key });
    const transformed = await transformedFrom(transaction, actor, body);
    if ((await requireLot(transaction, body.gtin, body.lot)).serialised === false)
      return { result: await commissionQuantity(transaction, actor, body, eventId, transformed) };
    const serialised = withSerials(body);
    const { first, unitsBefore, last } =
      body.jobId === undefined ? await unplanned(transaction, serialised) : await ofJob(transaction, actor, serialised);
    const segments = cutSegments(serialised.serials, last);
    const { gtin, lot, jobId, eventTime } = body;
    let before = unitsBefore;
    for (const [index, serials] of segments.entries()) {
      const segment = first + index;
      ledger.put(segmentType, segmentAddress(gtin, lot, segment), {
        gtin,
        lot,
        segment,
        serials,
        unitsBefore: before,
        eventId,
        eventTime,
        gln: actor.gln,
        mspId: actor.mspId,
        ...(jobId === undefined ? {} : { jobId }),
      });
      before += serials.length;
    }
    const commissioned = { gtin, lot, first, count: segments.length, units: serialised.serials.length };
    await recordEvent(transaction, actor, {
      eventId,
      eventTime,
      kind: 'commission',
      segments: commissioned,
      lots: [
        {
          gtin,
          lot,
        },
      ],
      ...transformed,
    });
    return { result: { eventId, ...commissioned } };
  },
});

type SerialisedCommission = Commission & { serials: string[] };

/** @throws Refusal lot_serialised when units are told instead of serials */
function withSerials({ serials, units, ...rest }: Commission): SerialisedCommission {
  if (serials === undefined || units !== undefined)
    throw new Refusal('lot_serialised', 'serials are needed', '/serials');
  return { ...rest, serials };
}

/** Brings units of a lot without serials to be, up to its declared quantity. */
async function commissionQuantity(
  transaction: Transaction,
  actor: PremisesActor,
  { gtin, lot, units, serials, jobId, eventTime }: Commission,
  eventId: string,
  transformed: Transformed,
) {
  if (serials !== undefined || jobId !== undefined) throw new Refusal('lot_not_serialised', undefined, '/serials');
  if (units === undefined) throw new Refusal('validation_failed', 'is required', '/units');
  await reserve(transaction, await requireLot(transaction, gtin, lot), 0, units);
  const line = { gtin, lot, units };
  await addQuantity(transaction, actor, line, { eventId, eventTime });
  const what = { quantities: [line], lots: [{ gtin, lot }], ...transformed };
  await recordEvent(transaction, actor, { eventId, eventTime, kind: 'commission', ...what });
  return { eventId, units };
}

interface Transformed {
  readonly transformations?: string[];
  readonly previous: string[];
}

/** @throws Refusal validation_failed when a repackager does not say what the packs are made of */
async function transformedFrom(
  transaction: Transaction,
  actor: PremisesActor,
  { gtin, serials, units = serials?.length ?? 0, transformations }: Commission,
): Promise<Transformed> {
  if (transformations === undefined) {
    if (actor.role === 'repackager') throw new Refusal('validation_failed', 'is required', '/transformations');
    return { previous: [] };
  }
  await useForTransformation(transaction, actor, { gtin, units, transformations });
  return { transformations, previous: transformations };
}

async function requireCommissioner(
  transaction: Transaction,
  actor: PremisesActor,
  { gtin, lot }: { gtin: string; lot: string },
  eventTime: string,
): Promise<void> {
  const facts = await lotFactsOf(transaction, gtin, lot);
  const occasion = { event: 'commission', eventTime, timeMs: transaction.timeMs } as const;
  const nowhere = { state: 'none', holder: actor.gln, mspId: actor.mspId, hasParent: false, lockedInside: 0 } as const;
  decideCustody(actor, { ...nowhere, lots: [facts] }, occasion);
}

/** @throws Refusal lot_quantity_exceeded */
async function reserve({ ledger }: Transaction, lot: Lot, segments: number, units: number): Promise<number> {
  const at = lotCommissioningAddress(lot.gtin, lot.lot);
  const { nextSegment, reservedUnits } = (await ledger.get(lotCommissioningType, at)) ?? {
    nextSegment: 0,
    reservedUnits: 0,
  };
  if (reservedUnits + units > lot.declaredQuantity)
    throw new Refusal('lot_quantity_exceeded', `${lot.declaredQuantity - reservedUnits} units are left`);
  ledger.put(lotCommissioningType, at, {
    gtin: lot.gtin,
    lot: lot.lot,
    nextSegment: nextSegment + segments,
    reservedUnits: reservedUnits + units,
  });
  return nextSegment;
}

/** Where serials of a job go: after the segments written, within what it reserved. */
async function ofJob(
  transaction: Transaction,
  actor: PremisesActor,
  { gtin, lot, jobId, firstSegment, serials }: SerialisedCommission,
) {
  const { ledger } = transaction;
  const job = await ledger.get(commissioningJobType, commissioningJobAddress(gtin, lot, jobId!));
  if (job === undefined) throw new Refusal('commissioning_job_not_found', undefined, '/jobId');
  if (job.gln !== actor.gln || job.mspId !== actor.mspId) throw new Refusal('wrong_premises');
  const first = firstSegment ?? job.firstSegment;
  const count = segmentsFor(serials.length);
  if (first < job.firstSegment || first + count > job.firstSegment + job.segments)
    throw new Refusal('lot_quantity_exceeded', 'outside the segments of the job', '/firstSegment');
  for (let segment = first; segment < first + count; segment += 1)
    if (await ledger.has(segmentAddress(gtin, lot, segment)))
      throw new Refusal('already_exists', `segment ${segment} is written`, '/firstSegment');
  const before = first === job.firstSegment ? undefined : await segmentBefore(transaction, job, first);
  const unitsBefore = before === undefined ? 0 : before.unitsBefore + before.serials.length;
  if (unitsBefore + serials.length > job.units)
    throw new Refusal('lot_quantity_exceeded', `${job.units - unitsBefore} units of the job are left`);
  return { first, unitsBefore, last: before?.serials.at(-1) };
}

async function segmentBefore({ ledger }: Transaction, { gtin, lot }: CommissioningJob, first: number) {
  const before = await ledger.get(segmentType, segmentAddress(gtin, lot, first - 1));
  if (before === undefined)
    throw new Refusal('conflict', 'segments of a job are written one after the other', '/firstSegment');
  return before;
}

async function unplanned(transaction: Transaction, { gtin, lot, firstSegment, serials }: SerialisedCommission) {
  if (firstSegment !== undefined) throw new Refusal('validation_failed', 'needs a job', '/firstSegment');
  const found = await requireLot(transaction, gtin, lot);
  const first = await reserve(transaction, found, segmentsFor(serials.length), serials.length);
  return { first, unitsBefore: 0, last: undefined };
}
