/** Serves what a redeemed token shares: ciphertext only, the holder opens it. The own peer decides again each time. */
import type { RecordFact } from '@chain-of-care/chaincode/model';
import { redeemHashOf } from '@chain-of-care/client';
import { ciphertextOf, type Ciphertext } from '../accesses/ciphertext.ts';
import { checkAccess, heldAgainst } from '../accesses/serve.ts';
import type { Caller } from '../auth/caller.ts';
import { patientOf } from '../custody/patients.ts';
import { Problem } from '../http/problem.ts';
import { accessById, recordVersions, type AccessFact } from '../readmodel/queries/care.ts';
import { sharingTokenById, type SharingTokenFact } from '../readmodel/queries/sharingTokens.ts';
import type { Services } from '../services.ts';

/** The records as they are now, each with the token's wrap of its data key. */
export async function sharedRecords(
  services: Services,
  { keys }: SharingTokenFact,
): Promise<readonly (RecordFact & { readonly wrapped: string })[]> {
  const facts = await recordVersions(services.readModel.db, keys);
  return facts.map((fact, index) => ({ ...fact, wrapped: keys[index]!.wrapped }));
}

/**
 * @param caller as who redeemed; absent for a bearer
 * @param redeem what proves possession, shown again
 * @throws Problem access_not_found, access_not_permitted, record_not_found; Refusal access_expired
 */
export async function sharedContent(
  services: Services,
  caller: Caller | undefined,
  redeem: string | undefined,
  { accessId, recordId }: { readonly accessId: string; readonly recordId: string },
): Promise<{ readonly fact: RecordFact; readonly ciphertext: Ciphertext }> {
  const { db } = services.readModel;
  const access = await accessById(db, accessId);
  const isOwn = access?.accessorId === (caller?.id ?? 'bearer') && access.creator === access.deviceKey;
  const token = await tokenOf(services, access);
  const isShown = redeem !== undefined && token?.redeemHash === (await redeemHashOf(redeem));
  if (access === undefined || !isOwn || !isShown) throw new Problem('access_not_found');
  const shared = token.keys.find((key) => key.recordId === recordId);
  const [fact] = shared === undefined ? [] : await recordVersions(db, [shared]);
  if (fact === undefined) throw new Problem('record_not_found');
  const patient = await patientOf(services, access.patientId);
  const identity = caller?.identity ?? services.serviceIdentity;
  const { permitted } = await checkAccess(services, identity, patient, access, [fact]);
  if (heldAgainst(permitted, [fact]).length === 0) throw new Problem('access_not_permitted');
  return { fact, ciphertext: ciphertextOf(services, access, patient.home, fact) };
}

async function tokenOf(services: Services, access: AccessFact | undefined): Promise<SharingTokenFact | undefined> {
  const basis = access?.basis.find(({ kind }) => kind === 'token');
  return basis?.kind === 'token' ? sharingTokenById(services.readModel.db, basis.tokenId) : undefined;
}
