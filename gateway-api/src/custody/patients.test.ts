import { beforeEach, expect, test } from '@jest/globals';
import { rememberReferral } from './patients.ts';

const kept = new Map<string, Uint8Array>();
const keystore = {
  get: async (name: string) => kept.get(name),
  put: async (name: string, secret: Uint8Array) => void kept.set(name, secret),
};
const services = { keystore } as unknown as Parameters<typeof rememberReferral>[0];
const patientId = '00000000-0000-4000-8000-000000000001';
const referral = (handle: string) => ({ patientId, home: 'HospitalMSP', handle, noteKey: 'AA' });
const handleKept = (): unknown =>
  (JSON.parse(Buffer.from([...kept.values()][0]!).toString('utf8')) as { handle: string }).handle;

beforeEach(() => kept.clear());

test('the first referral is kept, also when the access that came with it was denied', async () => {
  await rememberReferral(services, referral('a'), false);
  expect(handleKept()).toBe('a');
});

test('a referral that no access has proven replaces none, a proven one does', async () => {
  await rememberReferral(services, referral('a'), true);
  await rememberReferral(services, referral('b'), false);
  expect(handleKept()).toBe('a');
  await rememberReferral(services, referral('c'), true);
  expect(handleKept()).toBe('c');
});
