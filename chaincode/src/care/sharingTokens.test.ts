import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { applied, identityOf, type Identity } from '../ledger/scenario.fixture.ts';
import { accessIdOf, recordIdOf, sharingTokenIdOf } from '../rules/index.ts';
import { CareWorld, home, originOf, type Person, type WorldPatient } from './careWorld.fixture.ts';

const away = 'Hospital2MSP';
const hour = 3600_000;

interface Token {
  readonly tokenId: string;
  readonly redeem: string;
}

describe('a sharing token', () => {
  let world: CareWorld;
  let patient: WorldPatient;
  let ada: Person;
  let ben: Person;
  let cleo: Person;
  /** The home gateway: nobody on the ledger. */
  let gateway: Identity;
  let recordId: string;

  beforeAll(async () => {
    world = await CareWorld.open();
    ada = await world.clinician('cardiology');
    ben = await world.clinician('emergency');
    cleo = await world.clinician('oncology', await world.administratorOf(away));
    gateway = await identityOf(home);
  });
  beforeEach(async () => {
    patient = await world.patient();
    recordId = await append('lab_result');
  });

  async function append(category: string): Promise<string> {
    const key = randomUUID();
    const batchId = randomUUID();
    const id = recordIdOf(originOf(ada, patient.handle, key), 0);
    const batch = { batchId, category, confidentiality: 'N', epoch: 0, groupEpoch: 0, authorGroup: 'cardiology' };
    const record = { recordId: id, version: 1, batchId, category, clinicalDate: '2025', size: 1, sealed: 'AA' };
    const body = {
      batches: [{ ...batch, sealedToCategory: 'AA', sealedToGroup: 'AA' }],
      records: [{ ...record, cid: `b${'a'.repeat(58)}`, sha256: 'a'.repeat(64), wrappedKey: 'AA' }],
    };
    applied(await world.act(patient, ada, 'appendRecords', body, { key }));
    return id;
  }

  async function share(
    more: { grantee?: { mspId: string; id: string }; singleUse?: boolean; expiresAt?: string } = {},
  ): Promise<Token> {
    const key = randomUUID();
    const redeem = randomBytes(32).toString('base64url');
    const redeemHash = createHash('sha256').update(Buffer.from(redeem, 'base64url')).digest('hex');
    const tokenId = sharingTokenIdOf(originOf(patient.identity, patient.handle, key), more.grantee?.mspId);
    const expiresAt = new Date(world.scenario.now + 24 * hour).toISOString();
    const keys = [{ recordId, version: 1, wrapped: 'AA' }];
    const body = { tokenId, redeemHash, keys, purposeOfUse: 'PATRQT', singleUse: true, expiresAt, ...more };
    applied(await world.act(patient, patient.identity, 'createSharingToken', body, { key }));
    return { tokenId, redeem };
  }

  const bodyOf = (who: Identity, { tokenId, redeem }: Token, key: string) => ({
    patientId: patient.patientId,
    home,
    tokenId,
    redeem,
    accessId: accessIdOf(originOf(who, patient.handle, key)),
  });
  function redeem(who: Identity, token: Token) {
    const key = randomUUID();
    return world.act(patient, who, 'redeemSharingToken', bodyOf(who, token, key), { key });
  }
  const redeemed = async (who: Identity, token: Token) =>
    (applied(await redeem(who, token)) as { accessId: string }).accessId;
  const revoke = (token: Token, granteeOrg?: string) =>
    world.act(patient, patient.identity, 'revokeSharingToken', {
      tokenId: token.tokenId,
      ...(granteeOrg === undefined ? {} : { granteeOrg }),
    });
  async function served(who: Identity, accessId: string, ids: readonly string[]): Promise<string[]> {
    const records = ids.map((id) => ({ recordId: id, version: 1 }));
    const body = { patientId: patient.patientId, home, accessId, accessorOrg: who.mspId, records };
    const answer = await world.scenario.query(who, 'care.checkAccess', body, { handle: patient.handle });
    return (answer as { permitted: { recordId: string }[] }).permitted.map((each) => each.recordId);
  }

  test('opens what it shares and nothing else, to a bearer without account', async () => {
    const other = await append('diagnosis');
    const accessId = await redeemed(gateway, await share());
    expect(await served(gateway, accessId, [recordId, other])).toEqual([recordId]);
    const written = [...world.scenario.ledger.values.values()].filter((value) => value.includes('"t":"access"'));
    expect(written.find((value) => value.includes(accessId))).toContain('"accessorRole":"bearer"');
  });

  test('of single use is spent by the first redemption; the refusal of the next is recorded', async () => {
    const token = await share();
    const accessId = await redeemed(gateway, token);
    expect(await redeem(gateway, token)).toMatchObject({ status: 'refused', code: 'token_ended', httpStatus: 410 });
    const decisions = [...world.scenario.ledger.values.values()]
      .map((value) => JSON.parse(value) as { t: string; patientId?: string; decision?: string })
      .filter(({ t, patientId }) => t === 'access' && patientId === patient.patientId);
    expect(decisions.map(({ decision }) => decision)).toEqual(['permit', 'deny']);
    expect(await served(gateway, accessId, [recordId])).toEqual([recordId]);
    const several = await share({ singleUse: false });
    await redeemed(gateway, several);
    await redeemed(gateway, several);
  });

  test('of single use cannot be redeemed twice at the same time', async () => {
    const token = await share();
    const key = randomUUID();
    const { patientId: _, ...body } = bodyOf(gateway, token, key);
    const inFlight = await world.scenario.endorse(gateway, [
      world.scenario.command(
        'care.redeemSharingToken',
        { patientId: patient.patientId, ...body },
        { handle: patient.handle, key },
      ),
    ]);
    await redeemed(gateway, token);
    expect(world.scenario.ledger.commit(inFlight.simulation)).toBe('MVCC_READ_CONFLICT');
  });

  test('that is revoked ends accesses that run under it, without the regulator, and a redemption in flight', async () => {
    const token = await share({ singleUse: false });
    const accessId = await redeemed(gateway, token);
    const key = randomUUID();
    const command = world.scenario.command('care.redeemSharingToken', bodyOf(gateway, token, key), {
      handle: patient.handle,
      key,
    });
    const inFlight = await world.scenario.endorse(gateway, [command]);
    const before = new Map(world.scenario.ledger.values);
    applied(await revoke(token));
    const written = [...world.scenario.ledger.values.keys()].filter((address) => !before.has(address));
    expect(written.every((address) => address.startsWith('access_HospitalMSP'))).toBe(true);
    expect(world.scenario.ledger.commit(inFlight.simulation)).toBe('MVCC_READ_CONFLICT');
    await expect(served(gateway, accessId, [recordId])).rejects.toMatchObject({ code: 'access_not_permitted' });
    expect(await redeem(gateway, token)).toMatchObject({ code: 'token_ended' });
    expect(await revoke(token)).toMatchObject({ code: 'token_ended' });
  });

  test('ends with its hours, and so do accesses under it', async () => {
    const token = await share({ singleUse: false });
    const before = world.scenario.now;
    world.scenario.now += 24 * hour - 60_000;
    const { servesUntil } = applied(await redeem(gateway, token)) as { servesUntil: string };
    expect(Date.parse(servesUntil) - world.scenario.now).toBe(60_000);
    world.scenario.now += 60_000;
    expect(await redeem(gateway, token)).toMatchObject({ code: 'token_ended' });
    world.scenario.now = before;
  });

  test('ends at its instant, whatever offset that is written with, and serves no longer than any access', async () => {
    const minute = 60_000;
    for (const [lasts, hours] of [
      [5 * minute, 14],
      [5 * minute, -11],
      [11 * hour, -11],
    ] as const) {
      const local = new Date(world.scenario.now + lasts + hours * hour).toISOString().slice(0, 19);
      const expiresAt = `${local}${hours < 0 ? '-' : '+'}${Math.abs(hours)}:00`;
      const { servesUntil } = applied(await redeem(gateway, await share({ expiresAt }))) as { servesUntil: string };
      expect(Date.parse(servesUntil) - world.scenario.now).toBe(Math.min(lasts, 15 * minute));
    }
  });

  test('opens only with its secret, and one that names a person only for them', async () => {
    const token = await share();
    const guess = { ...token, redeem: randomBytes(32).toString('base64url') };
    expect(await redeem(gateway, guess)).toMatchObject({ code: 'token_not_found' });
    const named = await share({ grantee: { mspId: home, id: ben.staffId } });
    expect(await redeem(gateway, named)).toMatchObject({ code: 'token_not_found' });
    expect(await redeem(ada, named)).toMatchObject({ code: 'token_not_found' });
    expect(await served(ben, await redeemed(ben, named), [recordId])).toEqual([recordId]);
  });

  test('for a person of another hospital is decided from exchange_H alone', async () => {
    const token = await share({ grantee: { mspId: away, id: cleo.staffId } });
    const accessId = await redeemed(cleo, token);
    expect(await served(cleo, accessId, [recordId])).toEqual([recordId]);
    applied(await revoke(token, away));
    await expect(served(cleo, accessId, [recordId])).rejects.toMatchObject({ code: 'access_not_permitted' });
  });

  test('is made and revoked by the patient only, for records that exist', async () => {
    const token = await share();
    expect(await world.act(patient, ada, 'revokeSharingToken', { tokenId: token.tokenId })).toMatchObject({
      code: 'not_own_patient',
    });
    recordId = randomUUID();
    await expect(share()).rejects.toThrow();
  });
});
