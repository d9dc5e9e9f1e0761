import { beforeAll, describe, expect, test } from '@jest/globals';
import { network } from '../../system/networks.ts';
import { home, newRecord, recordsOnce, World } from './world.fixture.ts';

interface Preview {
  readonly records: readonly Record<'readers' | 'gained' | 'lost', readonly Reader[]>[];
}
interface Reader {
  readonly staffId: string;
  readonly basis: readonly { readonly kind: string; readonly consentId?: string }[];
}
const world = new World(network);

beforeAll(() => network.start(), 300_000);

describe('before a patient signs', () => {
  test('who could see a record now is said with the rule, and a change is tried without being written', async () => {
    const registered = await world.patient();
    const { chart, session } = registered;
    await (await world.people.as(home, 'dr-ada')).create(`${chart}/records`, newRecord());
    const [record] = await recordsOnce(registered, 1);
    const ben = await world.clinician(home, 'emergency');
    const ada = await world.clinician(home, 'cardiology');
    const asked = async (change?: object): Promise<Preview['records'][number]> => {
      const body = { records: [record!['id']], ...(change === undefined ? {} : { change }) };
      const { records } = await session.create<Preview>(`${chart}/consent-decisions`, body, { key: null });
      return records[0]!;
    };
    const of = (readers: readonly Reader[], staffId: string) => readers.find((reader) => reader.staffId === staffId);

    const now = await asked();
    expect(of(now.readers, ada)?.basis).toEqual([{ kind: 'author' }]);
    expect(of(now.readers, ben)).toBeUndefined();

    const grant = { grantee: { kind: 'person', mspId: home, id: ben }, categories: ['lab_result'] };
    expect((await asked({ grant })).gained.map(({ staffId }) => staffId)).toEqual([ben]);
    expect(of((await asked()).readers, ben)).toBeUndefined();

    const { id } = await session.create<{ id: string }>(`${chart}/consents`, grant);
    const after = await asked({ revoke: id });
    expect(of(after.readers, ben)?.basis).toEqual([{ kind: 'consent', consentId: id }]);
    expect(after.lost.map(({ staffId }) => staffId)).toEqual([ben]);
    const denied = await asked({ grant: { ...grant, decision: 'deny' } });
    expect(denied.lost.map(({ staffId }) => staffId)).toEqual([ben]);
  });

  test('a template says what a grant does not: a preview shows it, and the grant becomes that', async () => {
    const registered = await world.patient();
    const { chart, session } = registered;
    const { items } = await session.read<{ items: { name: string; days: number }[] }>('/v1/consent-templates');
    const { days } = items.find(({ name }) => name === 'referral')!;
    expect(days).toBe(30);
    const grantee = { kind: 'department', mspId: home, id: 'emergency' };
    const grant = { template: 'referral', grantee, categories: ['lab_result'] };
    await (await world.people.as(home, 'dr-ada')).create(`${chart}/records`, newRecord());
    const [record] = await recordsOnce(registered, 1);
    const question = { records: [record!['id']], change: { grant } };
    const becomes = { grantee, purposes: ['TREAT'], categories: ['lab_result'], level: 'read' };
    expect(await session.create(`${chart}/consent-decisions`, question, { key: null })).toMatchObject({
      grant: becomes,
    });
    const { id } = await session.create<{ id: string }>(`${chart}/consents`, grant);
    const consent = await session.read<{ grantedAt: string; expiresAt: string }>(`/v1/consents/${id}`);
    expect(consent).toMatchObject(becomes);
    const dayMs = 24 * 3600_000;
    const lastsDays = (Date.parse(consent.expiresAt) - Date.parse(consent.grantedAt)) / dayMs;
    expect(Math.round(lastsDays)).toBe(days);
    const wrong = { template: 'referral', grantee: { kind: 'everyone' } };
    expect((await session.post(`${chart}/consents`, wrong)).status).toBe(400);
  });
});
