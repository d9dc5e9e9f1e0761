/** The ciphertext store of a gateway: a directory, with a replica where one is configured. */
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { DirectoryStore, ReplicatedStore, type CiphertextStore } from './store/index.ts';

/** @throws Error of the file system */
export async function openStore(
  directory: string,
  replica: string | undefined,
  metrics: Pick<Metrics, 'healedObjects'>,
  log: Log,
): Promise<CiphertextStore> {
  const store = await DirectoryStore.open(directory);
  if (replica === undefined) return store;
  return new ReplicatedStore(store, await DirectoryStore.open(replica), {
    healed(cid) {
      metrics.healedObjects.inc();
      log.warn({ cid }, 'ciphertext restored from its other copy');
    },
    behind: (cid, err) => log.error({ cid, err }, 'the replica did not take a ciphertext'),
  });
}
