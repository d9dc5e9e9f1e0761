/** The text of the compose file. */
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { ConsortiumConfig } from '../config/consortium.ts';
import { projectRoot, type DataFolder } from '../config/paths.ts';
import { composeName } from './layout.ts';
import { services } from './services.ts';

const heading = `# The development consortium in containers: Fabric's official images, and ours for chaincode and gateway.
#
#   npm run compose:prepare
#   docker compose -f docker-compose-fabric.yaml up --build --detach
#
# Written from network/consortium.yaml by the first of these commands: change that file, not this one. docs/docker.md
# says what is where.
`;

/** Where the compose file of a consortium lies: the committed one in the project's root, others beside their data. */
export const composePath = (config: ConsortiumConfig, data: DataFolder): string =>
  config.name === composeName ? join(projectRoot, 'docker-compose-fabric.yaml') : data.at('docker-compose.yaml');

/** @returns the compose file of a consortium, for the project's root as project directory */
export function composeFile(config: ConsortiumConfig, gateways: boolean): string {
  const all = services(config, gateways);
  const mounted = [...all.values()].flatMap((service) => service['volumes'] as readonly string[]);
  const named = mounted.filter((volume) => /^[a-z0-9-]+:/.test(volume)).map((volume) => volume.split(':')[0]!);
  const file = {
    services: Object.fromEntries(all),
    networks: { consortium: {} },
    volumes: Object.fromEntries(named.sort().map((volume) => [volume, {}])),
  };
  return `${heading}${stringify(file, { lineWidth: 0, aliasDuplicateObjects: false, singleQuote: true })}`;
}
