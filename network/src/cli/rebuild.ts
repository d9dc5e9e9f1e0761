/** `npm run rebuild -- hospital`: a gateway's read model made anew from block 0. */
import { endorsing, peersOf } from '../config/consortium.ts';
import { NetworkFailure } from '../failure.ts';
import { rebuildReadModel } from '../gateways/programs.ts';
import { gatewayPlans } from '../gateways/start.ts';
import { withLock } from '../processes/lock.ts';
import { Processes } from '../processes/processes.ts';
import type { Report } from '../steps/step.ts';
import { existingNetwork } from '../choice.ts';
import type { Options } from './options.ts';

/** Ends the member's gateway while its database is written, and starts it again if it ran. */
export async function rebuildCommand(options: Options, report: Report, waiting: (pid: number) => void): Promise<void> {
  const { config, data } = await existingNetwork(options);
  const keys = endorsing(config).map(({ key }) => key);
  const member = endorsing(config).find(({ key }) => key === options.names[0]);
  if (member === undefined) throw new NetworkFailure('whose read model?', `choose one of ${keys.join(', ')}`);
  await withLock(data.lock, waiting, async () => {
    const processes = new Processes(data);
    const peers = await Promise.all(peersOf(member).map(({ name }) => processes.find(name)));
    if (peers.every((peer) => peer === undefined))
      throw new NetworkFailure(`${member.key}-peer, from which it is rebuilt, does not run`, 'npm start first');
    const plans = await gatewayPlans(config, data);
    const plan = plans[endorsing(config).indexOf(member)]!;
    const ran = await processes.end(plan.name);
    const told = await report.step(`read model of ${member.key} rebuilt`, (progress) =>
      rebuildReadModel(config, member, data, progress),
    );
    report.note(told.trimEnd());
    if (!ran) return;
    await report.step(plan.name, async () => {
      await processes.launch(plan);
      await processes.awaitReady(plan);
    });
  });
}
