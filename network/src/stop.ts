/** `npm stop` and `npm run reset`. */
import { rm } from 'node:fs/promises';
import type { DataFolder } from './config/paths.ts';
import { Processes } from './processes/processes.ts';
import type { Report } from './steps/step.ts';

/** What ends first to last: who calls others ends before them. */
const order = [/-gateway$/, /-chaincode-\w+$/, /-peer2?$/, /-orderer$/, /-ca$/];

/**
 * Ends every process of the consortium by its record; state stays.
 *
 * @returns how many ran
 */
export async function stop(data: DataFolder, report: Report): Promise<number> {
  const processes = new Processes(data);
  const names = await processes.names();
  let ended = 0;
  for (const kind of order) {
    const group = names.filter((name) => kind.test(name));
    if (group.length === 0) continue;
    await report.step(`stop ${group.join(', ')}`, async () => {
      const ran = await Promise.all(group.map((name) => processes.end(name)));
      ended += ran.filter(Boolean).length;
    });
  }
  return ended;
}

/** Ends everything and removes all data of the consortium: ledgers, keys, certificates, read models, logs. */
export async function reset(data: DataFolder, report: Report): Promise<void> {
  await stop(data, report);
  await report.step(`remove ${data.root}`, () => rm(data.root, { recursive: true, force: true }));
}
