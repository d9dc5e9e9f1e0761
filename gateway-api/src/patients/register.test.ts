import { expect, test } from '@jest/globals';
import type { Person } from '../people/people.ts';
import { requireFreeLogin } from './register.ts';

const issuer = 'https://issuer.example';
const patientId = '00000000-0000-4000-8000-000000000001';
const identity = { mspId: 'HospitalMSP', certificate: '', deviceKey: 'a'.repeat(64), keyName: 'k' };
const administrator: Person = { issuer, subject: 'admin', kind: 'staff', id: 's', role: 'administrator', identity };
const zoe: Person = { issuer, subject: 'zoe', kind: 'patient', id: patientId, role: 'patient', identity };
const services = {
  config: { issuer },
  people: {
    put: async () => undefined,
    find: async (_: string, subject: string) => [administrator, zoe].find((person) => person.subject === subject),
  },
};
const asked = (subject: string, id: string) => requireFreeLogin(services, { account: { subject } }, id);

test.each([
  ['of staff', 'admin'],
  ['of another patient', 'zoe'],
])('a new patient cannot take the login %s', async (_, subject) => {
  const another = '00000000-0000-4000-8000-000000000002';
  await expect(asked(subject, another)).rejects.toMatchObject({ code: 'already_exists' });
});

test('a login is free, or already of the patient whose registration is repeated', async () => {
  await expect(asked('nobody', patientId)).resolves.toBeUndefined();
  await expect(asked('zoe', patientId)).resolves.toBeUndefined();
  await expect(requireFreeLogin(services, {}, patientId)).resolves.toBeUndefined();
});
