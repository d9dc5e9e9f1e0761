import { command, type Decision, type Transaction } from '../ledger/index.ts';
import {
  collectionName,
  deviceKeyType,
  premisesType,
  Refusal,
  RegisterStaff,
  ReinstateStaff,
  staffType,
  SuspendStaff,
  type MemberRole,
  type Staff,
  type StaffRole,
} from '../model/index.ts';
import { requireAct } from '../rules/index.ts';
import { requireStaffActor } from './actor.ts';
import { collectionOfRole, deviceAddress, premisesAddress, staffAddress, type StaffCollection } from './addresses.ts';

/** Under an MSP of which kind a role counts. */
const homeOfRole: Readonly<Record<StaffRole, readonly MemberRole[]>> = {
  administrator: ['hospital', 'pharma', 'regulator'],
  registrar: ['hospital'],
  clinician: ['hospital'],
  nurse: ['hospital'],
  pharmacist: ['hospital'],
  'privacy-officer': ['hospital', 'regulator'],
  researcher: ['hospital', 'pharma'],
  'ethics-reviewer': ['hospital', 'regulator'],
  payer: ['hospital'],
  integration: ['hospital'],
  manufacturer: ['pharma'],
  cmo: ['pharma'],
  distributor: ['pharma'],
  '3pl': ['pharma'],
  carrier: ['pharma'],
  repackager: ['pharma'],
  destroyer: ['pharma'],
  inspector: ['regulator'],
};

/** Registers a person with a first device key, under the submitter's own organisation. */
export const registerStaff = command<RegisterStaff>({
  body: RegisterStaff,
  guards(body, transaction) {
    requireRoleExists(transaction, body.role);
    return collectionOfRole(body.role);
  },
  async decide(transaction, { body }): Promise<Decision> {
    const { ledger, submitter, time } = transaction;
    await requireRegistrarOfStaff(transaction, body.role);
    if (body.gln !== undefined) await requireOwnPremises(transaction, body.gln);
    const collection = collectionOfRole(body.role);
    if (await ledger.has(staffAddress(collection, body.staffId)))
      throw new Refusal('already_exists', undefined, '/staffId');
    await requireNewIn(transaction, otherCollection[collection], body.staffId);
    if (await ledger.has(deviceAddress(collection, body.deviceKey)))
      throw new Refusal('already_exists', undefined, '/deviceKey');
    const { deviceKey, ...facts } = body;
    const staff: Staff = { ...facts, mspId: submitter.mspId, status: 'active', registeredAt: time };
    ledger.put(staffType, staffAddress(collection, body.staffId), staff);
    ledger.put(deviceKeyType, deviceAddress(collection, deviceKey), {
      deviceKey,
      staffId: body.staffId,
      status: 'active',
      addedAt: time,
    });
    return { result: { staffId: body.staffId } };
  },
});

export const suspendStaff = statusChange(SuspendStaff, 'suspended');
/** What the regulator suspended, only the regulator reinstates. */
export const reinstateStaff = statusChange(ReinstateStaff, 'active');

function statusChange(body: typeof SuspendStaff, to: Staff['status']) {
  return command<SuspendStaff>({
    body,
    guards: ({ role }) => collectionOfRole(role),
    async decide(transaction, { body: { staffId, role } }): Promise<Decision> {
      const { ledger, timeMs } = transaction;
      const actor = await requireStaffActor(transaction, [collectionName.registry]);
      requireAct(actor, 'registry.suspendStaff', timeMs);
      const at = staffAddress(collectionOfRole(role), staffId);
      const staff = await ledger.get(staffType, at);
      if (staff === undefined) throw new Refusal('staff_not_found');
      const isRegulator = actor.memberRole === 'regulator';
      const { suspendedBy, ...facts } = staff;
      const isTheRegulators = suspendedBy === transaction.consortium.regulator;
      if (!isRegulator && (staff.mspId !== actor.mspId || (to === 'active' && isTheRegulators)))
        throw new Refusal('organization_not_allowed');
      const takesOver = to === 'suspended' && isRegulator && !isTheRegulators;
      if (staff.status === to && !takesOver) throw new Refusal('wrong_state', `the member of staff is ${staff.status}`);
      const by = to === 'suspended' ? { suspendedBy: actor.mspId } : {};
      ledger.put(staffType, at, { ...facts, status: to, ...by });
      return { result: { staffId, status: to } };
    },
  });
}

const otherCollection: Readonly<Record<StaffCollection, StaffCollection>> = {
  [collectionName.registry]: collectionName.clinical,
  [collectionName.clinical]: collectionName.registry,
};

/** Consents and keys name a person by staff id alone, wherever the facts lie. */
async function requireNewIn({ ledger }: Transaction, collection: StaffCollection, staffId: string): Promise<void> {
  const { key } = staffAddress(collection, staffId);
  if (await ledger.isTaken({ collection, key })) throw new Refusal('already_exists', undefined, '/staffId');
}

function requireRoleExists({ consortium, submitter }: Transaction, role: StaffRole): void {
  const memberRole = consortium.roleOf(submitter.mspId);
  if (memberRole === undefined || !homeOfRole[role].includes(memberRole))
    throw new Refusal('organization_not_allowed', 'the role does not exist at an organisation of this kind', '/role');
}

/** An MSP administrator's certificate registers administrators of its own organisation, and nobody else. */
async function requireRegistrarOfStaff(transaction: Transaction, role: StaffRole): Promise<void> {
  if (transaction.submitter.isMspAdministrator) {
    if (role !== 'administrator') throw new Refusal('role_not_allowed');
    return;
  }
  requireAct(
    await requireStaffActor(transaction, [collectionName.registry]),
    'registry.registerStaff',
    transaction.timeMs,
  );
}

async function requireOwnPremises({ ledger, submitter }: Transaction, gln: string): Promise<void> {
  const premises = await ledger.get(premisesType, premisesAddress(gln));
  if (premises === undefined) throw new Refusal('premises_not_found', undefined, '/gln');
  if (premises.mspId !== submitter.mspId) throw new Refusal('organization_not_allowed', undefined, '/gln');
}
