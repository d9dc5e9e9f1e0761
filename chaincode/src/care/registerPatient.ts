import { command } from '../ledger/index.ts';
import {
  categoryKeyType,
  chainHeadType,
  collectionName,
  keyPairsAtRegistration,
  patientType,
  Refusal,
  RegisterPatient,
  type OfferedCategoryKey,
} from '../model/index.ts';
import { chainStart, requireAct } from '../rules/index.ts';
import { requireStaffActor } from '../registry/actor.ts';
import { categoryKeyAddress, headAddress, patientAddress } from './addresses.ts';
import { patientRefOf } from './patientRef.ts';

/** Registers a patient at the registrar's hospital: handle, DID document, device keys, public keys of every category. */
export const registerPatient = command<RegisterPatient>({
  body: RegisterPatient,
  guards: (_, { submitter, consortium }) => {
    if (consortium.roleOf(submitter.mspId) !== 'hospital') throw new Refusal('organization_not_allowed');
    return collectionName.care(submitter.mspId);
  },
  async decide(transaction, { handle, body }) {
    const { ledger, submitter, time, timeMs } = transaction;
    requireAct(await requireStaffActor(transaction, ['clinical']), 'care.registerPatient', timeMs);
    const { patientId, didDocument, deviceKeys, categoryKeys } = body;
    const patient = patientRefOf(transaction, {
      ...(handle === undefined ? {} : { handle }),
      body: { patientId, home: submitter.mspId },
    });
    requireEveryKeyPair(categoryKeys);
    if (await ledger.has(patientAddress(patient))) throw new Refusal('already_exists', undefined, '/patientId');
    ledger.put(patientType, patientAddress(patient), {
      patientId,
      home: patient.home,
      handle: patient.handle,
      status: 'active',
      didDocument,
      devices: deviceKeys.map((deviceKey) => ({ deviceKey, status: 'active' as const, addedAt: time })),
      registeredAt: time,
    });
    ledger.put(chainHeadType, headAddress(patient), { patientId, length: 0, hash: chainStart });
    for (const { category, confidentiality, publicKey } of categoryKeys) {
      const key = { patientId, category, confidentiality, epoch: 0, publicKey };
      ledger.put(categoryKeyType, categoryKeyAddress(patient, category, confidentiality), key);
    }
    return { result: { patientId } };
  },
});

function requireEveryKeyPair(offered: readonly OfferedCategoryKey[]): void {
  const wanted = keyPairsAtRegistration.map(({ category, confidentiality }) => `${category}|${confidentiality}`);
  const given = offered.map(({ category, confidentiality }) => `${category}|${confidentiality}`);
  const missing = wanted.find((pair) => !given.includes(pair));
  if (missing !== undefined) throw new Refusal('validation_failed', `no key for ${missing}`, '/categoryKeys');
  const extra = given.findIndex((pair, index) => !wanted.includes(pair) || given.indexOf(pair) !== index);
  if (extra >= 0)
    throw new Refusal('validation_failed', 'is not one of the pairs made at registration', `/categoryKeys/${extra}`);
}
