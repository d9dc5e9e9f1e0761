/** The care chain through REST where it grows: consents, records, a category shared, a file of half a gigabyte, readers. */
import { SharingSecret } from '@chain-of-care/client';
import { LoadCaller } from '../measure/httpClient.ts';
import type { Options } from '../options.ts';
import { hospital, inTurns, newRecord, type BenchPatient } from '../population.ts';
import type { Stage } from '../stage.ts';
import { syntheticPatient } from '../patients.ts';
import { timed, type Timed } from '../supply/timed.ts';
import { benchFile, type ContentFigures } from './content.ts';
import { importBundle } from './import.ts';
import { feedFactor } from './rest.ts';

const fewestConsents = 10;
const fewestRecords = 100;
/** A larger chart comes in several bundles. */
const recordsOfBundle = 10_000;
/** The ledger takes 200 rules of one patient about one person. */
const consentsOfPerson = 190;
/** How long a token may be redeemed. */
const tokenHours = 24;
const readers = 200;
const repeats = 20;
const consentsAtOnce = 16;

export interface CareFigures {
  /** Records in the largest chart. */
  readonly records: number;
  /** A consented access with its audit, by consents that the patient gave to others. */
  readonly byConsents: readonly { readonly consents: number; readonly access: Timed }[];
  /** The same by records in the chart. */
  readonly byRecords: readonly { readonly records: number; readonly access: Timed }[];
  readonly tokenRedemption: Timed;
  /** Records of one transaction on an average, while one integration identity writes as fast as it can. */
  readonly recordsPerTransaction: number;
  readonly integrity: Timed;
  readonly shareCategory: Timed;
  readonly searchByCode: Timed;
  readonly searchByTitle: Timed;
  readonly auditPage: Timed;
  readonly file: ContentFigures;
}

/** @param most records in a chart and consents of a patient */
export async function benchCare(
  stage: Stage,
  { records, consents }: Pick<Options, 'records' | 'consents'>,
): Promise<CareFigures> {
  const { clinicians, patients } = await stage.population();
  const [author, reader, colleague] = [clinicians[0]!, clinicians[1]!, clinicians[2]!];
  await benchLoads(stage);
  const recordsPerTransaction = await benchFeed(stage);
  const byConsents = await benchConsents(stage, consents);
  const { byRecords, large } = await benchCharts(stage, records);
  const watch = await stage.watch();
  const share = (): Promise<unknown> => grantTo(large, colleague.staffId, ['lab_result']);
  const shareCategory = await timed(watch, 1, share);
  stage.say(`  a category of ${records} records shared in ${shareCategory.p50.toFixed(0)} ms`);
  const integrity = await timed(watch, 1, () => large.caller.post(`${large.chart}/integrity-checks`, {}));
  stage.say(`  ${records} records verified in ${(integrity.p50 / 1000).toFixed(1)} s`);
  const access = await accessTo(reader.caller, large, ['lab_result']);
  const search = (query: string): Promise<Timed> =>
    timed(watch, repeats, () => reader.caller.get(`/v1/accesses/${access}/records?limit=50&${query}`));
  const small = patients[2]!;
  const figures: CareFigures = {
    records,
    byConsents,
    byRecords,
    tokenRedemption: await benchToken(stage, author.caller, small),
    recordsPerTransaction,
    integrity,
    shareCategory,
    searchByCode: await search(`code=${encodeURIComponent('http://loinc.org|4548-4')}`),
    searchByTitle: await search('title=hemoglobin'),
    auditPage: await timed(watch, repeats, () => large.caller.get(`${large.chart}/audit-events?limit=50`)),
    file: await benchFile(stage, author.caller, small.chart, 500),
  };
  stage.say(
    `  search in ${records} records: by code ${figures.searchByCode.p50.toFixed(0)} ms, by title ${figures.searchByTitle.p50.toFixed(0)} ms`,
  );
  return figures;
}

/** A write, a grant, a consented access, a read under one; and many readers of one chart at once. */
async function benchLoads(stage: Stage): Promise<void> {
  const { clinicians, patients } = await stage.population();
  const workers = stage.options.clients;
  const following = (index: number) => clinicians[(index + 1) % clinicians.length]!;
  await stage.load({
    name: 'recordAppend',
    workers,
    work: (index) => clinicians[index]!.caller.post(`${patients[index]!.chart}/records`, newRecord()),
  });
  await stage.load({
    name: 'consent',
    workers,
    work: (index) => grantTo(patients[index]!, following(index).staffId, ['vitals']),
  });
  await inTurns(workers, (index) => grantTo(patients[index]!, following(index).staffId, ['lab_result']));
  const open = (index: number) => accessTo(following(index).caller, patients[index]!, ['lab_result']);
  await stage.load({ name: 'access', workers, work: open });
  await stage.load({ name: 'accessAlone', workers: 1, work: () => open(0) });
  await stage.load({
    name: 'consentAlone',
    workers: 1,
    work: () => grantTo(patients[0]!, following(0).staffId, ['imaging']),
  });
  const accesses = await inTurns(workers, open);
  const paths = await inTurns(workers, (index) => firstContent(following(index).caller, accesses[index]!));
  await stage.load({
    name: 'readersAtOnce',
    workers: readers,
    work: (worker) => following(worker % workers).caller.get(paths[worker % workers]!),
  });
}

/** An access reads the requester's own buckets: consents to others must cost it nothing. */
async function benchConsents(stage: Stage, wanted: number): Promise<CareFigures['byConsents']> {
  const { clinicians, patients } = await stage.population();
  const patient = patients[1]!;
  const [reader, ...others] = clinicians;
  await grantTo(patient, reader!.staffId, ['lab_result']);
  const watch = await stage.watch();
  const figures: { consents: number; access: Timed }[] = [];
  const most = Math.min(wanted, others.length * consentsOfPerson);
  let given = 1;
  for (const consents of powersOfTen(fewestConsents, most)) {
    const begun = performance.now();
    await inTurns(
      consents - given,
      (index) => grantTo(patient, others[(given + index) % others.length]!.staffId, ['vitals']),
      consentsAtOnce,
    );
    stage.say(`  ${consents - given} consents given in ${secondsSince(begun)} s`);
    given = consents;
    const access = await timed(watch, repeats, () => accessTo(reader!.caller, patient, ['lab_result']));
    stage.say(`  access with ${consents} consents: ${access.p50.toFixed(0)} ms`);
    figures.push({ consents, access });
  }
  return figures;
}

/** An access to a category costs the same however many records are in it. */
async function benchCharts(
  stage: Stage,
  most: number,
): Promise<Pick<CareFigures, 'byRecords'> & { readonly large: BenchPatient }> {
  const { clinicians, patients } = await stage.population();
  const [author, reader] = [clinicians[0]!, clinicians[1]!];
  const watch = await stage.watch();
  const byRecords: { records: number; access: Timed }[] = [];
  const sizes = powersOfTen(fewestRecords, most);
  for (const [index, records] of sizes.entries()) {
    const patient = patients[3 + index]!;
    const begun = performance.now();
    await fillChart(author.caller, patient, records, index);
    stage.say(`  a chart of ${records} records made in ${secondsSince(begun)} s`);
    await grantTo(patient, reader.staffId, ['lab_result']);
    const access = await timed(watch, repeats, () => accessTo(reader.caller, patient, ['lab_result']));
    stage.say(`  access with ${records} records: ${access.p50.toFixed(0)} ms`);
    byRecords.push({ records, access });
  }
  return { byRecords, large: patients[2 + sizes.length]! };
}

async function fillChart(
  author: LoadCaller,
  { chart }: BenchPatient,
  records: number,
  chartIndex: number,
): Promise<void> {
  for (let left = records, part = 0; left > 0; left -= recordsOfBundle, part += 1) {
    const { bundle } = syntheticPatient(seedOf(chartIndex, part), Math.min(left, recordsOfBundle));
    await importBundle(author, chart, JSON.stringify(bundle));
  }
}

/** Apart from those of the import: an identifier belongs to one chart. */
const seedOf = (chart: number, part: number): number => 1_000 * (chart + 1) + part;

/** Somebody without an account shows the secret of a record. */
async function benchToken(stage: Stage, author: LoadCaller, { chart, caller }: BenchPatient): Promise<Timed> {
  const { records } = await author.post<{ records: readonly { id: string }[] }>(`${chart}/records`, newRecord());
  const wanted = { records: [{ id: records[0]!.id }], expiresInHours: tokenHours, singleUse: false };
  const { secret } = await caller.post<{ secret: string }>(`${chart}/sharing-tokens`, wanted);
  const bearer = new LoadCaller(await stage.people.gateway(hospital));
  const { redeem } = new SharingSecret(secret);
  return timed(await stage.watch(), repeats, () => bearer.post('/v1/token-redemptions', { redeem }));
}

/** One identity writes for every patient: its commands share transactions. @returns records of one on an average */
async function benchFeed(stage: Stage): Promise<number> {
  const { patients, integration } = await stage.population();
  const transactions = new Set<string>();
  let written = 0;
  await stage.load({
    name: 'recordAppendFeed',
    workers: stage.options.clients * feedFactor,
    async work() {
      const { chart } = patients[written % patients.length]!;
      written += 1;
      const { transactionId } = await integration.post<{ transactionId: string }>(`${chart}/records`, newRecord());
      transactions.add(transactionId);
    },
  });
  return written / Math.max(1, transactions.size);
}

const secondsSince = (begun: number): string => ((performance.now() - begun) / 1000).toFixed(1);

/** @returns `fewest`, ten times as many, … up to `most`, which is the last one */
function powersOfTen(fewest: number, most: number): readonly number[] {
  const steps: number[] = [];
  for (let step = fewest; step < most; step *= 10) steps.push(step);
  return [...steps, most];
}

function grantTo({ chart, caller }: BenchPatient, staffId: string, categories: readonly string[]): Promise<unknown> {
  const grantee = { kind: 'person', mspId: hospital, id: staffId };
  return caller.post(`${chart}/consents`, { grantee, categories, purposes: ['TREAT'] });
}

async function accessTo(
  caller: LoadCaller,
  { chart }: Pick<BenchPatient, 'chart'>,
  categories: readonly string[],
): Promise<string> {
  const asked = { purposeOfUse: 'TREAT', reason: 'ward round', categories };
  return (await caller.post<{ id: string }>(`${chart}/accesses`, asked)).id;
}

async function firstContent(caller: LoadCaller, access: string): Promise<string> {
  const listed = await caller.get(`/v1/accesses/${access}/records?limit=1`);
  const { items } = JSON.parse(Buffer.from(listed).toString('utf8')) as { items: readonly { id: string }[] };
  return `/v1/accesses/${access}/records/${items[0]!.id}/content`;
}
