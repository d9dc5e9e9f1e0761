/** Who a patient is: a bundle of somebody else stays out of the chart, and whoever looked is seen by the patient. */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { all } from '../../demo/careStory.ts';
import { network } from '../../system/networks.ts';
import { home, World, type RegisteredPatient } from './world.fixture.ts';

const world = new World(network);
const system = 'urn:chain-of-care:test';

beforeAll(() => network.start(), 300_000);

const bundleOf = (patient: object): string =>
  JSON.stringify({
    resourceType: 'Bundle',
    type: 'collection',
    entry: [{ resource: { resourceType: 'Patient', ...patient } }],
  });

const importInto = async ({ chart }: RegisteredPatient, text: string, query = '') =>
  (await world.people.as(home, 'dr-ada')).send('POST', `${chart}/imports${query}`, text, {
    headers: { 'content-type': 'application/fhir+json' },
  });

const demographicEvents = ({ session, chart }: RegisteredPatient) =>
  all(session, `${chart}/audit-events?type=demographics`);

describe('an import', () => {
  test('of another person is refused, and taken when the author confirms it; the patient sees who did', async () => {
    const patient = await world.patient();
    const stranger = bundleOf({ identifier: [{ system, value: randomUUID() }], birthDate: '1901-01-01' });
    const refused = await importInto(patient, stranger);
    expect([refused.status, refused.body['code']]).toEqual([409, 'subject_not_matched']);
    expect(refused.body['errors']).toMatchObject([
      { pointer: '/entry/0/resource/identifier' },
      { pointer: '/entry/0/resource/birthDate' },
    ]);
    expect(await demographicEvents(patient)).toEqual([]);
    expect((await importInto(patient, stranger, '?subject=confirmed')).status).toBe(202);
    expect(await demographicEvents(patient)).toMatchObject([
      { type: 'demographics', interaction: 'import-confirmed', accessorOrg: home, accessorRole: 'clinician' },
    ]);
  });

  test('of the patient needs no confirmation', async () => {
    const registrar = await world.people.as(home, 'registrar');
    const identifiers = [{ system, value: randomUUID() }];
    const subject = `patient-${randomUUID().slice(0, 13)}`;
    const account = { subject };
    const body = { name: { family: 'Nord', given: ['Ida'] }, birthDate: '1990-05-01', identifiers, account };
    const { id } = await registrar.create<{ id: string }>('/v1/patients', body);
    const session = await world.people.as(home, subject);
    const patient = { id, subject, chart: `/v1/patients/${id}`, session };
    expect((await importInto(patient, bundleOf({ identifier: identifiers }))).status).toBe(202);
    expect(await demographicEvents(patient)).toEqual([]);
  });
});

describe('demographics', () => {
  test('seen by staff, or found by identifier, are in the patient’s audit; seen by the patient they are not', async () => {
    const patient = await world.patient();
    const { identifiers } = await patient.session.read<{ identifiers: { system: string; value: string }[] }>(
      patient.chart,
    );
    const registrar = await world.people.as(home, 'registrar');
    await registrar.read(patient.chart);
    const ada = await world.people.as(home, 'dr-ada');
    const [{ system: of, value }] = identifiers as [{ system: string; value: string }];
    await ada.read(`/v1/patients?identifier=${encodeURIComponent(`${of}|${value}`)}`);
    const events = await demographicEvents(patient);
    expect(events).toMatchObject([
      { interaction: 'search', accessorRole: 'clinician', accessorGroup: 'cardiology' },
      { interaction: 'read', accessorRole: 'registrar' },
    ]);
    expect(JSON.stringify(events)).not.toContain(value);
    expect(await all(patient.session, `${patient.chart}/audit-events?type=access`)).toEqual([]);
    const every = await all(patient.session, `${patient.chart}/audit-events`);
    expect(every.filter(({ type }) => type === 'demographics')).toEqual(events);
  });
});
