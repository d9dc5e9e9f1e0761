import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { LedgerIdentity } from '../auth/caller.ts';
import { ledgerIdentity } from '../enrolment/enrolment.ts';
import type { KeyStore } from '../keystore/keyStore.ts';

const serviceKeyName = 'gateway/service';

/**
 * The gateway's own client identity, for reading blocks; the network made its key.
 *
 * @param files paths of PEM files, from the connection profile
 * @throws Error when they cannot be read
 */
export async function serviceIdentity(
  mspId: string,
  files: { readonly certificate: string; readonly privateKey: string },
  keystore: KeyStore,
): Promise<LedgerIdentity> {
  const [certificate, key] = await Promise.all([readFile(files.certificate, 'utf8'), readFile(files.privateKey)]);
  await keystore.put(serviceKeyName, createPrivateKey(key).export({ type: 'pkcs8', format: 'der' }));
  return ledgerIdentity(mspId, certificate, serviceKeyName);
}
