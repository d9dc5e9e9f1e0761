/** The ciphertext store of a gateway: a directory or an IPFS node, with a replica where one is configured. */
import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { DirectoryStore, KuboStore, ReplicatedStore, type CiphertextStore } from './store/index.ts';

export type StoreConfig = Pick<
  Config,
  | 'dataDirectory'
  | 'contentStore'
  | 'contentStoreToken'
  | 'contentReplica'
  | 'contentReplicaToken'
  | 'contentReplicaDirectory'
  | 'contentTimeoutMs'
>;

/**
 * An IPFS node may be away at the start: it is asked when it is needed.
 *
 * @throws Error of the file system
 */
export async function openStore(
  config: StoreConfig,
  metrics: Pick<Metrics, 'healedObjects'>,
  log: Log,
): Promise<CiphertextStore> {
  const store =
    ipfsNode(config.contentStore, config.contentStoreToken, config.contentTimeoutMs) ??
    (await DirectoryStore.open(join(config.dataDirectory, 'content')));
  const replica =
    ipfsNode(config.contentReplica, config.contentReplicaToken, config.contentTimeoutMs) ??
    (await directory(config.contentReplicaDirectory));
  if (replica === undefined) return store;
  return new ReplicatedStore(store, replica, {
    healed(cid) {
      metrics.healedObjects.inc();
      log.warn({ cid }, 'ciphertext restored from its other copy');
    },
    behind: (cid, err) => log.error({ cid, err }, 'a ciphertext does not lie in both copies of the store'),
  });
}

function ipfsNode(url: string | undefined, token: string | undefined, limitMs: number): KuboStore | undefined {
  return url === undefined ? undefined : new KuboStore({ url, token }, limitMs);
}

async function directory(path: string | undefined): Promise<DirectoryStore | undefined> {
  return path === undefined ? undefined : DirectoryStore.open(path);
}
