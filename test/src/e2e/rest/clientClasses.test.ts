/** The client's own classes against the real network: the verbs as a hospital's or pharmacy's program calls them. */
import { HealthDataBank, RestClient, SupplyChain } from '@chain-of-care/client';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { setTimeout as delay } from 'node:timers/promises';
import { network } from '../../system/networks.ts';
import { home, World } from './world.fixture.ts';

const world = new World(network);
const clientOf = (mspId: string, user: string): Promise<RestClient> => world.people.client(mspId, user);

beforeAll(() => network.start(), 300_000);

describe('HealthDataBank', () => {
  test('stores, is refused, is granted, retrieves equal content, is revoked; audit and chain say so', async () => {
    const { id, subject } = await world.patient();
    const author = new HealthDataBank(await clientOf(home, 'dr-ada'));
    const reader = new HealthDataBank(await clientOf(home, 'dr-ben'));
    const patient = new HealthDataBank(await clientOf(home, subject));
    const content = { resourceType: 'Observation', valueQuantity: { value: 6.1, unit: '%' } };
    await author.storeHealthRecord(id, { type: 'lab_result', content, metadata: { date: '2026-02-01' } });

    const retrieval = { reason: 'follow-up', recordTypes: ['lab_result'] };
    await expect(reader.retrieveHealthRecords(id, retrieval)).rejects.toMatchObject({ code: 'consent_missing' });
    const grantee = { kind: 'department', mspId: home, id: 'emergency' } as const;
    const consent = await patient.grantConsent(id, { grantee, categories: ['lab_result'], purposes: ['TREAT'] });
    const { records } = await reader.retrieveHealthRecords(id, retrieval);
    const read: unknown[] = [];
    for await (const record of records) read.push(JSON.parse(Buffer.from(await record.content()).toString('utf8')));
    expect(read).toEqual([content]);

    await patient.revokeConsent(consent.id);
    await expect(reader.retrieveHealthRecords(id, retrieval)).rejects.toMatchObject({ code: 'consent_missing' });
    const decisions: unknown[] = [];
    for await (const { decision } of patient.getAccessAuditLog(id)) decisions.push(decision);
    expect(decisions).toEqual(['deny', 'permit', 'deny']);
    const csv = await (await patient.exportAuditLog(id, 'csv', { type: 'access', decision: 'permit' })).text();
    expect(csv.trimEnd().split('\r\n')).toHaveLength(2);
    expect(await patient.verifyChainIntegrity(id)).toMatchObject({ valid: true, brokenLinks: [], totalRecords: 1 });
  });

  test('shares records by a secret: created, listed, opened by a bearer once, and by nobody once it is revoked', async () => {
    const { id, subject } = await world.patient();
    const author = new HealthDataBank(await clientOf(home, 'dr-ada'));
    const patient = new HealthDataBank(await clientOf(home, subject));
    const bearer = new HealthDataBank(new RestClient({ baseUrl: await world.people.gateway(home) }));
    const content = { resourceType: 'Immunization', status: 'completed' };
    const metadata = { date: '2026-02-01' };
    const { recordId } = await author.storeHealthRecord(id, { type: 'immunization', content, metadata });

    const shared = { records: [{ id: recordId }], expiresInHours: 24 };
    const once = await patient.createSharingToken(id, shared);
    const { records } = await bearer.accessWithToken(once.secret);
    expect(records).toMatchObject([{ id: recordId, category: 'immunization' }]);
    expect(JSON.parse(Buffer.from(await records[0]!.content()).toString('utf8'))).toEqual(content);
    await expect(bearer.accessWithToken(once.secret)).rejects.toMatchObject({ status: 410, code: 'token_ended' });

    const often = await patient.createSharingToken(id, { ...shared, singleUse: false });
    await bearer.accessWithToken(often.secret);
    await patient.revokeSharingToken(often.id);
    await expect(bearer.accessWithToken(often.secret)).rejects.toMatchObject({ code: 'token_ended' });
    const listed: string[] = [];
    for await (const token of patient.listSharingTokens(id)) listed.push(`${token.id} ${token.status}`);
    expect(listed).toEqual([`${often.id} revoked`, `${once.id} spent`]);
  });
});

describe('SupplyChain', () => {
  test('registers, ships, receives and dispenses; a second dispensing is refused; a scan says so', async () => {
    const maker = new SupplyChain(await clientOf('PharmaMSP', 'maker'));
    const pharmacy = new SupplyChain(await clientOf(home, 'pharmacist'));
    const run = Date.now().toString().slice(-9);
    const product = {
      ndc: `${run.slice(0, 4)}-${run.slice(4, 8)}-41`,
      name: 'Amoxicillin',
      dosageForm: 'capsule',
      strength: '500 mg',
      packContent: 21,
      batchNumber: `LOT${run}`,
      manufacturedOn: '2026-01-15',
      expirationDate: '2028-12-31',
      quantity: 100,
    };
    const { gtin, lot } = await maker.registerProduct(product);
    const serial = `SN${run}`;
    const packs = [{ gtin, lot, serials: [serial] }];
    await maker.recordSupplyChainEvent('commission', { gtin, lot, serials: [serial] });
    const shipped = await maker.recordSupplyChainEvent('shipped', { recipient: '4260000000028', packs });
    const { shipmentId } = shipped as { shipmentId?: string };
    // The pharmacy's gateway follows the ledger at its own pace.
    await delay(1_000);
    await pharmacy.recordSupplyChainEvent('received', { shipmentId, packs });
    await pharmacy.recordSupplyChainEvent('dispensed', { packs });
    await expect(pharmacy.recordSupplyChainEvent('dispensed', { packs })).rejects.toMatchObject({
      code: 'already_supplied_here',
    });
    const scan = `(01)${gtin}(21)${serial}(17)281231(10)${lot}`;
    expect(await pharmacy.verifyProduct({ scan, context: 'consumer' })).toMatchObject({ isAuthentic: true });
  });
});
