/** Registers a member of staff: keys, Fabric identity, ledger, directory of logins. */
import { generateSealingKeyPair, sealingKeyPairFromSeed, toBase64Url } from '@chain-of-care/client';
import { clinicalRoles, collectionName, type StaffRole } from '@chain-of-care/chaincode/model';
import type { LedgerIdentity } from '../auth/caller.ts';
import type { Applied } from '../fabric/act.ts';
import type { Derivation } from '../idempotency/derivation.ts';
import type { Person } from '../people/people.ts';
import type { Services } from '../services.ts';

export interface StaffToRegister {
  readonly role: StaffRole;
  readonly department?: string;
  readonly gln?: string;
  /** `sub` of the person's access tokens. */
  readonly subject: string;
}

export interface RegisteredStaff {
  readonly staffId: string;
  readonly applied: Applied<{ readonly staffId: string }>;
}

type Needed = Pick<Services, 'keystore' | 'enrolment' | 'ledger' | 'people' | 'config'>;

/**
 * A repeat with the same derivation registers the same person with the same keys.
 *
 * @param registrar whose act it is: an administrator, or the MSP administrator for the first one
 * @throws Refusal of the ledger, Problem
 */
export async function registerStaff(
  services: Needed,
  registrar: LedgerIdentity,
  staff: StaffToRegister,
  derivation: Derivation,
): Promise<RegisteredStaff> {
  const { subject, ...facts } = staff;
  const staffId = derivation.uuid('staff');
  const identity = await services.enrolment.enrol(`signing/${staffId}`);
  const sealingKeyName = `sealing/${staffId}`;
  const sealingKey = await publicSealingKey(services, sealingKeyName);
  const applied = await services.ledger.submit<{ staffId: string }>(registrar, {
    type: 'registry.registerStaff',
    body: { staffId, deviceKey: identity.deviceKey, sealingKey, ...facts },
    ...derivation.command('staff'),
    touches: { writes: [collectionOfRole(facts.role)], reads: [collectionName.registry] },
    head: `staff ${staffId}`,
  });
  const person: Person = {
    issuer: services.config.issuer,
    subject,
    kind: 'staff',
    id: staffId,
    role: facts.role,
    identity,
    sealingKeyName,
    ...(facts.department === undefined ? {} : { department: facts.department }),
    ...(facts.gln === undefined ? {} : { gln: facts.gln }),
  };
  await services.people.put(person);
  return { staffId, applied };
}

export function collectionOfRole(role: StaffRole): string {
  return clinicalRoles.includes(role) ? collectionName.clinical : collectionName.registry;
}

async function publicSealingKey({ keystore }: Needed, name: string): Promise<string> {
  const kept = await keystore.get(name);
  const pair = kept === undefined ? await generateSealingKeyPair() : await sealingKeyPairFromSeed(kept);
  if (kept === undefined) await keystore.put(name, pair.seed);
  return toBase64Url(pair.publicKey);
}
