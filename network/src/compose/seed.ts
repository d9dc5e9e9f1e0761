/**
 * The container `seed`: writes the first facts through the gateways under their public addresses, which are this host's
 * loopback in their tokens. Inside the container the same addresses lead to the gateways' containers.
 */
import { connect, createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { endorsing, hostOf, type ConsortiumConfig } from '../config/consortium.ts';
import type { DataFolder } from '../config/paths.ts';
import { seedConsortium } from '../gateways/programs.ts';
import type { Report } from '../steps/step.ts';

/** @param config with a host per node */
export async function seedContainers(config: ConsortiumConfig, data: DataFolder, report: Report): Promise<void> {
  const servers = await Promise.all(
    endorsing(config).map((member) => forward(config.host, member.ports.gateway, hostOf(config, member, 'gateway'))),
  );
  try {
    await report.step('consortium seeded', (progress) => seedConsortium(config, data, progress));
  } finally {
    for (const server of servers) server.close();
  }
}

/** Leads connections to a local port to the same port of another host. */
async function forward(host: string, port: number, target: string): Promise<Server> {
  const server = createServer((incoming) => {
    const outgoing = connect(port, target);
    for (const [one, other] of [
      [incoming, outgoing],
      [outgoing, incoming],
    ] as const) {
      one.pipe(other);
      one.once('error', () => other.destroy());
    }
  });
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}
