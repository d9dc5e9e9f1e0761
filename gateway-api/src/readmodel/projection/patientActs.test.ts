import { expect, test } from '@jest/globals';
import type { Change } from './change.ts';
import { patientActRows } from './patientActs.ts';

const written = {
  collection: 'care_HospitalMSP',
  isMirror: false,
  txId: 'tx',
  blockNumber: 7,
  txIndex: 0,
  time: '2026-03-01T00:00:00.000Z',
  mspId: 'HospitalMSP',
  deviceKey: 'd',
};
const changeOf = (type: string, value: object): Change =>
  ({ collection: written.collection, keyHash: 'k', key: 'k', stored: { type, value }, written }) as unknown as Change;

test.each([
  ['access-request', { requestId: 'q', status: 'requested' }, 'request', 'q'],
  ['access-request', { consentId: 'c', requestId: 'q', status: 'approved' }, 'approve-request', 'q'],
  ['access-request', { requestId: 'q', status: 'denied' }, 'deny-request', 'q'],
  ['access-request', { requestId: 'q', status: 'withdrawn' }, 'withdraw-request', 'q'],
  ['sharing-token', { tokenId: 't' }, 'share', 't'],
  ['sharing-token', { spentBy: 'a', tokenId: 't' }, 'redeem', 't'],
])('an audit names what became of a %s %j', (type, value, interaction, subject) => {
  const [row] = patientActRows([changeOf(type, { patientId: 'p', ...value })]);
  expect(row).toMatchObject({ type: 'consent', interaction, subject_id: subject, patient_id: 'p' });
});
