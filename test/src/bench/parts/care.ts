/** The care chain through REST where it grows: consents, records, a category shared, a file of half a gigabyte, readers. */
import type { LoadCaller } from '../measure/httpClient.ts';
import { hospital, inTurns, newRecord, type BenchPatient } from '../population.ts';
import type { Stage } from '../stage.ts';
import { syntheticPatient } from '../patients.ts';
import { timed, type Timed } from '../supply/timed.ts';
import { benchFile, type ContentFigures } from './content.ts';
import { importBundle } from './import.ts';

const consentSteps = [10, 100, 1_000] as const;
const readers = 200;
const repeats = 20;
const consentsAtOnce = 16;

export interface CareFigures {
  /** Records in the large chart. */
  readonly records: number;
  /** A consented access with its audit, by consents that the patient gave to others. */
  readonly byConsents: readonly { readonly consents: number; readonly access: Timed }[];
  readonly smallChart: Timed;
  readonly largeChart: Timed;
  readonly integrity: Timed;
  readonly shareCategory: Timed;
  readonly searchByCode: Timed;
  readonly searchByTitle: Timed;
  readonly auditPage: Timed;
  readonly file: ContentFigures;
}

/** @param records of the large chart */
export async function benchCare(stage: Stage, records: number): Promise<CareFigures> {
  const { clinicians, patients } = await stage.population();
  const [author, reader] = [clinicians[0]!, clinicians[1]!];
  await benchLoads(stage);
  const byConsents = await benchConsents(stage);
  const large = await largeChart(stage, records);
  const watch = await stage.watch();
  const share = (): Promise<unknown> => grantTo(large, reader.staffId, ['lab_result']);
  const shareCategory = await timed(watch, 1, share);
  stage.say(`  a category of ${records} records shared in ${shareCategory.p50.toFixed(0)} ms`);
  const integrity = await timed(watch, 1, () => large.caller.post(`${large.chart}/integrity-checks`, {}));
  stage.say(`  ${records} records verified in ${(integrity.p50 / 1000).toFixed(1)} s`);
  const access = await accessTo(reader.caller, large, ['lab_result']);
  const search = (query: string): Promise<Timed> =>
    timed(watch, repeats, () => reader.caller.get(`/v1/accesses/${access}/records?limit=50&${query}`));
  const small = patients[2]!;
  await grantTo(small, reader.staffId, ['lab_result']);
  const figures: CareFigures = {
    records,
    byConsents,
    smallChart: await timed(watch, repeats, () => accessTo(reader.caller, small, ['lab_result'])),
    largeChart: await timed(watch, repeats, () => accessTo(reader.caller, large, ['lab_result'])),
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
async function benchConsents(stage: Stage): Promise<CareFigures['byConsents']> {
  const { clinicians, patients } = await stage.population();
  const patient = patients[1]!;
  const [reader, ...others] = clinicians;
  await grantTo(patient, reader!.staffId, ['lab_result']);
  const watch = await stage.watch();
  const figures: { consents: number; access: Timed }[] = [];
  // A bucket of one subject holds 200 rules.
  const most = Math.min(consentSteps.at(-1)!, others.length * 100);
  let given = 1;
  for (const consents of consentSteps.filter((step) => step <= most)) {
    await inTurns(
      consents - given,
      (index) => grantTo(patient, others[(given + index) % others.length]!.staffId, ['vitals']),
      consentsAtOnce,
    );
    given = consents;
    const access = await timed(watch, repeats, () => accessTo(reader!.caller, patient, ['lab_result']));
    stage.say(`  access with ${consents} consents: ${access.p50.toFixed(0)} ms`);
    figures.push({ consents, access });
  }
  return figures;
}

/** A patient with this many records, imported. */
async function largeChart(stage: Stage, records: number): Promise<BenchPatient> {
  const { clinicians, patients } = await stage.population();
  const patient = patients[3]!;
  const begun = performance.now();
  const body = JSON.stringify(syntheticPatient(1, records).bundle);
  await importBundle(clinicians[0]!.caller, patient.chart, body);
  stage.say(`  a chart of ${records} records made in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  return patient;
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
