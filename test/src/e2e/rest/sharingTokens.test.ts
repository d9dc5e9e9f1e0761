import { RestClient, SharingSecret, SharingTokens, type SharedRecord } from '@chain-of-care/client';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { network } from '../../system/networks.ts';
import { home, newRecord, recordsOnce, World, type RegisteredPatient } from './world.fixture.ts';

const world = new World(network);
const clientOf = async (user?: string): Promise<SharingTokens> => {
  if (user !== undefined) return new SharingTokens(await world.people.client(home, user));
  return new SharingTokens(new RestClient({ baseUrl: await world.people.gateway(home) }));
};
const textOf = async (record: SharedRecord | undefined) => Buffer.from(await record!.content()).toString('utf8');

beforeAll(() => network.start(), 300_000);

/** A patient with one record of this text, and their tokens. */
async function patientWith(text: string): Promise<RegisteredPatient & { record: string; tokens: SharingTokens }> {
  const registered = await world.patient();
  const ada = await world.people.as(home, 'dr-ada');
  await ada.create(`${registered.chart}/records`, newRecord(text));
  const [record] = await recordsOnce(registered, 1);
  return { ...registered, record: String(record!['id']), tokens: await clientOf(registered.subject) };
}

describe('a sharing token', () => {
  test('opens its record to a bearer without account, once; the audit shows both, the gateway never had the key', async () => {
    const { id, chart, session, record, tokens } = await patientWith('shared with a friend');
    const token = await tokens.create(id, { records: [{ id: record }], expiresInHours: 24 });
    const bearer = await clientOf();
    const redeemed = await bearer.redeem(token.secret);
    expect(await textOf(redeemed.records[0])).toBe('shared with a friend');
    await expect(bearer.redeem(token.secret)).rejects.toMatchObject({ status: 410, code: 'token_ended' });
    const audit = await session.read<{ items: object[] }>(`${chart}/audit-events?type=access`);
    expect(audit.items.slice(0, 2)).toMatchObject([
      { accessorRole: 'bearer', decision: 'deny', code: 'token_ended' },
      { accessorRole: 'bearer', decision: 'permit', basis: [{ kind: 'token', tokenId: token.id }] },
    ]);
    const [listed] = (await session.read<{ items: object[] }>(`${chart}/sharing-tokens`)).items;
    expect(listed).toMatchObject({ id: token.id, status: 'spent' });
    expect(JSON.stringify(listed)).not.toContain(token.secret);
  });

  test('of single use redeemed many times at once opens once', async () => {
    const { id, record, tokens } = await patientWith('once');
    const { secret } = await tokens.create(id, { records: [{ id: record }], expiresInHours: 1 });
    const bearers = await Promise.all(Array.from({ length: 4 }, async () => clientOf()));
    const ends = await Promise.allSettled(bearers.map(async (bearer) => bearer.redeem(secret)));
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const end of ends) if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'token_ended' });
  });

  test('that is revoked serves no more under the access that runs, and redeems no more', async () => {
    const { id, record, tokens } = await patientWith('taken back');
    const wanted = { records: [{ id: record }], expiresInHours: 1, singleUse: false };
    const token = await tokens.create(id, wanted);
    const bearer = await clientOf();
    const { records } = await bearer.redeem(token.secret);
    await tokens.revoke(token.id);
    await expect(records[0]!.content()).rejects.toMatchObject({ status: 403 });
    await expect(bearer.redeem(token.secret)).rejects.toMatchObject({ code: 'token_ended' });
  });

  test('for one person opens for nobody else, and another secret opens nothing', async () => {
    const { id, record, tokens } = await patientWith('for Ben');
    const grantee = { mspId: home, id: await world.clinician(home, 'emergency') };
    const { secret } = await tokens.create(id, { records: [{ id: record }], expiresInHours: 1, grantee });
    const none = { code: 'token_not_found', status: 404 };
    await expect((await clientOf()).redeem(secret)).rejects.toMatchObject(none);
    await expect((await clientOf('dr-ada')).redeem(secret)).rejects.toMatchObject(none);
    const guess = new SharingSecret(crypto.getRandomValues(new Uint8Array(32))).text;
    await expect((await clientOf('dr-ben')).redeem(guess)).rejects.toMatchObject(none);
    expect(await textOf((await (await clientOf('dr-ben')).redeem(secret)).records[0])).toBe('for Ben');
  });

  test('content needs the proof of possession again', async () => {
    const { id, record, tokens } = await patientWith('shown twice');
    const { secret } = await tokens.create(id, { records: [{ id: record }], expiresInHours: 1 });
    const access = await (await clientOf()).redeem(secret);
    const path = `/v1/token-redemptions/${access.id}/records/${record}/ciphertext`;
    const address = `${await world.people.gateway(home)}${path}`;
    const { redeem } = new SharingSecret(secret);
    const other = new SharingSecret(crypto.getRandomValues(new Uint8Array(32))).redeem;
    const statusWith = async (headers: Record<string, string>) => (await fetch(address, { headers })).status;
    expect(await statusWith({})).toBe(404);
    expect(await statusWith({ 'x-token-redeem': other })).toBe(404);
    expect(await statusWith({ 'x-token-redeem': redeem })).toBe(200);
    expect(await statusWith({ 'x-token-redeem': redeem, range: 'bytes=0-3' })).toBe(206);
  });
});
