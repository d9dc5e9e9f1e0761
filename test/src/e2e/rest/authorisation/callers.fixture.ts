/** Somebody of every role, at the gateway where such people work, and those who are turned away whatever they ask for. */
import { randomUUID } from 'node:crypto';
import { staffRoles } from '@chain-of-care/chaincode/model';
import { home, type World } from '../world.fixture.ts';

export const callerRoles = ['patient', 'representative', ...staffRoles] as const;
export type CallerRole = (typeof callerRoles)[number];

/** Callers who have no role: nobody's token, another gateway's token, no token, a person whom the registry suspends. */
export const turnedAway = {
  anonymous: 'token_required',
  forger: 'invalid_token',
  stranger: 'invalid_token',
  suspended: 'staff_suspended',
} as const;

export interface Caller {
  /** Address of the gateway that is called. */
  readonly base: string;
  /** Absent: none is sent. */
  readonly token?: string;
}

interface Employment {
  readonly mspId: string;
  /** The seed's; absent: to be registered. */
  readonly subject?: string;
}

const pharma = 'PharmaMSP';
const regulator = 'RegulatorMSP';
const employed: Readonly<Record<Exclude<CallerRole, 'patient' | 'representative'>, Employment>> = {
  administrator: { mspId: home, subject: 'admin' },
  registrar: { mspId: home, subject: 'registrar' },
  clinician: { mspId: home, subject: 'dr-ada' },
  nurse: { mspId: home },
  pharmacist: { mspId: home, subject: 'pharmacist' },
  'privacy-officer': { mspId: home, subject: 'privacy-officer' },
  researcher: { mspId: home },
  'ethics-reviewer': { mspId: home },
  payer: { mspId: home },
  integration: { mspId: home, subject: 'integration' },
  manufacturer: { mspId: pharma, subject: 'maker' },
  cmo: { mspId: pharma },
  distributor: { mspId: pharma, subject: 'distributor' },
  '3pl': { mspId: pharma },
  carrier: { mspId: pharma },
  repackager: { mspId: pharma },
  destroyer: { mspId: pharma },
  inspector: { mspId: regulator, subject: 'inspector' },
};

/** @returns by role or by name of who is turned away */
export async function callersOf(world: World): Promise<ReadonlyMap<string, Caller>> {
  const { people } = world;
  const at = async (mspId: string, subject: string): Promise<Caller> => ({
    base: await people.gateway(mspId),
    token: await people.token(mspId, subject),
  });
  const register = async (mspId: string, role: CallerRole): Promise<{ subject: string; staffId: string }> => {
    const subject = `${role}-${randomUUID().slice(0, 8)}`;
    const admin = await people.as(mspId, 'admin');
    return { subject, ...(await admin.create<{ staffId: string }>('/v1/staff', { role, subject })) };
  };
  const callerOf = async (role: CallerRole): Promise<Caller> => {
    if (role === 'patient') return at(home, (await world.patient()).subject);
    if (role === 'representative') return at(home, (await world.represented()).subject);
    const { mspId, subject } = employed[role];
    return at(mspId, subject ?? (await register(mspId, role)).subject);
  };
  const suspended = await register(home, 'pharmacist');
  await (await people.as(home, 'admin')).create(`/v1/staff/${suspended.staffId}/suspension`);
  const base = await people.gateway(home);
  const roles = await Promise.all(callerRoles.map(async (role) => [role, await callerOf(role)] as const));
  return new Map<string, Caller>([
    ...roles,
    ['anonymous', { base }],
    ['forger', { base, token: 'not.a.token' }],
    ['stranger', { base, token: await people.token(regulator, 'inspector') }],
    ['suspended', await at(home, suspended.subject)],
  ]);
}
