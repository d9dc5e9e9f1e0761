/** All that the hospital has: its gateway's key store, and a read model of our own of what its peer gives. */
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { Consortium } from '@chain-of-care/chaincode/model';
import { openBatchAsHolder, openBytes, openGrantKey, unwrapDataKey } from '@chain-of-care/client';
import { PeerConnections } from '../../../../gateway-api/src/fabric/connection.ts';
import { Identities } from '../../../../gateway-api/src/fabric/identities.ts';
import { ledgerHeight } from '../../../../gateway-api/src/fabric/ledgerHeight.ts';
import { BlockListener } from '../../../../gateway-api/src/fabric/listen.ts';
import { readProfile } from '../../../../gateway-api/src/fabric/readProfile.ts';
import { serviceIdentity } from '../../../../gateway-api/src/fabric/serviceIdentity.ts';
import { SealedKeyStore } from '../../../../gateway-api/src/keystore/keyStore.ts';
import { masterKeyFrom } from '../../../../gateway-api/src/keystore/masterKey.ts';
import { createLog } from '../../../../gateway-api/src/log.ts';
import { ReadModel } from '../../../../gateway-api/src/readmodel/index.ts';
import { batchKeysOf, grantWrapsOf, recordVersions } from '../../../../gateway-api/src/readmodel/queries/care.ts';
import { recordContent } from '../../../../gateway-api/src/records/seal.ts';
import { DirectoryStore } from '../../../../gateway-api/src/vault/store/index.ts';
import type { TestNetwork } from '../../system/network.ts';
import { home } from './world.fixture.ts';

export interface HospitalSecrets {
  readonly keystore: SealedKeyStore;
  readonly readModel: ReadModel;
  readonly ciphertext: (cid: string) => Promise<Uint8Array>;
}

/** Everything up to now; the read model is in memory and to be closed. */
export async function secretsOf(network: TestNetwork): Promise<HospitalSecrets> {
  const profile = readProfile(join(network.data, 'connections', `${home}.json`));
  const folder = join(network.data, 'organisations/hospital/gateway');
  const keystore = new SealedKeyStore(join(folder, 'data/keys'), await masterKeyFrom(join(folder, 'keystore.key')));
  const store = await DirectoryStore.open(join(folder, 'data/content'));
  const log = createLog('error');
  const { channel, chaincode, mspId } = profile;
  const consortium = new Consortium(profile.members.map(({ role, name, ...member }) => ({ ...member, role, name })));
  const readModel = await ReadModel.open({ consortium, mspId, chaincode, log });
  const peers = new PeerConnections(profile, Date.now);
  try {
    const identities = new Identities(keystore);
    const service = await serviceIdentity(mspId, profile.service, keystore);
    const height = await ledgerHeight(peers, identities, service, channel);
    await readModel.catchUp(new BlockListener(peers, identities, service, channel, log), height - 1n);
  } finally {
    peers.close();
  }
  const ciphertext = async (cid: string) => new Uint8Array(await buffer(await store.get(cid)));
  return { keystore, readModel, ciphertext };
}

/**
 * What somebody opens who has all of the hospital's ledger and ciphertext but of its keys only their own: by the seeds
 * that a consent handed to them.
 */
export async function openedAlone(
  { keystore, readModel }: HospitalSecrets,
  staffId: string,
  consentId: string,
  recordId: string,
  ciphertext: Uint8Array,
): Promise<string | undefined> {
  const own = (await keystore.get(`sealing/${staffId}`))!;
  const [record] = await recordVersions(readModel.db, [{ recordId }]);
  const [batch] = await batchKeysOf(readModel.db, [record!.batchId]);
  for (const wrap of await grantWrapsOf(readModel.db, consentId, [staffId])) {
    if (wrap.category !== batch!.category || wrap.confidentiality !== batch!.confidentiality) continue;
    const grantee = { consentId, grantee: staffId };
    const wrapper = await openGrantKey(own, wrap.patientId, wrap.grantKey!, grantee);
    const seed = await wrapper.openSeed(wrap.sealed, { ...wrap });
    // The seed is tried on whatever epoch the batch says it is of.
    const opened = await openBatchAsHolder(seed, batch!, batch!).catch(() => undefined);
    if (opened === undefined) continue;
    const dataKey = await unwrapDataKey(opened, record!.wrappedKey);
    const content = await openBytes(ciphertext, dataKey, { ...record!, type: recordContent });
    return Buffer.from(content).toString('utf8');
  }
  return undefined;
}
