import { command, type Address, type Transaction } from '../ledger/index.ts';
import {
  ChangeLicence,
  collectionName,
  GrantLicence,
  licenceListType,
  premisesType,
  Refusal,
  staffType,
  type Licence,
} from '../model/index.ts';
import { addLicence, changeLicence, requireAct } from '../rules/index.ts';
import { requireStaffActor } from './actor.ts';
import { licencesAddress, premisesAddress, staffAddress, type StaffCollection } from './addresses.ts';

/** Whose licence: premises (`gln`, in `registry`) or a professional (`staffId`, in `clinical`). */
type Holder = Pick<GrantLicence, 'gln' | 'staffId'>;

export const grantLicence = command<GrantLicence>({
  body: GrantLicence,
  guards: collectionOf,
  async decide(transaction, { body }) {
    const { ledger, time, timeMs } = transaction;
    requireAct(await requireStaffActor(transaction, [collectionName.registry]), 'registry.grantLicence', timeMs);
    await requireHolder(transaction, body);
    if ((body.kind === 'professional') !== (body.staffId !== undefined))
      throw new Refusal('validation_failed', 'a professional licence names staffId, any other gln', '/kind');
    const { licenceId, kind, validFrom, validUntil } = body;
    const licence: Licence = {
      licenceId,
      kind,
      validFrom,
      validUntil,
      status: 'active',
      grantedAt: time,
      changedAt: time,
    };
    const holder = holderOf(body);
    const at = addressOf(body);
    const list = await ledger.get(licenceListType, at);
    ledger.put(licenceListType, at, { holder, licences: addLicence(list?.licences ?? [], licence) });
    return { result: { licenceId } };
  },
});

export const changeLicenceCommand = command<ChangeLicence>({
  body: ChangeLicence,
  guards: collectionOf,
  async decide(transaction, { body }) {
    const { ledger, time, timeMs } = transaction;
    requireAct(await requireStaffActor(transaction, [collectionName.registry]), 'registry.changeLicence', timeMs);
    const at = addressOf(body);
    const list = await ledger.get(licenceListType, at);
    const licences = changeLicence(list?.licences ?? [], body.licenceId, body.change, time);
    ledger.put(licenceListType, at, { holder: holderOf(body), licences });
    return { result: { licenceId: body.licenceId } };
  },
});

function collectionOf({ staffId }: Holder): StaffCollection {
  return staffId === undefined ? collectionName.registry : collectionName.clinical;
}

/** @throws Refusal validation_failed unless exactly one of gln and staffId is named */
function holderOf({ gln, staffId }: Holder): string {
  const holder = gln ?? staffId;
  if (holder === undefined || (gln !== undefined && staffId !== undefined))
    throw new Refusal('validation_failed', 'exactly one of gln and staffId is needed', '/gln');
  return holder;
}

function addressOf(body: Holder): Address {
  return licencesAddress(collectionOf(body), holderOf(body));
}

async function requireHolder({ ledger }: Transaction, { gln, staffId }: Holder): Promise<void> {
  if (gln !== undefined && !(await ledger.get(premisesType, premisesAddress(gln))))
    throw new Refusal('premises_not_found', undefined, '/gln');
  if (staffId !== undefined && !(await ledger.get(staffType, staffAddress(collectionName.clinical, staffId))))
    throw new Refusal('staff_not_found', undefined, '/staffId');
}
