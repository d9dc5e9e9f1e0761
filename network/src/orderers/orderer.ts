/** The orderer of one member: its configuration and process. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { hostOf, type ConfiguredMember, type ConsortiumConfig } from '../config/consortium.ts';
import { overlay } from '../config/merge.ts';
import type { MemberFolder } from '../config/paths.ts';
import { writeWhole } from '../files.ts';
import { logFormat } from '../processes/logs.ts';
import { answersOk } from '../processes/ports.ts';
import type { ProcessPlan } from '../processes/processes.ts';
import type { Binaries } from '../binaries/binaries.ts';

export async function writeOrdererConfig(
  config: ConsortiumConfig,
  member: ConfiguredMember,
  folder: MemberFolder,
  binaries: Binaries,
): Promise<void> {
  const sample = parse(await readFile(join(binaries.samples, 'orderer.yaml'), 'utf8')) as Record<string, unknown>;
  const tls = folder.tlsOf('orderer');
  const host = hostOf(config, member, 'orderer');
  const ours = {
    General: {
      ListenAddress: host,
      ListenPort: member.ports.orderer,
      // As in the peer: Fabric's gateway service pings every 10 s.
      Keepalive: { ServerMinInterval: '5s' },
      TLS: { Enabled: true, PrivateKey: tls.privateKey, Certificate: tls.certificate, RootCAs: [tls.ca] },
      Cluster: { ClientCertificate: tls.certificate, ClientPrivateKey: tls.privateKey },
      LocalMSPDir: folder.mspOf('orderer'),
      LocalMSPID: member.mspId,
    },
    FileLedger: { Location: folder.at('orderer/ledger') },
    Operations: { ListenAddress: `${host}:${member.ports.ordererOperations}` },
    Metrics: { Provider: 'prometheus' },
    Admin: {
      ListenAddress: `${host}:${member.ports.ordererAdmin}`,
      TLS: {
        Enabled: true,
        Certificate: tls.certificate,
        PrivateKey: tls.privateKey,
        ClientAuthRequired: true,
        ClientRootCAs: [tls.ca],
      },
    },
    Consensus: { WALDir: folder.at('orderer/wal'), SnapDir: folder.at('orderer/snapshots') },
  };
  await writeWhole(folder.at('orderer/orderer.yaml'), stringify(overlay(sample, ours)));
}

export function ordererPlan(
  config: ConsortiumConfig,
  member: ConfiguredMember,
  folder: MemberFolder,
  binaries: Binaries,
): ProcessPlan {
  const { orderer, ordererAdmin, ordererOperations } = member.ports;
  return {
    name: `${member.key}-orderer`,
    command: [join(binaries.folder, 'orderer')],
    environment: {
      FABRIC_CFG_PATH: folder.at('orderer'),
      // Fabric's gateway service ends each broadcast by hanging up, which is worth a warning to the orderer every time.
      FABRIC_LOGGING_SPEC: 'warn:orderer.consensus=info:orderer.common.broadcast=error',
      FABRIC_LOGGING_FORMAT: logFormat,
    },
    folder: folder.at('orderer'),
    ports: [orderer, ordererAdmin, ordererOperations],
    ready: () => answersOk(`http://${config.host}:${ordererOperations}/healthz`),
  };
}
