/**
 * A key is another one than it should be, but of the right kind: the answer says so, nothing is opened or written, and the
 * chart is as before once the right key is back. What was altered of content is in `ciphertext.test.ts`.
 */
import { randomBytes } from 'node:crypto';
import { openBytes, SharingSecret } from '@chain-of-care/client';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { all } from '../demo/careStory.ts';
import { home, newRecord, World, type RegisteredPatient } from '../e2e/rest/world.fixture.ts';
import { network } from '../system/networks.ts';
import { demandOk, type Answer, type Json, type RestSession } from '../system/rest.ts';
import { exchange, exchangeKeys, inDatabase, withOtherSeed, type Database } from './hospitalKeys.fixture.ts';

const world = new World(network);
const text = 'sealed to whom it concerns';
let ada: RestSession;
let ben: RestSession;
let laboratory: RestSession;
let adaId: string;
let benId: string;
let laboratoryId: string;

beforeAll(async () => {
  await network.start();
  [ada, ben, laboratory] = (await Promise.all(
    ['dr-ada', 'dr-ben', 'integration'].map((user) => world.people.as(home, user)),
  )) as [RestSession, RestSession, RestSession];
  adaId = await world.clinician(home, 'cardiology');
  benId = await world.clinician(home, 'emergency');
  const staff = await all(await world.people.as(home, 'admin'), '/v1/staff?role=integration');
  laboratoryId = String(staff[0]!['staffId']);
}, 300_000);

afterAll(() => network.start(), 120_000);

interface Chart extends RegisteredPatient {
  readonly recordId: string;
  readonly consentId: string;
}

async function write(author: RestSession, { chart }: RegisteredPatient, category = 'lab_result'): Promise<string> {
  const record = { ...newRecord(text), category };
  return (await author.create<{ records: { id: string }[] }>(`${chart}/records`, record)).records[0]!.id;
}

const toBen = () => ({ grantee: { kind: 'person', mspId: home, id: benId } });

/** A patient with a record of Ada's that Ben may read. */
async function chartForBen(categories: readonly string[] = ['lab_result']): Promise<Chart> {
  const patient = await world.patient();
  const recordId = await write(ada, patient);
  const consent = { ...toBen(), categories };
  const { id: consentId } = await patient.session.create<{ id: string }>(`${patient.chart}/consents`, consent);
  return { ...patient, recordId, consentId };
}

const asked = (id: string): Json => ({ purposeOfUse: 'TREAT', reason: 'ward round', records: [{ id }] });

async function content(reader: RestSession, { chart, recordId }: Chart): Promise<Answer> {
  const { id } = await reader.create<{ id: string }>(`${chart}/accesses`, asked(recordId));
  return reader.get(`/v1/accesses/${id}/records/${recordId}/content`);
}

const seen = ({ status, body, bytes }: Answer): readonly unknown[] =>
  status === 200 ? [status, Buffer.from(bytes).toString('utf8')] : [status, body['code']];
const opened = [200, text];
const refused = [500, 'wrong_key'];

/** What the patient sees of others' reading: accesses, each on the ledger, and what was really served. */
async function toldOf({ session, chart }: Chart): Promise<{ accesses: number; served: number }> {
  const accesses = await all(session, `${chart}/audit-events?type=access`);
  return { accesses: accesses.length, served: (await all(session, `${chart}/read-receipts`)).length };
}

describe('a private key that the hospital keeps is another one', () => {
  test.each<[what: string, key: (chart: Chart) => string, reader: (chart: Chart) => RestSession]>([
    ['of the patient’s categories: the patient', ({ id }) => `root/${id}`, ({ session }) => session],
    ['of the author’s department: its clinician', () => 'group/cardiology/0', () => ada],
    ['of the grantee: whom the consent names', () => `sealing/${benId}`, () => ben],
  ])('%s is told that it does not fit, under an access that the audit has, and gets no content', async (_, key, of) => {
    const chart = await chartForBen();
    const reader = of(chart);
    expect(seen(await content(reader, chart))).toEqual(opened);
    const before = await toldOf(chart);
    await withOtherSeed(key(chart), async () => {
      const answer = await content(reader, chart);
      expect(seen(answer)).toEqual(refused);
      expect(Buffer.from(answer.bytes).toString('utf8')).not.toContain(text);
    });
    const after = await toldOf(chart);
    expect([after.accesses, after.served]).toEqual([before.accesses + 1, before.served]);
    expect(seen(await content(reader, chart))).toEqual(opened);
  });

  test('of the patient’s categories: nothing is handed over that would open nothing; records are written as ever', async () => {
    const chart = await chartForBen();
    const { session, chart: path, id } = chart;
    const grants = async () => (await all(session, `${path}/consents`)).length;
    await withOtherSeed(`root/${id}`, async () => {
      expect(seen(await session.post(`${path}/consents`, toBen()))).toEqual(refused);
      expect(await grants()).toBe(1);
      expect(seen(await content(ada, { ...chart, recordId: await write(ada, chart) }))).toEqual(opened);
    });
    await session.create(`${path}/consents`, toBen());
    expect(await grants()).toBe(2);
  });
});

describe('while the gateway was down, keys changed places', () => {
  type Exchanged = 'content' | 'batch' | 'wrap' | 'grant';
  let charts: Readonly<Record<Exchanged | 'untouched', Chart>>;
  let others: Readonly<Record<'content' | 'batch' | 'grant', string>>;

  beforeAll(async () => {
    charts = {
      content: await chartForBen(),
      batch: await chartForBen(),
      wrap: await chartForBen(['lab_result', 'vitals']),
      grant: await chartForBen(),
      untouched: await chartForBen(),
    };
    others = {
      content: await write(ada, charts.content),
      batch: await write(laboratory, charts.batch, 'vitals'),
      grant: (await chartForBen()).consentId,
    };
    // A read through the gateway: its database has all of it.
    await all(charts.untouched.session, `${charts.untouched.chart}/records`);
    await whileDown(inTheDatabase);
  }, 240_000);

  async function whileDown(work: () => Promise<void>): Promise<void> {
    await network.kill('hospital-gateway');
    await work();
    await network.start();
  }

  /** The second time puts everything back. */
  const inTheDatabase = (): Promise<void> =>
    inDatabase(async (db) => {
      await exchange(db, { table: 'records', column: 'wrapped_key', id: charts.content.recordId }, others.content);
      const batches = [await batchOf(db, charts.batch.recordId), await batchOf(db, others.batch)] as const;
      await exchange(db, { table: 'batch_keys', column: 'sealed_to_group', id: batches[0] }, batches[1]);
      const [labResults, vitals] = await wrapsOf(db, charts.wrap.consentId);
      await exchange(db, { table: 'wraps', column: 'sealed', id: labResults! }, vitals!);
      const grants = [await grantKeyOf(db, charts.grant.consentId), await grantKeyOf(db, others.grant)] as const;
      await exchange(db, { table: 'grant_keys', column: 'sealed', id: grants[0] }, grants[1]);
    });

  const signers = (): Promise<void> => exchangeKeys(`signing/${adaId}`, `signing/${laboratoryId}`);

  test.each<[what: string, which: Exchanged, reader: () => RestSession]>([
    ['the wraps of a consent’s two categories: its grantee', 'wrap', () => ben],
    ['the grant keys of two consents: their grantee', 'grant', () => ben],
    ['the batch keys of two departments: the author', 'batch', () => ada],
  ])('%s opens nothing, and is told why', async (_what, which, reader) => {
    expect(seen(await content(reader(), charts[which]))).toEqual(refused);
    expect(seen(await content(reader(), charts.untouched))).toEqual(opened);
  });

  test('the keys of two records: the ledger’s hash names the chart, and nothing of it is served', async () => {
    const { session, chart } = charts.content;
    expect(seen(await content(ben, charts.content))).toEqual([500, 'integrity_violation']);
    const report = await session.create(`${chart}/integrity-checks`, { content: true }, { key: null });
    expect(report).toMatchObject({ valid: false });
  });

  test('put back, all of it opens; the keys of two signers: none signs with a key that its certificate does not name', async () => {
    await whileDown(async () => {
      await inTheDatabase();
      await signers();
    });
    for (const chart of Object.values(charts)) expect(seen(await content(ben, chart))).toEqual(opened);
    const before = await network.height(home);
    const { chart, recordId } = charts.untouched;
    for (const signer of [ada, laboratory]) {
      expect(seen(await signer.post(`${chart}/records`, newRecord('none')))).toEqual(refused);
      expect(seen(await signer.post(`${chart}/accesses`, asked(recordId)))).toEqual(refused);
    }
    expect(await network.height(home)).toBe(before);
    await whileDown(signers);
    for (const signer of [ada, laboratory]) await write(signer, charts.untouched);
    expect(seen(await content(ada, charts.batch))).toEqual(opened);
  }, 240_000);
});

const batchOf = async (db: Database, recordId: string): Promise<string> =>
  (await db.selectFrom('records').select('batch_id').where('record_id', '=', recordId).executeTakeFirstOrThrow())
    .batch_id;

const grantKeyOf = async (db: Database, consentId: string): Promise<string> =>
  (await db.selectFrom('grant_keys').select('key_id').where('consent_id', '=', consentId).executeTakeFirstOrThrow())
    .key_id;

async function wrapsOf(db: Database, consentId: string): Promise<readonly string[]> {
  const wraps = db.selectFrom('wraps').select('wrap_id').where('consent_id', '=', consentId);
  return (await wraps.orderBy('category').execute()).map((wrap) => wrap.wrap_id);
}

describe('whoever opens what a sharing token shares', () => {
  interface Shared {
    readonly id: string;
    readonly version: number;
    readonly wrappedKey: string;
  }

  test('refuses another token’s secret, another record’s key and another record’s ciphertext', async () => {
    const patient = await world.patient();
    const records = [{ id: await write(ada, patient) }, { id: await write(ada, patient) }];
    const wanted = { records, expiresInHours: 1 };
    const token = await patient.session.create<{ secret: string }>(`${patient.chart}/sharing-tokens`, wanted);
    const secret = new SharingSecret(token.secret);
    const { redeem } = secret;
    const bearer = await world.people.nobody(home);
    const redeemed = await bearer.create<{ id: string; tokenId: string; records: [Shared, Shared] }>(
      '/v1/token-redemptions',
      { redeem },
    );
    const { tokenId } = redeemed;
    const [one, other] = redeemed.records;
    const named = ({ id, version }: Shared) => ({ recordId: id, version, type: 'record' });
    const guess = new SharingSecret(randomBytes(32));
    const wrapRefused = { code: 'wrap_refused' };
    await expect(guess.unwrap(one.wrappedKey, tokenId, named(one))).rejects.toMatchObject(wrapRefused);
    await expect(secret.unwrap(other.wrappedKey, tokenId, named(one))).rejects.toMatchObject(wrapRefused);

    const key = await secret.unwrap(one.wrappedKey, tokenId, named(one));
    const path = `/v1/token-redemptions/${redeemed.id}/records/${other.id}/ciphertext`;
    const { bytes } = demandOk(path, await bearer.get(path, { headers: { 'x-token-redeem': redeem } }));
    await expect(openBytes(bytes, key, named(one))).rejects.toMatchObject({ code: 'envelope_wrong_record' });
    await expect(openBytes(bytes, key, named(other))).rejects.toMatchObject({ code: 'envelope_wrong_key' });
  });
});
