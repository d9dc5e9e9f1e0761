import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { violationsOf, type Consortium } from '@chain-of-care/chaincode/model';
import { verify } from '@chain-of-care/chaincode/rules';
import type { Caller, CallerRole } from '../auth/caller.ts';
import { consortium, readModelInMemory } from '../readmodel/readModel.fixture.ts';
import type { ReadModel } from '../readmodel/index.ts';
import type { Services } from '../services.ts';
import { packHistory } from '../supply/history.ts';
import { custodyOf, locatePacks } from '../supply/location.ts';
import { gtin, pharmacy, plant, story, time, uuid } from '../supply/story.fixture.ts';
import { readAsked } from './asked.ts';
import { decide } from './decide.ts';
import { VerificationView, type NewVerification } from './dto.ts';
import { knownPacks } from './facts.ts';
import { viewOf } from './view.ts';

const timeMs = Date.parse(time(60));
const serials = ['S0', 'S1', 'S2', 'S3'];
const callerAt = (role: CallerRole, mspId: string, gln?: string): Caller => ({
  issuer: 'https://issuer.example',
  subject: role,
  kind: 'staff',
  id: uuid(1),
  role,
  identity: { mspId, certificate: '', deviceKey: 'a'.repeat(64), keyName: 'k' },
  scopes: [],
  ...(gln === undefined ? {} : { gln }),
});
const maker = callerAt('manufacturer', 'PharmaMSP', plant);
const pharmacist = callerAt('pharmacist', 'HospitalMSP', pharmacy);
const stranger = callerAt('pharmacist', 'OtherHospitalMSP', '4260000000042');
const inspector = callerAt('inspector', 'RegulatorMSP');

let model: ReadModel;
let services: Services;
beforeAll(async () => {
  model = await readModelInMemory();
  await model.catchUp(story(), 2n);
  services = {
    readModel: model,
    consortium: consortium satisfies Consortium,
    clock: () => timeMs,
  } as Partial<Services> as Services;
}, 120_000);
afterAll(() => model.close());

const answer = async (body: NewVerification, caller?: Caller, language?: string) =>
  viewOf(await decide(services, readAsked(body, caller, timeMs), caller), caller, language);

describe('facts of one statement', () => {
  test('they say of every pack what the queries of location and history say', async () => {
    const located = await locatePacks(model.db, gtin, serials);
    const known = await knownPacks(
      model.db,
      serials.map((serial) => ({ gtin, serial })),
      timeMs,
    );
    for (const [index, serial] of serials.entries()) {
      const { facts, events, commissioned } = known[index]!;
      const pack = located.get(serial)!;
      const { state, holder } = custodyOf(pack);
      const history = await packHistory(model.db, { gtin, serial, commissionedBy: pack.commissionedBy });
      expect(facts.pack).toMatchObject({
        state,
        holder,
        eventId: pack.eventId,
        commissionedBy: pack.commissionedBy,
        containers: pack.containers.map(({ sscc }) => sscc),
      });
      expect(commissioned).toEqual({ lot: pack.lot, segment: pack.segment });
      expect(events.map(({ event_id: id }) => id)).toEqual(history.map(({ event_id: id }) => id));
    }
  });

  test('of a serial that nobody made there is the product, and whether the lot named exists', async () => {
    const [known, wrongLot] = await knownPacks(
      model.db,
      [
        { gtin, serial: 'NONE', lot: 'L' },
        { gtin, serial: 'NONE', lot: 'NO' },
      ],
      timeMs,
    );
    expect(known!.facts).toMatchObject({ productKnown: true, namedLotKnown: true });
    expect(known!.facts.pack).toBeUndefined();
    expect(wrongLot!.facts.namedLotKnown).toBe(false);
  });

  test('a box just supplied is good for who holds it and refused to who would supply it again', async () => {
    const [known] = await knownPacks(model.db, [{ gtin, serial: 'S1' }], timeMs);
    const { facts } = known!;
    const request = { lot: 'L', expiry: '270331', timeMs };
    expect(verify(facts, { ...request, context: 'consumer' })).toMatchObject({ isAuthentic: true, risk: { score: 0 } });
    expect(verify(facts, { ...request, context: 'dispense' }).risk).toMatchObject({ score: 95, band: 'reject' });
  });
});

describe('who sees what', () => {
  const box = { gtin, serial: 'S0', lot: 'L', expiry: '270331', context: 'inspection' } as const;

  test('every answer has the members that the OpenAPI document says, and no others', async () => {
    for (const caller of [undefined, maker, pharmacist, stranger, inspector])
      for (const body of [box, { gtin, lot: 'L' }, { gtin, serial: 'NONE' }]) {
        const view = await answer(body, caller);
        expect([caller?.role, violationsOf(VerificationView, JSON.parse(JSON.stringify(view)))]).toEqual([
          caller?.role,
          [],
        ]);
      }
  });

  test('the public gets the verdicts without events, and one failure whatever was wrong', async () => {
    const good = await answer(box);
    expect(good).toMatchObject({ audience: 'public', isAuthentic: true, product: { gtin } });
    expect(good).not.toHaveProperty('chainOfCustody');
    expect(JSON.stringify(good)).not.toContain(uuid(0));
    const failures = await Promise.all(
      [{ serial: 'NONE' }, { lot: 'M' }, { expiry: '270300' }, { gtin: '00614141000012' }].map((wrong) =>
        answer({ ...box, ...wrong }),
      ),
    );
    const [first, ...others] = failures.map(({ verificationId: _id, ...rest }) => rest);
    expect(first).toMatchObject({ isAuthentic: false, riskScore: 100, warnings: [{ code: 'not_verified' }] });
    for (const other of others) expect(other).toEqual(first);
  });

  test('a partner gets the reason and no history', async () => {
    const view = await answer({ ...box, lot: 'M' }, stranger);
    expect(view).toMatchObject({ audience: 'partner', chainOfCustody: [], nmvsCode: 'NMVS_FE_LOT_03' });
    expect(view.identity.findings.map(({ code }) => code)).toEqual(['lot_mismatch']);
  });

  test('a holder sees its own events and those of the shipments it took part in; maker and regulator all', async () => {
    const kinds = async (caller: Caller) => (await answer(box, caller)).chainOfCustody?.map(({ kind }) => kind);
    expect(await kinds(pharmacist)).toEqual(['ship', 'receive']);
    const all = ['commission', 'pack', 'pack', 'ship', 'receive', 'ship'];
    expect(await kinds(maker)).toEqual(all);
    expect(await kinds(inspector)).toEqual(all);
  });

  test('texts of warnings come in the language asked for', async () => {
    const texts = async (language: string) => (await answer({ gtin, lot: 'L' }, undefined, language)).warnings[0]?.text;
    expect(await texts('de-AT,de;q=0.9')).toContain('Seriennummer');
    expect(await texts('fr')).toContain('serial number');
  });

  test('a lot alone is a known class and proves no box', async () => {
    const view = await answer({ gtin, lot: 'L', context: 'inventory' }, pharmacist);
    expect(view).toMatchObject({
      scope: 'lot',
      isAuthentic: false,
      identity: { verdict: 'known_class' },
      riskScore: 0,
    });
    expect(await answer({ gtin, lot: 'NO' }, pharmacist)).toMatchObject({
      identity: { verdict: 'unknown' },
      riskScore: 100,
    });
  });

  test('a container speaks for itself, of the lots inside for their recall and expiry', async () => {
    const verified = await decide(
      services,
      { scope: 'container', sscc: 'case', request: { context: 'inspection', timeMs } },
      inspector,
    );
    expect(verified.verdicts).toMatchObject({ identity: { verdict: 'verified' }, status: { verdict: 'usable' } });
    const late = { context: 'inspection', timeMs: Date.parse('2028-01-01T00:00:00Z') } as const;
    const expired = await decide(services, { scope: 'container', sscc: 'case', request: late }, inspector);
    expect(expired.verdicts.status.findings.map(({ code }) => code)).toEqual(['expired']);
    const unknown = await decide(services, { scope: 'container', sscc: 'none', request: late }, inspector);
    expect(unknown.verdicts).toMatchObject({ isAuthentic: false, risk: { score: 100 } });
  });
});
