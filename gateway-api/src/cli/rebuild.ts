/** Makes the read model of a gateway anew from block 0; configured as the gateway, which must not run. */
import 'reflect-metadata';
import { join } from 'node:path';
import { Consortium } from '@chain-of-care/chaincode/model';
import { readConfig, type Config } from '../config/config.ts';
import { withEnvFile } from '../config/envFile.ts';
import { PeerConnections } from '../fabric/connection.ts';
import { Identities } from '../fabric/identities.ts';
import { ledgerHeight } from '../fabric/ledgerHeight.ts';
import { BlockListener } from '../fabric/listen.ts';
import { readProfile } from '../fabric/readProfile.ts';
import { serviceIdentity } from '../fabric/serviceIdentity.ts';
import { SealedKeyStore } from '../keystore/keyStore.ts';
import { masterKeyFrom } from '../keystore/masterKey.ts';
import { createLog } from '../log.ts';
import { ReadModel } from '../readmodel/index.ts';
import { rebuild, type RebuildReport } from '../readmodel/rebuildReport.ts';

try {
  print(await rebuildFrom(readConfig(withEnvFile(process.env, '.env'))));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

async function rebuildFrom(config: Config): Promise<RebuildReport> {
  const inData = (...parts: string[]): string => join(config.dataDirectory, ...parts);
  const log = createLog('error');
  const profile = readProfile(config.connectionProfile);
  const { mspId, channel, chaincode } = profile;
  const master = config.keystoreKey ?? (await masterKeyFrom(config.keystoreKeyFile ?? inData('keystore.key')));
  const keystore = new SealedKeyStore(inData('keys'), master);
  const readModel = await ReadModel.open({
    ...(config.databaseUrl === undefined ? { directory: inData('readmodel') } : { databaseUrl: config.databaseUrl }),
    consortium: new Consortium(profile.members.map(({ mspId: id, role, name }) => ({ mspId: id, role, name }))),
    mspId,
    chaincode,
    log,
  });
  const peers = new PeerConnections(profile, Date.now);
  try {
    const identities = new Identities(keystore);
    const service = await serviceIdentity(mspId, profile.service, keystore);
    const height = await ledgerHeight(peers, identities, service, channel);
    return await rebuild(readModel, new BlockListener(peers, identities, service, channel, log), height);
  } finally {
    await readModel.close();
    peers.close();
  }
}

function print({ blocks, seconds, differing, tables }: RebuildReport): void {
  for (const { table, rows, digest } of tables)
    console.log(`${table.padEnd(24)} ${String(rows).padStart(9)} rows  ${digest.slice(0, 16)}`);
  console.log(`${blocks} blocks in ${seconds.toFixed(1)} s`);
  if (differing === undefined) console.log('there were no rows to compare with');
  else
    console.log(
      differing.length === 0 ? 'the rows are those that were there' : `rows differ in ${differing.join(', ')}`,
    );
}
