import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { configure, readConsortiumFile } from '../config/consortium.ts';
import { consortiumFile, DataFolder } from '../config/paths.ts';
import { channelProfile, configtx } from './configtx.ts';

interface Organisation {
  readonly Name: string;
  readonly OrdererEndpoints?: readonly string[];
  readonly AnchorPeers?: readonly { readonly Host: string; readonly Port: number }[];
}

interface Profile {
  readonly Capabilities: object;
  readonly Orderer: {
    readonly OrdererType: string;
    readonly ConsenterMapping: readonly { readonly ID: number; readonly MSPID: string }[];
    readonly Organizations: readonly Organisation[];
    readonly Capabilities: object;
  };
  readonly Application: { readonly Organizations: readonly Organisation[]; readonly Capabilities: object };
}

const profileOf = (profile: string): Profile => {
  const config = configure(readConsortiumFile(consortiumFile), { profile });
  const text = configtx(config, new DataFolder('test', '/data'));
  return (parse(text) as { Profiles: Record<string, Profile> }).Profiles[channelProfile]!;
};

test('four SmartBFT consenters of four organisations order, and capabilities are those of Fabric 3', () => {
  const { Orderer, Application, Capabilities } = profileOf('default');
  expect(Orderer.OrdererType).toBe('BFT');
  expect(Orderer.ConsenterMapping.map(({ ID }) => ID)).toEqual([1, 2, 3, 4]);
  expect(new Set(Orderer.ConsenterMapping.map(({ MSPID }) => MSPID)).size).toBe(4);
  expect([Capabilities, Orderer.Capabilities, Application.Capabilities]).toEqual([
    { V3_0: true },
    { V2_0: true },
    { V2_5: true },
  ]);
});

test('every member with a peer has an anchor peer, every ordering one an endpoint, and the operator is no application', () => {
  const { Orderer, Application } = profileOf('two-hospitals');
  for (const organisation of Application.Organizations) expect(organisation.AnchorPeers).toHaveLength(1);
  for (const organisation of Orderer.Organizations) expect(organisation.OrdererEndpoints).toHaveLength(1);
  expect(Application.Organizations.map(({ Name }) => Name)).not.toContain('ConsortiumMSP');
  expect(Application.Organizations.map(({ Name }) => Name)).toContain('Hospital2MSP');
});
