/** Seeds a running development consortium through its gateways, step by step; every step may be repeated. */
import { setTimeout as pause } from 'node:timers/promises';
import type { UsersFile } from '../auth/development/usersFile.ts';
import { RestProblem, RestSession, tokenOf } from './restSession.ts';
import { firstAdministrator, type Seed, type SeedMember, type SeedPremises, type SeedStaff } from './seedFile.ts';

const administratorWaitMs = 120_000;
const licenceWaitMs = 60_000;

interface Member extends SeedMember {
  readonly mspId: string;
  login(name: string): Promise<RestSession>;
}

interface Licence {
  readonly kind: string;
  readonly gln?: string;
  readonly staffId?: string;
}

/**
 * @param say told what is there, one line a thing
 * @throws RestProblem when a gateway refuses, Error when the first administrator does not come
 */
export async function seedConsortium(seed: Seed, users: UsersFile, say: (line: string) => void): Promise<void> {
  const members = Object.entries(seed.members)
    .filter(([mspId]) => users.gateways[mspId] !== undefined)
    .map(([mspId, member]) => memberOf(mspId, member, users));
  const wanted = (await Promise.all(members.map((member) => seedMember(member, say)))).flat();
  await grantLicences(members, wanted, seed.licences, say);
  await Promise.all(members.map((member) => seedDependent(member, wanted, say)));
}

function memberOf(mspId: string, member: SeedMember, users: UsersFile): Member {
  const gateway = users.gateways[mspId]!;
  const sessions = new Map<string, Promise<RestSession>>();
  return {
    ...member,
    mspId,
    login(name) {
      let session = sessions.get(name);
      if (session === undefined) {
        session = tokenOf(gateway, name, users.users[mspId]?.[name] ?? '').then(
          (token) => new RestSession(gateway, token),
        );
        sessions.set(name, session);
      }
      return session;
    },
  };
}

/** Premises, staff and group keys of one member. @returns the licences that these need */
async function seedMember(member: Member, say: (line: string) => void): Promise<Licence[]> {
  const admin = await administratorOf(member);
  say(`${member.mspId}: administrator`);
  const { premises = [], groups = [], staff = [] } = member;
  const [ofPremises] = await Promise.all([
    Promise.all(premises.map((each) => seedPremises(admin, each))),
    ...groups.map((group) => unlessThere(admin.post('/v1/group-keys', { group, epoch: 0 }))),
  ]);
  const ofStaff = await Promise.all(staff.map((each) => seedStaff(admin, each)));
  say(`${member.mspId}: ${premises.length} premises, ${staff.length} staff`);
  return [...ofPremises, ...ofStaff].flat();
}

/** The gateway registers its first administrator when it starts; that takes a moment. */
async function administratorOf(member: Member): Promise<RestSession> {
  const deadline = Date.now() + administratorWaitMs;
  for (;;) {
    const admin = await member.login(firstAdministrator);
    try {
      await admin.get('/v1/staff?limit=1');
      return admin;
    } catch (error) {
      if (!(error instanceof RestProblem) || Date.now() > deadline) throw error;
      await pause(300);
    }
  }
}

async function seedPremises(admin: RestSession, { licences = [], ...premises }: SeedPremises): Promise<Licence[]> {
  await unlessThere(admin.post('/v1/premises', premises));
  return licences.map((kind) => ({ kind, gln: premises.gln }));
}

async function seedStaff(admin: RestSession, { name, licensed, ...facts }: SeedStaff): Promise<Licence[]> {
  const registered = await unlessThere(admin.post('/v1/staff', { ...facts, subject: name }));
  const staffId = registered?.['staffId'];
  return licensed === true && typeof staffId === 'string' ? [{ kind: 'professional', staffId }] : [];
}

async function grantLicences(
  members: readonly Member[],
  licences: readonly Licence[],
  validity: Seed['licences'],
  say: (line: string) => void,
): Promise<void> {
  const regulator = members.find(({ staff }) => staff?.some(({ role }) => role === 'inspector'));
  const inspector = regulator?.staff?.find(({ role }) => role === 'inspector');
  if (regulator === undefined || inspector === undefined || licences.length === 0) return;
  const session = await regulator.login(inspector.name);
  await Promise.all(licences.map((licence) => unlessThere(session.post('/v1/licences', { ...licence, ...validity }))));
  say(`${regulator.mspId}: ${licences.length} licences`);
}

/** What needs licences: patients of a licensed hospital, products of a licensed manufacturer. */
async function seedDependent(member: Member, licences: readonly Licence[], say: (line: string) => void): Promise<void> {
  const { mspId, patients = [], posts = [], staff = [] } = member;
  const registrar = staff.find(({ role }) => role === 'registrar');
  if (registrar !== undefined && patients.length > 0) {
    const session = await member.login(registrar.name);
    await Promise.all(patients.map((patient) => unlessThere(session.post('/v1/patients', patient))));
    say(`${mspId}: ${patients.length} patient(s)`);
  }
  for (const { user, path, body } of posts) {
    const session = await member.login(user);
    await licensesProjected(session, licences);
    await unlessThere(session.post(path, body));
    say(`${mspId}: POST ${path}`);
  }
}

async function licensesProjected(session: RestSession, licences: readonly Licence[]): Promise<void> {
  const deadline = Date.now() + licenceWaitMs;
  for (const { gln } of licences) {
    if (gln === undefined) continue;
    while (Date.now() < deadline) {
      const { items } = await session.get(`/v1/licences?holder=${gln}`);
      if (Array.isArray(items) && items.length > 0) break;
      await pause(200);
    }
  }
}

/** Refusals of what an earlier seeding has done already. */
const saysThere: ReadonlySet<string> = new Set(['already_exists', 'epoch_not_current', 'serial_duplicate']);

async function unlessThere(posting: Promise<Record<string, unknown>>): Promise<Record<string, unknown> | undefined> {
  try {
    return await posting;
  } catch (error) {
    if (error instanceof RestProblem && saysThere.has(error.code)) return undefined;
    throw error;
  }
}
