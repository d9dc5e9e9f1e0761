import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SealedPeople, type Person } from './people.ts';

const master = new Uint8Array(32).fill(3);
const person: Person = {
  issuer: 'https://issuer.example',
  subject: 'patient-zoe',
  kind: 'patient',
  id: '00000000-0000-4000-8000-000000000009',
  role: 'patient',
  identity: { mspId: 'HospitalMSP', certificate: 'PEM', deviceKey: 'a'.repeat(64), keyName: 'k' },
};
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'people-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('the directory of people', () => {
  it('finds a person by issuer and subject, never by one of them', async () => {
    const people = new SealedPeople(directory, master);
    await people.put(person);
    expect(await people.find(person.issuer, person.subject)).toEqual(person);
    expect(await people.find('https://other.example', person.subject)).toBeUndefined();
    expect(await people.find(person.issuer, 'patient')).toBeUndefined();
  });

  it('finds who was added by another process meanwhile', async () => {
    const running = new SealedPeople(directory, master);
    expect(await running.find(person.issuer, person.subject)).toBeUndefined();
    await new SealedPeople(directory, master).put(person);
    expect(await running.find(person.issuer, person.subject)).toEqual(person);
  });

  it('keeps neither names nor ids readable on disk', async () => {
    await new SealedPeople(directory, master).put(person);
    const files = (await readdir(directory, { recursive: true })).filter((file) => file.endsWith('.sealed'));
    expect(files).toHaveLength(1);
    const content = await readFile(join(directory, files[0]!), 'latin1');
    for (const hidden of ['zoe', person.id, 'HospitalMSP']) expect(`${files[0]!}${content}`).not.toContain(hidden);
  });
});
