/** Markers in every free-text field of the care chain, and what an import brings: nobody finds them where they must not be. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { healthTexts } from '../../fixtures/smallBundle.ts';
import { network } from '../../system/networks.ts';
import { scanChannel, scanFiles, type Markers } from './markerScan.fixture.ts';
import { visibleTo, type Visible } from './visibleTo.fixture.ts';
import { bundle, home, World } from './world.fixture.ts';

const world = new World(network);
const mark = (): string => `mark${randomUUID().replaceAll('-', '')}`;
const fields = {
  'patient family': mark(),
  'patient given': mark(),
  'identifier system': mark(),
  'identifier value': mark(),
  'record title': mark(),
  'record content': mark(),
  'record facility': mark(),
  'coding display': mark(),
  'upload content': mark(),
  'access reason': mark(),
  'refused reason': mark(),
  'consent note': mark(),
  'investigation reason': mark(),
} satisfies Markers;
const [name] = bundle.patient['name'] as readonly { family: string }[];
const imported: Markers = Object.fromEntries(
  [name!.family, ...healthTexts]
    .map((text) => [`imported ${text}`, text] as const)
    .filter(([, text]) => text.length > 8),
);
/** Written in the open on purpose, as the name of a product: what the scan must find. */
const planted = { planted: mark() };
let visible: Visible;

beforeAll(async () => {
  await network.start();
  const registrar = await world.people.as(home, 'registrar');
  const ada = await world.people.as(home, 'dr-ada');
  const ben = await world.people.as(home, 'dr-ben');
  const subject = `patient-${randomUUID().slice(0, 13)}`;
  const { id } = await registrar.create<{ id: string }>('/v1/patients', {
    name: { family: fields['patient family'], given: [fields['patient given']] },
    birthDate: '1990-02-03',
    identifiers: [{ system: `urn:${fields['identifier system']}`, value: fields['identifier value'] }],
    account: { subject },
  });
  const chart = `/v1/patients/${id}`;
  const patient = await world.people.as(home, subject);
  await ada.create(`${chart}/records`, {
    category: 'diagnosis',
    clinicalDate: '2025-06-15',
    mediaType: 'text/plain',
    title: fields['record title'],
    facility: fields['record facility'],
    coding: [{ system: 'http://hl7.org/fhir/sid/icd-10-cm', code: 'I48.0', display: fields['coding display'] }],
    content: Buffer.from(fields['record content']).toString('base64url'),
  });
  await ada.send('POST', `${chart}/uploads?category=document&clinicalDate=2025`, fields['upload content'], {
    headers: { 'content-type': 'text/plain' },
  });
  await ada.send('POST', `${chart}/imports?subject=confirmed`, bundle.text, {
    headers: { 'content-type': 'application/fhir+json' },
  });
  const asked = (reason: string) => ({ purposeOfUse: 'TREAT', reason, categories: ['diagnosis'] });
  await ben.post(`${chart}/accesses`, asked(fields['refused reason']));
  const grantee = { kind: 'person', mspId: home, id: await world.clinician(home, 'emergency') };
  await patient.create(`${chart}/consents`, { grantee, note: fields['consent note'] });
  const access = await ben.create<{ id: string }>(`${chart}/accesses`, asked(fields['access reason']));
  await ben.read(`/v1/accesses/${access.id}/records`);
  const inspector = await world.people.as('RegulatorMSP', 'inspector');
  const reason = fields['investigation reason'];
  await inspector.create('/v1/audit-investigations', { eventId: access.id, reason });
  const maker = await world.people.as('PharmaMSP', 'maker');
  const run = Date.now().toString().slice(-8);
  const ndc = `${run.slice(0, 4)}-${run.slice(4)}-41`;
  const product = {
    ndc,
    name: planted.planted,
    dosageForm: 'tablet',
    strength: '20 mg',
    packContent: 30,
    markets: ['DE'],
  };
  await maker.create('/v1/products', product);
  visible = await visibleTo(network, 'PharmaMSP');
}, 300_000);

describe('no marker and nothing imported', () => {
  test('is in a block, certificate, event or private value that a member outside the care chain sees', () => {
    expect(scanChannel(visible, { ...fields, ...imported })).toEqual([]);
  });

  test.each(['pharma', 'regulator', 'hospital', 'consortium'])(
    'is in any file of %s: ledgers, databases, stores, vaults',
    async (organisation) => {
      expect(await scanFiles(join(network.data, 'organisations', organisation), { ...fields, ...imported })).toEqual(
        [],
      );
    },
    180_000,
  );

  test('is in a log', async () => {
    expect(await scanFiles(join(network.data, 'logs'), { ...fields, ...imported })).toEqual([]);
  });
});

describe('what is planted in the open is found', () => {
  test('in blocks and values', () => {
    expect(scanChannel(visible, planted)).toEqual(['planted in a block', 'planted in a value']);
  });

  test('in the files of a peer and of a database', async () => {
    const found = await scanFiles(join(network.data, 'organisations', 'pharma'), planted);
    expect(found.filter((finding) => /peer/.test(finding)).length).toBeGreaterThan(0);
    expect(found.filter((finding) => /readmodel/.test(finding)).length).toBeGreaterThan(0);
  }, 120_000);

  test('in a file where it lies across the parts that are read, and in base64', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'markers-'));
    const filler = Buffer.alloc(1024 * 1024 - 10, 'x');
    await writeFile(join(folder, 'across'), Buffer.concat([filler, Buffer.from(planted.planted)]));
    await writeFile(join(folder, 'encoded'), Buffer.from(`a${planted.planted}`).toString('base64'));
    expect(await scanFiles(folder, planted)).toEqual(['planted in across', 'planted in encoded']);
    expect(await readdir(folder)).toHaveLength(2);
    await rm(folder, { recursive: true });
  });
});
