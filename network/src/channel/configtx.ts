/** The channel as configtxgen reads it: members, four SmartBFT consenters, policies by role, anchor peers. */
import { stringify } from 'yaml';
import { endorsing, hostOf, ordering, type ConfiguredMember, type ConsortiumConfig } from '../config/consortium.ts';
import type { DataFolder } from '../config/paths.ts';

export const channelProfile = 'Consortium';

const implicit = (Rule: string) => ({ Type: 'ImplicitMeta', Rule });
const signature = (Rule: string) => ({ Type: 'Signature', Rule });

const metaPolicies = {
  Readers: implicit('ANY Readers'),
  Writers: implicit('ANY Writers'),
  Admins: implicit('MAJORITY Admins'),
};

/** @returns the text of configtx.yaml */
export function configtx(config: ConsortiumConfig, data: DataFolder): string {
  const organisations = new Map(config.members.map((member) => [member.key, organisation(config, member, data)]));
  return stringify(
    {
      Profiles: {
        [channelProfile]: {
          Policies: metaPolicies,
          Capabilities: { V3_0: true },
          Orderer: {
            OrdererType: 'BFT',
            BatchTimeout: '2s',
            BatchSize: {
              MaxMessageCount: config.ordering.maxMessageCount,
              AbsoluteMaxBytes: config.ordering.absoluteMaxBytes,
              PreferredMaxBytes: config.ordering.preferredMaxBytes,
            },
            SmartBFT: smartBft(config),
            ConsenterMapping: ordering(config).map((member, index) => consenter(config, member, data, index + 1)),
            Organizations: ordering(config).map(({ key }) => organisations.get(key)),
            Policies: { ...metaPolicies, BlockValidation: implicit('ANY Writers') },
            Capabilities: { V2_0: true },
          },
          Application: {
            Organizations: endorsing(config).map(({ key }) => organisations.get(key)),
            Policies: {
              ...metaPolicies,
              LifecycleEndorsement: implicit('MAJORITY Endorsement'),
              Endorsement: implicit('MAJORITY Endorsement'),
            },
            Capabilities: { V2_5: true },
          },
        },
      },
    },
    { aliasDuplicateObjects: false },
  );
}

function organisation(config: ConsortiumConfig, member: ConfiguredMember, data: DataFolder): unknown {
  const { mspId } = member;
  return {
    Name: mspId,
    ID: mspId,
    MSPDir: data.member(member.key).msp,
    Policies: {
      Readers: signature(`OR('${mspId}.admin', '${mspId}.peer', '${mspId}.client', '${mspId}.orderer')`),
      Writers: signature(`OR('${mspId}.admin', '${mspId}.client', '${mspId}.orderer')`),
      Admins: signature(`OR('${mspId}.admin')`),
      Endorsement: signature(`OR('${mspId}.peer')`),
    },
    ...(member.orderer ? { OrdererEndpoints: [`${hostOf(config, member, 'orderer')}:${member.ports.orderer}`] } : {}),
    ...(member.hasPeer ? { AnchorPeers: [{ Host: hostOf(config, member, 'peer'), Port: member.ports.peer }] } : {}),
  };
}

function consenter(config: ConsortiumConfig, member: ConfiguredMember, data: DataFolder, id: number): unknown {
  const folder = data.member(member.key);
  const tls = folder.tlsOf('orderer').certificate;
  return {
    ID: id,
    Host: hostOf(config, member, 'orderer'),
    Port: member.ports.orderer,
    MSPID: member.mspId,
    Identity: folder.certificateOf('orderer'),
    ClientTLSCert: tls,
    ServerTLSCert: tls,
  };
}

/** SmartBFT's defaults wait a minute for a dead leader; here a replaced leader costs seconds. */
function smartBft(config: ConsortiumConfig): Record<string, unknown> {
  return {
    RequestBatchMaxInterval: config.ordering.requestBatchMaxInterval,
    RequestForwardTimeout: '2s',
    RequestComplainTimeout: '6s',
    RequestAutoRemoveTimeout: '3m0s',
    ViewChangeResendInterval: '2s',
    ViewChangeTimeout: '10s',
    LeaderHeartbeatTimeout: config.ordering.leaderHeartbeatTimeout,
    CollectTimeout: '1s',
    IncomingMessageBufferSize: 200,
    RequestPoolSize: 100_000,
    LeaderHeartbeatCount: 10,
  };
}
