/** Charts of generated patients imported side by side, each by a clinician of its own. */
import { setTimeout as delay } from 'node:timers/promises';
import type { LoadCaller } from '../measure/httpClient.ts';
import { quantiles } from '../measure/load.ts';
import { syntheticPatient } from '../patients.ts';
import { inTurns } from '../population.ts';
import type { Stage } from '../stage.ts';

const recordsOfPatient = 200;
const importsAtOnce = 8;
const leastPatients = 50;

interface Operation {
  readonly status: string;
  readonly result?: { readonly records: number };
  readonly error?: unknown;
}

export async function benchImport(stage: Stage): Promise<void> {
  const { clinicians, patients } = await stage.population();
  const count = Math.min(patients.length, Math.max(leastPatients, Math.round(patients.length * 0.8)));
  const bundles = Array.from({ length: count }, (_, index) =>
    JSON.stringify(syntheticPatient(index + 1, recordsOfPatient).bundle),
  );
  const durations: number[] = [];
  const importOne = async (index: number): Promise<number> => {
    const begun = performance.now();
    const records = await importBundle(clinicians[index]!.caller, patients[index]!.chart, bundles[index]!);
    durations.push(performance.now() - begun);
    return records;
  };
  const watch = await stage.watch();
  const begun = performance.now();
  const { value, processes } = await watch.during(() => inTurns(count, importOne, importsAtOnce));
  const done = value.reduce((sum, records) => sum + records, 0);
  const times = quantiles(durations);
  const perSecond = done / ((performance.now() - begun) / 1000);
  stage.add({ name: 'import', workers: importsAtOnce, done, perSecond, ...times, errors: {}, processes });
}

/** Imports a bundle and waits for its end. @returns how many records it became @throws Error when it fails */
export async function importBundle(caller: LoadCaller, chart: string, bundle: string): Promise<number> {
  const headers = { 'content-type': 'application/fhir+json' };
  const accepted = await caller.send('POST', `${chart}/imports?subject=confirmed`, headers, bundle);
  accepted.resume();
  for (;;) {
    const told = Buffer.from(await caller.get(accepted.headers.location!)).toString('utf8');
    const { status, result, error } = JSON.parse(told) as Operation;
    if (status === 'failed') throw new Error(JSON.stringify(error));
    if (status === 'succeeded' && result !== undefined) return result.records;
    await delay(100);
  }
}
