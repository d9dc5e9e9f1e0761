/**
 * Everything that ends is used once before its end and once after it: the second time it is refused, each by its own code.
 * What lasts for minutes or days lasts for seconds here: such constants are changed in chaincode and gateway, not clocks.
 * Access tokens that have expired are in `e2e/rest/tokens.test.ts`.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { SharingSecret } from '@chain-of-care/client';
import { openNetwork } from '@chain-of-care/network';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { home, newRecord, World, type RegisteredPatient } from '../e2e/rest/world.fixture.ts';
import { changedChaincode, type ChangedChaincode } from '../system/changedChaincode.ts';
import { changedGateway } from '../system/changedGateway.ts';
import { network } from '../system/networks.ts';
import { demandOk, type Answer, type Json, type Page, type RestSession } from '../system/rest.ts';
import { until } from '../system/until.ts';

/** How long each thing lasts. */
const lastsMs = 20_000;
/** What was written just after it was answered ends a little later. */
const marginMs = 1_000;

const inChaincode = [
  { file: 'rules/access.js', from: 'servesForMs = 15 * 60_000', to: `servesForMs = ${lastsMs}` },
  {
    file: 'rules/accessRequests.js',
    from: 'answeredWithinMs = 14 * 24 * 3600_000',
    to: `answeredWithinMs = ${lastsMs}`,
  },
];
const inGateway = [
  { file: 'sharing-tokens/tokens.js', from: 'hourMs = 3600_000', to: `hourMs = ${lastsMs}` },
  { file: 'patients/referralCodes.js', from: 'lifetimeMs = 15 * 60_000', to: `lifetimeMs = ${lastsMs}` },
  { file: 'operations/operationTable.js', from: 'keptMs = 8 * 24 * 3600 * 1000', to: `keptMs = ${lastsMs}` },
  { file: 'idempotency/answers.js', from: 'keptMs = 24 * 3600 * 1000', to: `keptMs = ${lastsMs}` },
];

const laboratory = { kind: 'department', mspId: home, id: 'laboratory' };
const why = { purposeOfUse: 'TREAT', reason: 'ward round' };
const asking: Json = { ...why, categories: ['lab_result'] };
const soon = (): string => new Date(Date.now() + lastsMs).toISOString();

let world: World;
let chaincode: ChangedChaincode;
let ada: RestSession;
let ben: RestSession;
let admin: RestSession;
let inspector: RestSession;
let toBen: Json;

/** How a thing is used, while it lasts and afterwards; the same way where that does not use it up. */
interface Used {
  readonly before: () => Promise<Answer>;
  readonly after?: () => Promise<Answer>;
  /** Ends it, where its end is an act and no time. */
  readonly end?: () => Promise<unknown>;
}

const idOf = async (made: Promise<Json>): Promise<string> => String((await made)['id']);

async function newChart(): Promise<RegisteredPatient & { readonly recordId: string }> {
  const patient = await world.patient();
  const answer = ada.create<{ records: { id: string }[] }>(`${patient.chart}/records`, newRecord());
  return { ...patient, recordId: (await answer).records[0]!.id };
}

/** Somebody of the laboratory who has just come: tests look for the only clinician of other departments. */
async function newClinician(): Promise<{ readonly staffId: string; readonly session: RestSession }> {
  const subject = `dr-${randomUUID().slice(0, 8)}`;
  const { staffId } = await admin.create<{ staffId: string }>('/v1/staff', {
    ...{ role: 'clinician', department: 'laboratory', subject },
  });
  return { staffId, session: await world.people.as(home, subject) };
}

const licensed = (staffId: string, validUntil: string) =>
  inspector.create('/v1/licences', {
    ...{ kind: 'professional', staffId, validUntil, validFrom: new Date(Date.now() - 60_000).toISOString() },
  });

const later = '2035-01-01T00:00:00Z';

interface Row {
  readonly what: string;
  readonly refusal: readonly [status: number, code: string];
  begin(): Promise<Used>;
}

const rows: readonly Row[] = [
  {
    what: 'a consent',
    refusal: [403, 'consent_missing'],
    async begin() {
      const { session, chart } = await newChart();
      await session.create(`${chart}/consents`, { grantee: toBen, expiresAt: soon() });
      return { before: () => ben.post(`${chart}/accesses`, asking) };
    },
  },
  {
    what: 'a delegation of a consent that stands',
    refusal: [403, 'consent_missing'],
    async begin() {
      const { session, chart } = await newChart();
      const first = await idOf(session.create(`${chart}/consents`, { grantee: toBen, mayDelegate: 1 }));
      await ben.create(`/v1/consents/${first}/delegations`, { grantee: laboratory, expiresAt: soon() });
      const reader = await world.people.as(home, 'integration');
      return { before: () => reader.post(`${chart}/accesses`, asking) };
    },
  },
  {
    what: 'a delegation of a consent that ends',
    refusal: [403, 'consent_missing'],
    async begin() {
      const { session, chart } = await newChart();
      const consent = { grantee: toBen, mayDelegate: 1, expiresAt: soon() };
      const first = await idOf(session.create(`${chart}/consents`, consent));
      await ben.create(`/v1/consents/${first}/delegations`, { grantee: laboratory });
      const reader = await world.people.as(home, 'integration');
      return { before: () => reader.post(`${chart}/accesses`, asking) };
    },
  },
  {
    what: 'an access',
    refusal: [403, 'access_expired'],
    async begin() {
      const { chart, recordId } = await newChart();
      const asked = { ...why, records: [{ id: recordId }] };
      const access = await idOf(ada.create(`${chart}/accesses`, asked));
      return { before: () => ada.get(`/v1/accesses/${access}/records/${recordId}/content`) };
    },
  },
  {
    what: 'a request for access',
    refusal: [410, 'request_lapsed'],
    async begin() {
      const { session, chart } = await newChart();
      const request = { reason: 'second opinion', categories: ['lab_result'], days: 1 };
      const [one, other] = [
        await idOf(ben.create(`${chart}/access-requests`, request)),
        await idOf(ben.create(`${chart}/access-requests`, request)),
      ];
      const approve = (id: string) => session.post(`/v1/access-requests/${id}/response`, { response: 'approve' });
      return { before: () => approve(one), after: () => approve(other) };
    },
  },
  {
    what: 'a sharing token',
    refusal: [410, 'token_ended'],
    async begin() {
      const { session, chart, recordId } = await newChart();
      const wanted = { records: [{ id: recordId }], expiresInHours: 1, singleUse: false };
      const { secret } = await session.create<{ secret: string }>(`${chart}/sharing-tokens`, wanted);
      const { redeem } = new SharingSecret(secret);
      const bearer = await world.people.nobody(home);
      return { before: () => bearer.post('/v1/token-redemptions', { redeem }) };
    },
  },
  {
    what: 'a short code',
    refusal: [404, 'not_found'],
    async begin() {
      const { session, chart } = await newChart();
      const code = async () => (await session.create(`${chart}/referral-codes`, {}))['code'];
      const [one, other] = [await code(), await code()];
      const redeem = (each: unknown) => ben.post('/v1/referral-redemptions', { code: each });
      return { before: () => redeem(one), after: () => redeem(other) };
    },
  },
  {
    what: 'a representative’s appointment',
    refusal: [403, 'not_own_patient'],
    async begin() {
      const { child, session } = await world.represented({ period: { end: soon() } });
      return { before: () => session.get(`${child.chart}/consents`) };
    },
  },
  {
    what: 'membership of the care team',
    refusal: [403, 'consent_missing'],
    async begin() {
      const { session, chart } = await newChart();
      await session.create(`${chart}/consents`, { grantee: { kind: 'care-team', mspId: home } });
      const member = { mspId: home, id: toBen['id'] };
      const id = await idOf(session.create(`${chart}/care-team`, { member }));
      const before = () => ben.post(`${chart}/accesses`, asking);
      return { before, end: () => session.create(`${chart}/care-team/${id}/removal`, {}) };
    },
  },
  {
    what: 'a standing rule',
    refusal: [400, 'validation_failed'],
    async begin() {
      const { session, chart } = await newChart();
      const rule = await idOf(
        session.create(`${chart}/standing-rules`, {
          ...{ effect: 'propose', template: 'referral', endsAt: soon() },
          grantee: { kind: 'department', mspId: home, id: 'emergency' },
        }),
      );
      const approve = async () => {
        const request = { reason: 'referred', categories: ['lab_result'], days: 1 };
        const id = await idOf(ben.create(`${chart}/access-requests`, request));
        return session.post(`/v1/access-requests/${id}/response`, { response: 'approve', standingRule: rule });
      };
      return { before: approve };
    },
  },
  {
    what: 'a licence',
    refusal: [403, 'licence_expired'],
    async begin() {
      const { chart } = await newChart();
      const { staffId, session } = await newClinician();
      await licensed(staffId, soon());
      return { before: () => session.post(`${chart}/records`, newRecord()) };
    },
  },
  {
    what: 'employment',
    refusal: [403, 'staff_suspended'],
    async begin() {
      const { chart } = await newChart();
      const { staffId, session } = await newClinician();
      await licensed(staffId, later);
      const before = () => session.post(`${chart}/records`, newRecord());
      return { before, end: () => admin.create(`/v1/staff/${staffId}/suspension`, {}) };
    },
  },
  {
    what: 'the handle of an operation',
    refusal: [404, 'not_found'],
    async begin() {
      const { chart } = await newChart();
      const headers = { prefer: 'respond-async' };
      const answer = demandOk('a write', await ada.post(`${chart}/records`, newRecord(), { headers }));
      const location = answer.headers.get('location')!;
      // It is kept from its own end on.
      await until(ada, location, ({ status }) => status === 'succeeded');
      return { before: () => ada.get(location) };
    },
  },
];

interface Begun {
  /** The answer while it lasted. */
  readonly while: Answer;
  readonly use: () => Promise<Answer>;
  readonly endedAt: number;
}

const begun: Begun[] = [];
let repeated: {
  readonly chart: RegisteredPatient;
  readonly key: string;
  readonly record: Json;
  readonly first: Answer;
};

beforeAll(async () => {
  chaincode = await changedChaincode(...inChaincode);
  chaincode.choose(true);
  await network.start();
  await (await openNetwork({ name: network.name })).runGatewayWith(home, changedGateway(inGateway));
  world = new World(network);
  [ada, ben, admin, inspector] = (await Promise.all([
    world.people.as(home, 'dr-ada'),
    world.people.as(home, 'dr-ben'),
    world.people.as(home, 'admin'),
    world.people.as('RegulatorMSP', 'inspector'),
  ])) as [RestSession, RestSession, RestSession, RestSession];
  toBen = { kind: 'person', mspId: home, id: await world.clinician(home, 'emergency') };
}, 400_000);

afterAll(async () => {
  await chaincode.remove();
  await network.start();
}, 300_000);

describe('what has an end', () => {
  beforeAll(async () => {
    // One after another: each is used soon after it began, and they end while the others begin.
    for (const row of rows) {
      const { before, after = before, end } = await row.begin();
      const lasting = await before();
      await end?.();
      begun.push({ while: lasting, use: after, endedAt: Date.now() + (end === undefined ? lastsMs : 0) });
    }
    const chart = await world.patient();
    const [key, record] = [randomUUID(), newRecord()];
    repeated = { chart, key, record, first: await ada.post(`${chart.chart}/records`, record, { key }) };
  }, 300_000);

  test.each(rows.map(({ what, refusal }, index) => [what, index, refusal] as const))(
    '%s: good until then, and refused from then on',
    async (what, index, refusal) => {
      const { while: lasting, use, endedAt } = begun[index]!;
      expect([200, 201]).toContain(demandOk(what, lasting).status);
      await delay(Math.max(0, endedAt + marginMs - Date.now()));
      const { status, body } = await use();
      expect([status, body['code']]).toEqual(refusal);
    },
    60_000,
  );

  test('an answer that is kept for repeats: afterwards the ledger knows the request by its key, and applies it once', async () => {
    const { chart, key, record, first } = repeated;
    expect(first.status).toBe(201);
    await delay(lastsMs + marginMs);
    const path = `${chart.chart}/records`;
    const again = await ada.post(path, record, { key });
    expect([again.status, again.body['records']]).toEqual([201, first.body['records']]);
    expect((await chart.session.read<Page>(path)).items).toHaveLength(1);
    const other = await ada.post(path, newRecord('something else'), { key });
    expect([other.status, other.body['code']]).toEqual([422, 'idempotency_key_reused']);
    expect((await chart.session.read<Page>(path)).items).toHaveLength(1);
  }, 60_000);
});
