/** How licences come and change. Pure. */
import { Refusal, type Licence, type LicenceChange, type LicenceStatus } from '../model/index.ts';

const transitions: Readonly<Record<LicenceChange, { from: readonly LicenceStatus[]; to: LicenceStatus }>> = {
  suspend: { from: ['active'], to: 'suspended' },
  reinstate: { from: ['suspended'], to: 'active' },
  revoke: { from: ['active', 'suspended'], to: 'revoked' },
};

/** @throws Refusal already_exists, validation_failed (an interval that is empty) */
export function addLicence(licences: readonly Licence[], licence: Licence): Licence[] {
  if (licences.some((other) => other.licenceId === licence.licenceId)) throw new Refusal('already_exists');
  if (Date.parse(licence.validFrom) >= Date.parse(licence.validUntil))
    throw new Refusal('validation_failed', 'must be later than validFrom', '/validUntil');
  return [...licences, licence];
}

/** @throws Refusal licence_not_found, wrong_state */
export function changeLicence(
  licences: readonly Licence[],
  licenceId: string,
  change: LicenceChange,
  time: string,
): Licence[] {
  const { from, to } = transitions[change];
  const licence = licences.find((candidate) => candidate.licenceId === licenceId);
  if (licence === undefined) throw new Refusal('licence_not_found');
  if (!from.includes(licence.status)) throw new Refusal('wrong_state', `the licence is ${licence.status}`);
  return licences.map((other) => (other === licence ? { ...licence, status: to, changedAt: time } : other));
}
