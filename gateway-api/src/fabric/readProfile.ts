import { readFileSync } from 'node:fs';
import { memberRoles } from '@chain-of-care/chaincode/model';
import type { ConnectionProfile } from './profile.ts';

/**
 * Reads the connection profile that the network wrote.
 *
 * @param file path, JSON
 * @throws Error naming the first member that is missing or wrong
 */
export function readProfile(file: string): ConnectionProfile {
  const profile = JSON.parse(readFileSync(file, 'utf8')) as Partial<ConnectionProfile>;
  const wrong = (what: string): Error => new Error(`connection profile ${file}: ${what}`);
  if (profile.version !== 1) throw wrong('version is not 1');
  for (const member of ['mspId', 'role', 'channel', 'chaincode', 'ca', 'admin', 'service', 'tls'] as const)
    if (profile[member] === undefined) throw wrong(`${member} is missing`);
  const own = profile.peers?.filter((peer) => peer.mspId === profile.mspId);
  if (own === undefined || own.length === 0) throw wrong(`no peer of ${profile.mspId}`);
  for (const { mspId, role } of profile.members ?? [])
    if (!memberRoles.includes(role)) throw wrong(`${mspId} has the unknown role ${role}`);
  return profile as ConnectionProfile;
}
