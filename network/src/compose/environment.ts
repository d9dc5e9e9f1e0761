/** The environment of every container, as files that the compose file names. */
import type { Binaries } from '../binaries/binaries.ts';
import { chaincodeEnvironment } from '../chaincode/server.ts';
import { endorsing, ordering, type ConsortiumConfig } from '../config/consortium.ts';
import type { DataFolder } from '../config/paths.ts';
import { writeWhole } from '../files.ts';
import { gatewayEnvironment } from '../gateways/gateway.ts';
import { ordererPlan } from '../orderers/orderer.ts';
import { peerPlan } from '../peers/peer.ts';
import { seenInside, usersFolder } from './layout.ts';
import { containerPackage } from './preparation.ts';

type Environment = Readonly<Record<string, string>>;

/** Variables that name files of this host alone. */
const hostOnly = new Set(['NODE_EXTRA_CA_CERTS']);

/** Listens on every address of its container: the one that is published, and its own loopback for the health check. */
const everyAddress = '0.0.0.0';

/**
 * Writes `environment/<service>.env` for every node.
 *
 * @param config with a host per node
 * @param digest of the chaincode in the image
 */
export async function writeEnvironments(
  config: ConsortiumConfig,
  data: DataFolder,
  binaries: Binaries,
  digest: string,
): Promise<void> {
  const environments: (readonly [string, Environment])[] = config.members.map(({ key, ports }) => [
    `${key}-ca`,
    {
      FABRIC_CA_SERVER_ADDRESS: everyAddress,
      FABRIC_CA_SERVER_OPERATIONS_LISTENADDRESS: `${everyAddress}:${ports.caOperations}`,
    },
  ]);
  for (const member of ordering(config)) {
    const { name, environment } = ordererPlan(config, member, data.member(member.key), binaries);
    environments.push([name, environment]);
  }
  for (const member of endorsing(config)) {
    const { name, environment } = peerPlan(config, member, data.member(member.key), binaries);
    const { packageId } = await containerPackage(config, member, digest);
    const served = { port: member.ports.chaincodeOdd, packageId, digest };
    environments.push(
      [name, environment],
      [`${member.key}-chaincode`, chaincodeEnvironment(config, member, data, served)],
      [`${member.key}-gateway`, ofContainer(gatewayEnvironment(config, member, data), data)],
    );
  }
  const keys = config.members.map(({ key }) => key);
  await Promise.all(
    environments.map(async ([service, environment]) => {
      const lines = Object.entries(environment).map(([variable, value]) => `${variable}=${value}\n`);
      const text = seenInside(lines.join(''), data, config.name, keys);
      await writeWhole(data.at('environment', `${service}.env`), text);
    }),
  );
}

function ofContainer(environment: Environment, data: DataFolder): Environment {
  const kept = Object.entries(environment).filter(([name]) => !hostOnly.has(name));
  return { ...Object.fromEntries(kept), HOST: everyAddress, DEV_USERS: data.at(usersFolder, 'users.json') };
}
