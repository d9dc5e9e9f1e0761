import { X509Certificate } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { all } from '../../demo/careStory.ts';
import { healthTexts } from '../../fixtures/smallBundle.ts';
import { network } from '../../system/networks.ts';
import type { Json } from '../../system/rest.ts';
import { bundle, home, newRecord, World } from './world.fixture.ts';
import { contains, visibleTo, type Visible } from './visibleTo.fixture.ts';

const world = new World(network);
const reason = 'suspected sarcoidosis';
const note = 'for the second opinion on my lungs';

/** What care commands, codes and facts are called: none of it may stand in the open. */
const words = [
  ...['registerPatient', 'appendRecords', 'grantConsent', 'revokeConsent', 'openAccess', 'mirrorRecords'],
  ...['consent_missing', 'TREAT', 'lab_result', 'diagnosis', 'clinicalDate', 'cardiology', 'purposeOfUse'],
];

let careIds: readonly string[];
let names: readonly string[];

beforeAll(async () => {
  await network.start();
  const { id, chart, session } = await world.patient();
  const ada = await world.people.as(home, 'dr-ada');
  const ben = await world.people.as(home, 'dr-ben');
  const [adaId, benId] = [await world.clinician(home, 'cardiology'), await world.clinician(home, 'emergency')];
  const { records } = await ada.create<{ records: { id: string }[] }>(`${chart}/records`, {
    ...newRecord(healthTexts.join(' ')),
    title: 'Vorhofflimmern',
    coding: [{ system: 'http://hl7.org/fhir/sid/icd-10', code: 'I48.0' }],
  });
  const asked = { purposeOfUse: 'TREAT', reason, records: [{ id: records[0]!.id }] };
  await ben.post(`${chart}/accesses`, asked);
  const grantee = { kind: 'person', mspId: home, id: benId };
  const consent = await session.create<{ id: string }>(`${chart}/consents`, { grantee, note });
  const access = await ben.create<{ id: string }>(`${chart}/accesses`, asked);
  await ben.read(`/v1/accesses/${access.id}/records`);
  await session.create(`/v1/consents/${consent.id}/revocation`);
  const handle = await session.read<{ handle: string }>(`${chart}/referral`);
  careIds = [id, adaId, benId, records[0]!.id, consent.id, access.id, handle.handle];
  const given = bundle.patient['name'] as readonly { family: string }[];
  names = [given[0]!.family, ...healthTexts, reason, note];
}, 300_000);

describe('what PharmaMSP sees of the channel', () => {
  let visible: Visible;

  beforeAll(async () => {
    visible = await visibleTo(network, 'PharmaMSP');
  }, 120_000);

  test('are all blocks, and transactions of the care chain among them', () => {
    expect(visible.blocks.length).toBeGreaterThan(10);
    const collections = visible.blocks.flatMap(({ transactions }) =>
      transactions.flatMap(({ unmatched }) => unmatched.map(({ collection }) => collection)),
    );
    expect(collections).toContain(`care_${home}`);
  });

  test('no id, name, command, code or health text of the care chain, in any block', () => {
    const found = [...careIds, ...names, ...words].filter((text) => visible.raw.some((block) => contains(block, text)));
    expect(found).toEqual([]);
  });

  test('nor in the private values its peer holds', () => {
    const values = visible.blocks.flatMap(({ transactions }) =>
      transactions.flatMap(({ writes }) => writes.flatMap(({ value }) => (value === undefined ? [] : [value]))),
    );
    expect(values.length).toBeGreaterThan(5);
    const found = [...careIds, ...names].filter((text) => values.some((value) => contains(value, text)));
    expect(found).toEqual([]);
  });

  test('creators joined with the registry are administrators, inspectors and supply staff, never clinicians', () => {
    const facts = visible.blocks.flatMap(({ transactions }) =>
      transactions.flatMap(({ writes }) =>
        writes.flatMap(({ value, collection }) =>
          collection === 'registry' && value !== undefined
            ? [JSON.parse(Buffer.from(value).toString('utf8')) as Json]
            : [],
        ),
      ),
    );
    const roles = new Set(facts.filter(({ t }) => t === 'staff').map(({ role }) => role));
    expect([...roles].filter((role) => /clinician|nurse|registrar|privacy|integration/.test(String(role)))).toEqual([]);
  });

  test('arguments are the function alone, answers are sealed, the event says nothing', () => {
    for (const { transactions } of visible.blocks) {
      for (const { open } of transactions) {
        if (open?.chaincode !== 'chain-of-care') continue;
        expect(open.args.length).toBe(1);
        expect(Buffer.from(open.args[0]!).toString()).toMatch(/^(registry|care|supply):submit$/);
        expect(Buffer.from(open.response.payload).toString()).toMatch(/^[A-Za-z0-9+/=]*$/);
        if (open.event !== undefined) expect(Buffer.from(open.event.payload).toString()).toBe('{"v":1}');
      }
    }
  });

  test('certificates of people carry a random name and no attributes', () => {
    for (const { transactions } of visible.blocks) {
      for (const { creator, open } of transactions) {
        if (open?.chaincode !== 'chain-of-care') continue;
        const { subject } = new X509Certificate(creator.certificate);
        // The organisation's own MSP administrator registers the first people; it is a role of the organisation.
        if (/OU=admin/.test(subject)) continue;
        // An organisation's service reports what no person does (an attempt, an anchor); it names nobody.
        if (/CN=[a-z0-9]+-service$/m.test(subject)) continue;
        expect(subject).toMatch(/CN=[0-9a-f-]{32,36}$/m);
        // Fabric CA writes attributes as JSON under the OID 1.2.3.4.5.6.7.8.1, an empty list when none are asked for.
        const der = Buffer.from(creator.certificate.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
        const attributes = der.indexOf(Buffer.from('06082a03040506070801', 'hex'));
        if (attributes >= 0) expect(der.subarray(attributes).includes('{"attrs":{}}')).toBe(true);
      }
    }
  });
});

describe('logs and files', () => {
  test('logs hold no secret, token, key, patient id, name or health text', async () => {
    const folder = join(network.data, 'logs');
    const logs = await Promise.all(
      (await readdir(folder)).map(async (name) => ({ name, text: await readFile(join(folder, name), 'utf8') })),
    );
    expect(logs.map(({ name }) => name)).toContain('hospital-gateway.log');
    const forbidden = [
      ...(await world.people.secrets()),
      ...careIds,
      ...names,
      ...['PRIVATE KEY', 'eyJhbGciOi', 'Bearer ey', 'enrollmentSecret'],
    ];
    const found = logs.flatMap(({ name, text }) =>
      forbidden.filter((each) => holds(text, each)).map((each) => `${name}: ${each}`),
    );
    expect(found).toEqual([]);
  });

  test('private keys and secrets are readable by their owner alone', async () => {
    const folder = join(network.data, 'organisations');
    const files = (await readdir(folder, { recursive: true })).filter((file) =>
      /(\/keystore\/|key\.pem$|registrar\.json$|users\.json$|secrets\.json$|\.sealed$|keystore\.key$)/.test(file),
    );
    expect(files.length).toBeGreaterThan(20);
    const modes = await Promise.all(files.map(async (file) => ({ file, info: await stat(join(folder, file)) })));
    const open = modes.filter(({ info }) => info.isFile() && (info.mode & 0o077) !== 0).map(({ file }) => file);
    expect(open).toEqual([]);
  });

  test('the read model holds no content, and lists are empty for who may not see', async () => {
    const ben = await world.people.as(home, 'dr-ben');
    expect((await ben.get(`/v1/patients/${careIds[0]}/records`)).status).toBe(403);
    expect(await all(await world.people.as(home, 'admin'), '/v1/staff')).not.toHaveLength(0);
  });
});

/** A short code counts as a word of its own only: four digits of it stand in some random UUID sooner or later. */
function holds(text: string, forbidden: string): boolean {
  if (forbidden.length > 8) return text.includes(forbidden);
  const literal = forbidden.replaceAll(/[^\w]/g, String.raw`\$&`);
  return new RegExp(`(?<![\\w-])${literal}(?![\\w-])`).test(text);
}
