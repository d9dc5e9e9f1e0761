/** The contract `registry`: licences, premises, staff, device keys, institution keys. */
import { query, type ContractDefinition } from '../ledger/index.ts';
import {
  collectionName,
  FindPremises,
  FindStaff,
  licenceListType,
  premisesType,
  Refusal,
  staffType,
} from '../model/index.ts';
import { requireStaffActor } from './actor.ts';
import { licencesAddress, premisesAddress, staffAddress } from './addresses.ts';
import { publishGroupKey } from './groupKeys.ts';
import { changeLicenceCommand, grantLicence } from './licences.ts';
import {
  approveLicenceRequest,
  denyLicenceRequest,
  requestLicence,
  withdrawLicenceRequest,
} from './licenceRequests.ts';
import { registerPremises } from './premises.ts';
import { registerStaff, reinstateStaff, suspendStaff } from './staff.ts';

const findPremises = query<FindPremises>({
  body: FindPremises,
  async answer({ ledger }, { body: { gln } }) {
    const premises = await ledger.get(premisesType, premisesAddress(gln));
    if (premises === undefined) throw new Refusal('premises_not_found');
    const list = await ledger.get(licenceListType, licencesAddress(collectionName.registry, gln));
    return { premises, licences: list?.licences ?? [] };
  },
});

const findStaff = query<FindStaff>({
  body: FindStaff,
  async answer(transaction, { body: { staffId } }) {
    await requireStaffActor(transaction, [collectionName.registry]);
    const staff = await transaction.ledger.get(staffType, staffAddress(collectionName.registry, staffId));
    if (staff === undefined) throw new Refusal('staff_not_found');
    return staff;
  },
});

export const registryDefinition: ContractDefinition = {
  commands: {
    'registry.registerStaff': registerStaff,
    'registry.suspendStaff': suspendStaff,
    'registry.reinstateStaff': reinstateStaff,
    'registry.registerPremises': registerPremises,
    'registry.grantLicence': grantLicence,
    'registry.changeLicence': changeLicenceCommand,
    'registry.requestLicence': requestLicence,
    'registry.withdrawLicenceRequest': withdrawLicenceRequest,
    'registry.approveLicenceRequest': approveLicenceRequest,
    'registry.denyLicenceRequest': denyLicenceRequest,
    'registry.publishGroupKey': publishGroupKey,
  },
  queries: { 'registry.findPremises': findPremises, 'registry.findStaff': findStaff },
};
