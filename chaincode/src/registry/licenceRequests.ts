/** Requests for licences: asked by an organisation, decided by the regulator. */
import { command, type Transaction } from '../ledger/index.ts';
import {
  ApproveLicenceRequest,
  collectionName,
  DenyLicenceRequest,
  licenceListType,
  licenceRequestType,
  premisesType,
  Refusal,
  RequestLicence,
  WithdrawLicenceRequest,
  type LicenceRequest,
} from '../model/index.ts';
import { addLicence, requireAct } from '../rules/index.ts';
import { requireStaffActor } from './actor.ts';
import { licenceRequestAddress, licencesAddress, premisesAddress } from './addresses.ts';

const guards = (): string => collectionName.registry;

export const requestLicence = command<RequestLicence>({
  body: RequestLicence,
  guards,
  async decide(transaction, { body }) {
    const { ledger, time, timeMs } = transaction;
    const actor = await requireStaffActor(transaction, [collectionName.registry]);
    requireAct(actor, 'registry.requestLicence', timeMs);
    const { requestId, kind, gln, covers, documents = [] } = body;
    if (kind === 'professional') throw new Refusal('validation_failed', 'is not a licence of premises', '/kind');
    const premises = await ledger.get(premisesType, premisesAddress(gln));
    if (premises === undefined) throw new Refusal('premises_not_found', undefined, '/gln');
    if (premises.mspId !== actor.mspId) throw new Refusal('organization_not_allowed', undefined, '/gln');
    const at = licenceRequestAddress(requestId);
    if (await ledger.has(at)) throw new Refusal('already_exists', undefined, '/requestId');
    ledger.put(licenceRequestType, at, {
      requestId,
      kind,
      gln,
      documents,
      mspId: actor.mspId,
      status: 'requested',
      requestedAt: time,
      ...(covers === undefined ? {} : { covers }),
    });
    return { result: { requestId } };
  },
});

export const withdrawLicenceRequest = command<WithdrawLicenceRequest>({
  body: WithdrawLicenceRequest,
  guards,
  async decide(transaction, { body: { requestId } }) {
    const { ledger, time, timeMs } = transaction;
    const actor = await requireStaffActor(transaction, [collectionName.registry]);
    requireAct(actor, 'registry.requestLicence', timeMs);
    const request = await pendingRequest(transaction, requestId);
    if (request.mspId !== actor.mspId) throw new Refusal('organization_not_allowed');
    ledger.put(licenceRequestType, licenceRequestAddress(requestId), {
      ...request,
      status: 'withdrawn',
      decidedAt: time,
    });
    return { result: { requestId } };
  },
});

export const denyLicenceRequest = command<DenyLicenceRequest>({
  body: DenyLicenceRequest,
  guards,
  async decide(transaction, { body: { requestId, reason } }) {
    const { ledger, time } = transaction;
    await requireRegulator(transaction);
    const request = await pendingRequest(transaction, requestId);
    const at = licenceRequestAddress(requestId);
    ledger.put(licenceRequestType, at, { ...request, status: 'denied', decidedAt: time, reason });
    return { result: { requestId } };
  },
});

/** The request is decided and the licence granted in one transaction, or neither. */
export const approveLicenceRequest = command<ApproveLicenceRequest>({
  body: ApproveLicenceRequest,
  guards,
  async decide(transaction, { body }) {
    const { ledger, time } = transaction;
    await requireRegulator(transaction);
    const { requestId, reason, licenceId, validFrom, validUntil } = body;
    const request = await pendingRequest(transaction, requestId);
    const { kind, gln } = request;
    const covers = body.covers ?? request.covers;
    const at = licencesAddress(collectionName.registry, gln);
    const list = await ledger.get(licenceListType, at);
    const licence = {
      licenceId,
      kind,
      validFrom,
      validUntil,
      grantedAt: time,
      changedAt: time,
      status: 'active' as const,
    };
    ledger.put(licenceListType, at, {
      holder: gln,
      licences: addLicence(list?.licences ?? [], { ...licence, ...(covers === undefined ? {} : { covers }) }),
    });
    ledger.put(licenceRequestType, licenceRequestAddress(requestId), {
      ...request,
      status: 'approved',
      decidedAt: time,
      reason,
      licenceId,
    });
    return { result: { requestId, licenceId } };
  },
});

async function requireRegulator(transaction: Transaction): Promise<void> {
  const actor = await requireStaffActor(transaction, [collectionName.registry]);
  requireAct(actor, 'registry.decideLicenceRequest', transaction.timeMs);
}

/** @throws Refusal not_found; wrong_state once it is decided */
async function pendingRequest({ ledger }: Transaction, requestId: string): Promise<LicenceRequest> {
  const request = await ledger.get(licenceRequestType, licenceRequestAddress(requestId));
  if (request === undefined) throw new Refusal('not_found', undefined, '/requestId');
  if (request.status !== 'requested') throw new Refusal('wrong_state', `the request is ${request.status}`);
  return request;
}
