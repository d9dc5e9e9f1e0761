/** Ports that somebody else holds are named before anything is started. */
import { NetworkFailure } from '../failure.ts';
import { isFree } from './ports.ts';
import type { Processes, ProcessPlan } from './processes.ts';

/** A process and the ports it is going to listen on. */
export type PortHolder = Pick<ProcessPlan, 'name' | 'ports'>;

const shownPorts = 6;
/** Linux lends ports from here on to outgoing connections (`net.ipv4.ip_local_port_range`), for as long as these last. */
const firstLentPort = 32_768;

/** @throws NetworkFailure that names the first ports in use of processes that are still to be started */
export async function demandFreePorts(host: string, plans: readonly PortHolder[], processes: Processes): Promise<void> {
  const taken: string[] = [];
  let isLent = false;
  await Promise.all(
    plans.map(async (plan) => {
      if ((await processes.find(plan.name)) !== undefined) return;
      for (const port of plan.ports) {
        if (await isFree(host, port)) continue;
        taken.push(`${port} (${plan.name})`);
        isLent ||= port >= firstLentPort;
      }
    }),
  );
  if (taken.length === 0) return;
  const shown = taken.sort().slice(0, shownPorts).join(', ');
  const more = taken.length > shownPorts ? ` and ${taken.length - shownPorts} more` : '';
  throw new NetworkFailure(
    `port${taken.length === 1 ? '' : 's'} ${shown}${more} already in use`,
    isLent
      ? `start again in a minute: ports from ${firstLentPort} on are lent to outgoing connections; for a new consortium choose a lower --base-port`
      : 'stop what uses them, or choose others with --base-port (and --name for a consortium beside this one)',
  );
}
