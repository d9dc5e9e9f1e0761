/** Launches the gateways while the ledger comes up, waits for them once it answers, and seeds the consortium. */
import { relative } from 'node:path';
import { endorsing, type ConsortiumConfig } from '../config/consortium.ts';
import type { DataFolder } from '../config/paths.ts';
import { exists } from '../files.ts';
import type { Processes, ProcessPlan } from '../processes/processes.ts';
import { readState, remember } from '../state.ts';
import type { Report } from '../steps/step.ts';
import { gatewayVersion } from './build.ts';
import { writeDemoEnvironment } from './demoEnvironment.ts';
import { gatewayMain, gatewayPlan, provideKeystoreKey } from './gateway.ts';
import { provideUsers, seedConsortium } from './programs.ts';

/** A busy machine may take long to bring up a gateway's database. */
const longestWait = 180_000;

/** The gateways of all members as they are built now. */
export async function gatewayPlans(config: ConsortiumConfig, data: DataFolder): Promise<readonly ProcessPlan[]> {
  const version = await gatewayVersion();
  return endorsing(config).map((member) => Object.assign({}, gatewayPlan(config, member, data), { version }));
}

/**
 * Launches the gateways without waiting for them; one of an earlier build is replaced.
 *
 * @returns what was launched, nothing when the gateways are not built
 */
export async function launchGateways(
  config: ConsortiumConfig,
  data: DataFolder,
  report: Report,
  processes: Processes,
): Promise<readonly ProcessPlan[]> {
  if (!(await exists(gatewayMain))) {
    report.note('- gateways are not built; the ledger runs without them');
    return [];
  }
  const keys = endorsing(config).map((member) => provideKeystoreKey(data, member));
  await Promise.all([provideUsers(config, data), ...keys]);
  const plans = await gatewayPlans(config, data);
  await Promise.all(plans.map((plan) => processes.launch(plan)));
  await remember(data, { gateways: true });
  return plans;
}

/**
 * Waits for the launched gateways, seeds once and writes the tokens of the seeded users.
 *
 * @throws NetworkFailure when a gateway does not answer or the seeding fails; the next start goes on
 */
export async function settleGateways(
  config: ConsortiumConfig,
  data: DataFolder,
  report: Report,
  processes: Processes,
  plans: readonly ProcessPlan[],
): Promise<void> {
  await report.step('gateways', async () => {
    await Promise.all(plans.map((plan) => processes.awaitReady(plan, longestWait)));
  });
  if ((await readState(data))?.seeded !== true) {
    const seeded = await report.step('consortium seeded', (progress) => seedConsortium(config, data, progress));
    if (!seeded) return;
    await remember(data, { seeded: true });
  }
  const environment = await report.step('tokens for the seeded users', () => writeDemoEnvironment(config, data));
  if (environment !== undefined) report.note(`  source ${relative('.', environment)} for addresses, tokens and ids`);
}
