import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ReadModel } from '../readmodel/index.ts';
import { consortium, readModelInMemory } from '../readmodel/readModel.fixture.ts';
import type { Services } from '../services.ts';
import { newReferralCode, redeemReferralCode } from './referralCodes.ts';

const patientId = '00000000-0000-4000-8000-000000000001';
const lifetimeMs = 15 * 60_000;

let readModel: ReadModel;
let now = 0;
let services: Services;
beforeAll(async () => {
  readModel = await readModelInMemory();
  services = {
    readModel,
    consortium,
    profile: { mspId: 'HospitalMSP' },
    clock: () => now,
    facts: {
      patient: async () => ({ patientId, home: 'HospitalMSP', handle: 'h' }),
      categoryKeys: async () => [{ category: 'other', confidentiality: 'N', epoch: 0, publicKey: 'AA' }],
    },
  } as unknown as Services;
}, 120_000);
afterAll(() => readModel.close());

test('a short code is good for a quarter of an hour, once; only its hash is kept', async () => {
  const { code, expiresAt } = await newReferralCode(services, patientId);
  expect(expiresAt).toBe(new Date(lifetimeMs).toISOString());
  const rows = await readModel.db.selectFrom('referral_codes').selectAll().execute();
  expect(JSON.stringify(rows)).not.toContain(code.slice('HospitalMSP-'.length));
  now = lifetimeMs - 1;
  expect(await redeemReferralCode(services, code)).toEqual({ patientId, home: 'HospitalMSP' });
  await expect(redeemReferralCode(services, code)).rejects.toMatchObject({ code: 'not_found' });
  const { code: late } = await newReferralCode(services, patientId);
  now += lifetimeMs;
  await expect(redeemReferralCode(services, late)).rejects.toMatchObject({ code: 'not_found' });
});
