import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { configure, endorsing, ordering, readConsortiumFile } from '../config/consortium.ts';
import { consortiumFile, DataFolder } from '../config/paths.ts';
import { composeFile, composePath } from './composeFile.ts';
import { composeName, insideData, seenInside } from './layout.ts';
import { services, type Service } from './services.ts';

const config = configure(readConsortiumFile(consortiumFile), { name: composeName });
const all = services(config, true);
const volumesOf = (service: Service): readonly string[] => service['volumes'] as readonly string[];
const oneShots = ['channel', 'seed'];

describe('the compose file', () => {
  test('in the project’s root is what consortium.yaml gives (npm run compose:prepare)', () => {
    const path = composePath(config, new DataFolder(composeName));
    expect(readFileSync(path, 'utf8')).toBe(composeFile(config, true));
  });

  test('has every node of every member once', () => {
    expect(new Set(all.keys())).toEqual(
      new Set([
        ...config.members.map(({ key }) => `${key}-ca`),
        ...ordering(config).map(({ key }) => `${key}-orderer`),
        ...endorsing(config).flatMap(({ key }) => [`${key}-peer`, `${key}-chaincode`, `${key}-gateway`]),
        ...oneShots,
      ]),
    );
  });

  test('gives a service no key of another member, except the steps that set the consortium up', () => {
    for (const [name, service] of all) {
      if (oneShots.includes(name)) continue;
      const own = name.slice(0, name.lastIndexOf('-'));
      const organisations = volumesOf(service).filter((volume) => volume.includes('/organisations/'));
      const foreign = organisations.filter((volume) => !volume.includes(`/organisations/${own}/`));
      expect(foreign.filter((volume) => !/\/organisations\/[a-z0-9-]+\/msp:ro$/.test(volume))).toEqual([]);
    }
  });

  test('asks every service that goes on running for its health and starts it again', () => {
    for (const [name, service] of all)
      if (!oneShots.includes(name))
        expect(service).toMatchObject({ restart: 'unless-stopped', healthcheck: { test: expect.anything() } });
  });

  test('keeps ledgers and gateways’ data in named volumes', () => {
    for (const [name, service] of all)
      if (/-(orderer|peer|gateway)$/.test(name))
        expect(volumesOf(service).some((volume) => volume.startsWith(`${name}:/var/`))).toBe(true);
  });

  test('publishes gateways alone, on the loopback', () => {
    const published = [...all].filter(([, service]) => 'ports' in service);
    expect(published.map(([name]) => name)).toEqual(endorsing(config).map(({ key }) => `${key}-gateway`));
    for (const [, service] of published) expect(service['ports']).toEqual([expect.stringMatching(/^127\.0\.0\.1:/)]);
  });
});

test('paths of this host become paths of the container, what a node writes becomes its volume', () => {
  const data = new DataFolder('x', '/home/somebody/data');
  const text = ['peer/core.yaml', 'peer/ledger', 'gateway/data'].map((path) => data.member('h').at(path)).join(' ');
  expect(seenInside(text, data, 'x', ['h'])).toBe(
    `${insideData('x')}/organisations/h/peer/core.yaml /var/hyperledger/production/ledger /var/lib/chain-of-care`,
  );
});
