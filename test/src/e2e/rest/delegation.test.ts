/** A consent that its grantee passes on, with the client's verbs. */
import {
  HealthDataBank,
  type Consent,
  type NewConsent,
  type RetrievedRecord,
  type RetrievedRecords,
} from '@chain-of-care/client';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { network } from '../../system/networks.ts';
import type { RestSession } from '../../system/rest.ts';
import { home, World } from './world.fixture.ts';

const world = new World(network);
const laboratory = { kind: 'department', mspId: home, id: 'laboratory' } as const;
const retrieval = { reason: 'second reading', recordTypes: ['lab_result'] } as const;
let ada: HealthDataBank;
let ben: HealthDataBank;
let lab: HealthDataBank;
let benId: string;

const bankOf = async (user: string): Promise<HealthDataBank> =>
  new HealthDataBank(await world.people.client(home, user));

beforeAll(async () => {
  await network.start();
  [ada, ben, lab] = (await Promise.all(['dr-ada', 'dr-ben', 'integration'].map(bankOf))) as [
    HealthDataBank,
    HealthDataBank,
    HealthDataBank,
  ];
  benId = await world.clinician(home, 'emergency');
}, 300_000);

async function newPatient() {
  const { id, subject, session, chart } = await world.patient();
  const bank = await bankOf(subject);
  const toBen: NewConsent = { grantee: { kind: 'person', mspId: home, id: benId }, categories: ['lab_result'] };
  const store = async (text: string): Promise<string> => {
    const content = Buffer.from(text);
    const metadata = { date: '2026-02-01' };
    return (await ada.storeHealthRecord(id, { type: 'lab_result', content, metadata })).recordId;
  };
  return { id, session, chart, bank, store, toBen };
}

async function recordsOf({ records }: RetrievedRecords): Promise<RetrievedRecord[]> {
  const all: RetrievedRecord[] = [];
  for await (const record of records) all.push(record);
  return all;
}

async function textsOf(records: readonly RetrievedRecord[]): Promise<string[]> {
  const contents = await Promise.all(records.map((record) => record.content()));
  return contents.map((content) => Buffer.from(content).toString('utf8')).sort();
}

const textsFor = async (reader: HealthDataBank, id: string): Promise<string[]> =>
  textsOf(await recordsOf(await reader.retrieveHealthRecords(id, retrieval)));

/** Kinds of the notices, once this one is there: they follow the ledger at their own pace. */
async function noticesOnce(session: RestSession, kind: string): Promise<string[]> {
  for (const deadline = Date.now() + 20_000; ; await delay(200)) {
    const { items } = await session.read<{ items: { kind: string }[] }>('/v1/notifications?limit=50');
    const kinds = items.map((each) => each.kind);
    if (kinds.includes(kind) || Date.now() > deadline) return kinds;
  }
}

interface Told {
  readonly kind: string;
  readonly about: { readonly reference?: string };
}

/** Notices about a consent, the newest first; waits for one of this kind. */
async function noticesAbout(session: RestSession, kind: string | undefined, consentId: string): Promise<Told[]> {
  for (const deadline = Date.now() + 40_000; ; await delay(300)) {
    const { items } = await session.read<{ items: Told[] }>('/v1/notifications?limit=50');
    const told = items.filter(({ about }) => about.reference === consentId);
    if (kind === undefined || told.some((each) => each.kind === kind) || Date.now() > deadline) return told;
  }
}

async function treeOf(bank: HealthDataBank, consentId: string): Promise<Consent[]> {
  const tree: Consent[] = [];
  for await (const consent of bank.getDelegations(consentId)) tree.push(consent);
  return tree;
}

describe('a consent that may be passed on', () => {
  test('opens the category to the next, and what comes into it; the patient sees the tree, is told, and ends it all', async () => {
    const { id, bank, store, toBen, session } = await newPatient();
    await store('first');
    const { id: first } = await bank.grantConsent(id, { ...toBen, mayDelegate: 1 });
    await expect(lab.retrieveHealthRecords(id, retrieval)).rejects.toMatchObject({ code: 'consent_missing' });
    const passedOn = await ben.delegateConsent(first, { grantee: laboratory });
    expect(passedOn).toMatchObject({ seeds: 1, dataKeys: 0 });
    await store('second');
    const running = await lab.retrieveHealthRecords(id, retrieval);
    expect(running.access.basis).toEqual([{ kind: 'consent', consentId: passedOn.id }]);
    const served = await recordsOf(running);
    expect(await textsOf(served)).toEqual(['first', 'second']);

    const parents = [{ consentId: first, grantee: toBen.grantee }];
    const branch = { id: passedOn.id, grantee: laboratory, delegatedBy: benId, mayDelegate: 0, parents };
    expect(await treeOf(bank, first)).toMatchObject([branch]);
    expect(await treeOf(ben, first)).toMatchObject([branch]);
    await expect(treeOf(ada, first)).rejects.toMatchObject({ code: 'consent_not_found' });
    expect(await noticesOnce(session, 'consentDelegated')).toContain('consentDelegated');

    await bank.revokeConsent(first);
    await expect(textsOf(served)).rejects.toMatchObject({ status: 403 });
    expect(await recordsOf(running)).toEqual([]);
    for (const each of [lab, ben])
      await expect(each.retrieveHealthRecords(id, retrieval)).rejects.toMatchObject({ code: 'consent_missing' });
  });

  test('of one record hands over its key alone, and counts on the consent that it comes from', async () => {
    const { id, bank, store, toBen } = await newPatient();
    const [one, other] = [await store('one'), await store('other')];
    const { id: first } = await bank.grantConsent(id, { ...toBen, maxAccesses: 2, mayDelegate: 1 });
    const passedOn = await ben.delegateConsent(first, { grantee: laboratory, recordIds: [one] });
    expect(passedOn).toMatchObject({ seeds: 0, dataKeys: 1 });
    expect(await textsFor(lab, id)).toEqual(['one']);
    const asked = { reason: 'second reading', recordIds: [other] };
    await expect(lab.retrieveHealthRecords(id, asked)).rejects.toMatchObject({ code: 'consent_missing' });
    expect(await textsFor(ben, id)).toEqual(['one', 'other']);
    for (const each of [lab, ben])
      await expect(each.retrieveHealthRecords(id, { ...asked, recordIds: [one] })).rejects.toMatchObject({
        code: 'consent_missing',
      });
  });

  test('is never wider than it was, nor passed on by others or more often; who passed it on takes it back', async () => {
    const { id, bank, store, toBen } = await newPatient();
    await store('one');
    const { id: first } = await bank.grantConsent(id, { ...toBen, mayDelegate: 1 });
    const refused = (delegation: object) => ben.delegateConsent(first, { grantee: laboratory, ...delegation });
    await expect(refused({ categories: ['vitals'] })).rejects.toMatchObject({ code: 'delegation_too_wide' });
    await expect(refused({ level: 'write' })).rejects.toMatchObject({ code: 'delegation_too_wide' });
    await expect(refused({ mayDelegate: 1 })).rejects.toMatchObject({ code: 'delegation_not_allowed' });
    await expect(ada.delegateConsent(first, { grantee: laboratory })).rejects.toMatchObject({
      code: 'consent_not_found',
    });
    const { id: passedOn } = await refused({});
    expect(await textsFor(lab, id)).toEqual(['one']);
    await expect(ben.revokeConsent(first)).rejects.toMatchObject({ code: 'consent_not_found' });
    await ben.revokeConsent(passedOn);
    await expect(lab.retrieveHealthRecords(id, retrieval)).rejects.toMatchObject({ code: 'consent_missing' });
    expect(await textsFor(ben, id)).toEqual(['one']);
  });

  test('a preview says by which rule the next would read, and that a revocation above it would end that', async () => {
    const { id, chart, session, bank, store, toBen } = await newPatient();
    const record = await store('one');
    const { id: first } = await bank.grantConsent(id, { ...toBen, mayDelegate: 1 });
    const { id: passedOn } = await ben.delegateConsent(first, { grantee: laboratory });
    interface Reader {
      readonly department?: string;
      readonly basis: unknown;
    }
    const { records } = await session.create<{ records: Record<'readers' | 'lost', Reader[]>[] }>(
      `${chart}/consent-decisions`,
      { records: [record], change: { revoke: first } },
      { key: null },
    );
    const inLaboratory = ({ department }: Reader) => department === 'laboratory';
    const basis = [{ kind: 'consent', consentId: passedOn }];
    expect(records[0]!.readers.filter(inLaboratory)).toMatchObject([{ basis }]);
    expect(records[0]!.lost.filter(inLaboratory)).toMatchObject([{ basis }]);
  });
});

describe('a consent that is renewed', () => {
  test('says what it said with another end, names the one before, and opens what that opened; a revoked one is not renewed', async () => {
    const { id, bank, store, session, toBen } = await newPatient();
    await store('one');
    const expiresAt = new Date(Date.now() + 3600_000).toISOString();
    const first = await bank.grantConsent(id, { ...toBen, expiresAt });
    const second = await bank.renewConsent(first.id);
    const renewed = await session.read<{ expiresAt: string }>(`/v1/consents/${second.id}`);
    expect(renewed).toMatchObject({ grantee: toBen.grantee, categories: ['lab_result'], renews: first.id });
    expect(Date.parse(renewed.expiresAt)).toBeGreaterThan(Date.parse(expiresAt));
    await bank.revokeConsent(first.id);
    expect(await textsFor(ben, id)).toEqual(['one']);
    await expect(bank.renewConsent(first.id)).rejects.toMatchObject({ code: 'consent_already_ended' });
  });
});

describe('a consent that expires', () => {
  test('is told of before and at its end to the patient and to whom it names; a renewed one to nobody', async () => {
    const { id, bank, session, toBen } = await newPatient();
    const expiresAt = new Date(Date.now() + 16_000).toISOString();
    const { id: expiring } = await bank.grantConsent(id, { ...toBen, expiresAt });
    const { id: renewed } = await bank.grantConsent(id, { ...toBen, categories: ['vitals'], expiresAt });
    await bank.renewConsent(renewed, new Date(Date.now() + 48 * 3600_000).toISOString());
    const kinds = ['consentExpiring', 'consentLapsed'];
    for (const each of [session, await world.people.as(home, 'dr-ben')]) {
      const told = await noticesAbout(each, 'consentLapsed', expiring);
      expect(told.filter(({ kind }) => kinds.includes(kind)).map(({ kind }) => kind)).toEqual(kinds.toReversed());
      expect(await noticesAbout(each, undefined, renewed)).toEqual(
        each === session ? [expect.objectContaining({ kind: 'consentGranted' })] : [],
      );
    }
  });
});
