/** The containers of one consortium: image, material, state and health of each. */
import { endorsing, ordering, type ConfiguredMember, type ConsortiumConfig } from '../config/consortium.ts';
import { buildArguments, type OwnImage } from './images.ts';
import { officialImages } from './officialImages.ts';
import { composeName, fabricState, gatewayState, insideData, insideRoot, usersFolder } from './layout.ts';

/** A service as the Compose specification has it. */
export type Service = Readonly<Record<string, unknown>>;

/** Version of our own images; those of another consortium than the committed one carry its name. */
const imageTag = (name: string): string => (name === composeName ? '0.1.0' : name);

/** The data folder as the compose file names it, which lies in the project's root. */
const hostData = (name: string): string => `\${CHAIN_OF_CARE_HOME:-./network/.data}/${name}`;

/** What all that go on running have in common. */
const running = { restart: 'unless-stopped', networks: ['consortium'] };

/** Our own code needs no capability but to read keys that belong to the host's user. */
const confined = {
  init: true,
  read_only: true,
  tmpfs: ['/tmp'],
  cap_drop: ['ALL'],
  cap_add: ['DAC_OVERRIDE'],
  security_opt: ['no-new-privileges:true'],
};

/**
 * @param gateways whether the gateways and their seeding are part of it
 * @returns the services by name, in the order in which they become ready
 */
export function services(config: ConsortiumConfig, gateways: boolean): ReadonlyMap<string, Service> {
  const { name } = config;
  const all = new Map<string, Service>();
  for (const member of config.members) all.set(`${member.key}-ca`, authority(name, member));
  for (const member of ordering(config)) all.set(`${member.key}-orderer`, orderer(name, member));
  for (const [index, member] of endorsing(config).entries()) {
    all.set(`${member.key}-peer`, peer(name, member));
    all.set(`${member.key}-chaincode`, chaincode(name, member, index === 0));
  }
  all.set('channel', oneShot(name, 'channel', [...all.keys()]));
  if (!gateways) return all;
  for (const [index, member] of endorsing(config).entries())
    all.set(`${member.key}-gateway`, gateway(config, member, index === 0));
  all.set(
    'seed',
    oneShot(
      name,
      'seed',
      endorsing(config).map(({ key }) => `${key}-gateway`),
    ),
  );
  return all;
}

function authority(name: string, { key, ports }: ConfiguredMember): Service {
  const home = `organisations/${key}/ca`;
  return {
    image: officialImages.ca,
    command: ['fabric-ca-server', 'start', '--home', `${insideData(name)}/${home}`],
    env_file: environmentFile(name, `${key}-ca`),
    volumes: [material(name, home, 'rw')],
    healthcheck: healthy('127.0.0.1', ports.caOperations, '/healthz'),
    ...running,
  };
}

function orderer(name: string, { key, ports }: ConfiguredMember): Service {
  return {
    image: officialImages.orderer,
    env_file: environmentFile(name, `${key}-orderer`),
    volumes: [
      material(name, `organisations/${key}/orderer`),
      material(name, `organisations/${key}/msp`),
      `${key}-orderer:${fabricState}`,
    ],
    healthcheck: healthy(`${key}-orderer`, ports.ordererOperations, '/healthz'),
    ...running,
  };
}

function peer(name: string, { key, ports }: ConfiguredMember): Service {
  return {
    image: officialImages.peer,
    env_file: environmentFile(name, `${key}-peer`),
    volumes: [
      material(name, `organisations/${key}/peer`),
      material(name, `organisations/${key}/msp`),
      `./network/fabric/ccaas:${insideRoot}/network/fabric/ccaas:ro`,
      `${key}-peer:${fabricState}`,
    ],
    healthcheck: healthy(`${key}-peer`, ports.peerOperations, '/healthz'),
    ...running,
  };
}

function chaincode(name: string, { key, ports }: ConfiguredMember, builds: boolean): Service {
  return {
    ...own(name, 'chaincode', builds),
    env_file: environmentFile(name, `${key}-chaincode`),
    volumes: [
      material(name, `organisations/${key}/chaincode`),
      material(name, `organisations/${key}/msp`),
      material(name, 'members.json'),
    ],
    healthcheck: listening(`${key}-chaincode`, ports.chaincodeOdd),
    ...confined,
    ...running,
  };
}

function gateway(config: ConsortiumConfig, { key, mspId, ports }: ConfiguredMember, builds: boolean): Service {
  const { name } = config;
  const ofMember = ['admin', 'service', 'gateway', 'registrar.json'].map((part) => `organisations/${key}/${part}`);
  return {
    ...own(config.name, 'gateway', builds),
    env_file: environmentFile(name, `${key}-gateway`),
    volumes: [
      ...[`connections/${mspId}.json`, ...ofMember].map((path) => material(name, path)),
      material(name, usersFolder, 'rw'),
      ...config.members.map((member) => material(name, `organisations/${member.key}/msp`)),
      `${key}-gateway:${gatewayState}`,
    ],
    ports: [`127.0.0.1:${ports.gateway}:${ports.gateway}`],
    depends_on: { channel: { condition: 'service_completed_successfully' } },
    healthcheck: healthy('127.0.0.1', ports.gateway, '/health/ready'),
    stop_grace_period: '30s',
    ...confined,
    ...running,
  };
}

/** A step of the start that ends: it holds every administrator's key, as only a development consortium has them. */
function oneShot(name: string, step: string, after: readonly string[]): Service {
  return {
    ...own(name, 'network', step === 'channel'),
    command: ['node', 'network/dist/compose/main.js', step, '--name', name],
    volumes: [`${hostData(name)}:${insideData(name)}`],
    depends_on: Object.fromEntries(after.map((service) => [service, { condition: 'service_healthy' }])),
    ...confined,
    networks: ['consortium'],
  };
}

/** The first service of an image builds it; the others must not look for it in a registry. */
function own(name: string, image: OwnImage, builds: boolean): Service {
  return {
    image: `chain-of-care/${image}:${imageTag(name)}`,
    ...(builds
      ? { build: { context: `${hostData(name)}/images/${image}`, args: buildArguments[image] } }
      : { pull_policy: 'never' }),
  };
}

const environmentFile = (name: string, service: string): readonly string[] => [
  `${hostData(name)}/environment/${service}.env`,
];

const material = (name: string, path: string, mode: 'ro' | 'rw' = 'ro'): string =>
  `${hostData(name)}/${path}:${insideData(name)}/${path}${mode === 'ro' ? ':ro' : ''}`;

const patience = { interval: '2s', timeout: '5s', retries: 60, start_period: '5s' };

/** Whether an HTTP server answers 200, asked by bash, which every image has; `$$` is Compose's `$`. */
const healthy = (host: string, port: number, path: string) => ({
  test: [
    'CMD',
    'bash',
    '-c',
    `exec 3<>/dev/tcp/${host}/${port} && printf 'GET ${path} HTTP/1.0\\r\\n\\r\\n' >&3 && read -r status <&3 && [[ $$status == *' 200 '* ]]`,
  ],
  ...patience,
});

/** Whether somebody listens: a chaincode's server speaks to its peer only. */
const listening = (host: string, port: number) => ({
  test: ['CMD', 'bash', '-c', `exec 3<>/dev/tcp/${host}/${port}`],
  ...patience,
});
