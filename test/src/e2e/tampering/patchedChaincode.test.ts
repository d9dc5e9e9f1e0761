/** One organisation runs a chaincode of its own making. The network is thrown away afterwards. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { lockReasons } from '@chain-of-care/chaincode/model';
import { accessIdOf } from '@chain-of-care/chaincode/rules';
import { openNetwork } from '@chain-of-care/network';
import { Teller } from '../../demo/teller.ts';
import { tellSupplyStory } from '../../demo/supplyStory.ts';
import { largeNetwork } from '../../system/networks.ts';
import { administratorOf, home, licensed, Patient, staffOf, type Person } from '../ledger/careScenario.fixture.ts';
import { commandOf, RealLedger } from '../ledger/realLedger.fixture.ts';
import { applied, type ScenarioOptions } from '../ledger/scenarioLedger.fixture.ts';
import { World } from '../rest/world.fixture.ts';

const ledger = new RealLedger(largeNetwork);
const world = new World(largeNetwork);
const pharmacyGln = '4260000000028';
let administrator: Person;
let cardiologist: Person;
let emergency: Person;
let pharmacist: Person;
let patient: Patient;
let recordIds: readonly string[];
let suppliedPack: { gtin: string; lot: string; segment: number; serial: string };

/** What a cheating hospital would change: nobody needs a role, one of its own is any patient, all goods are active. */
const changes = (): readonly { readonly file: string; readonly at: RegExp; readonly to: string }[] => [
  { file: 'rules/acts.js', at: /(export function requireAct\([^)]*\) \{)/, to: '$1 return;' },
  {
    file: 'care/patientRef.js',
    at: /(export function isSelf\(\{ mspId, deviceKey \}[^)]*\) \{)/,
    to: `$1 if (deviceKey === '${cardiologist.deviceKey}') return true;`,
  },
  {
    file: 'rules/access.js',
    at: /(export function decideRecordAccess\([^)]*\) \{)/,
    to: "$1 return { decision: 'permit', basis: [{ kind: 'author' }] };",
  },
  { file: 'rules/custody.js', at: /(export function decideCustody\([^)]*\) \{)/, to: "$1 return 'active';" },
];

beforeAll(async () => {
  await largeNetwork.start();
  const inspector = await staffOf(ledger, await administratorOf(ledger, 'RegulatorMSP'), 'inspector');
  administrator = await administratorOf(ledger, home);
  const registrar = await staffOf(ledger, administrator, 'registrar');
  cardiologist = await staffOf(ledger, administrator, 'clinician', { department: 'cardiology' });
  emergency = await staffOf(ledger, administrator, 'clinician', { department: 'emergency' });
  pharmacist = await staffOf(ledger, administrator, 'pharmacist', { gln: pharmacyGln });
  for (const person of [cardiologist, emergency]) await licensed(ledger, inspector, person);
  patient = await Patient.register(ledger, registrar);
  recordIds = await patient.append(cardiologist, 'cardiology', 'diagnosis');
  const { gtin, lot } = await tellSupplyStory(new Teller(() => undefined), world.people);
  suppliedPack = await packOf(gtin, lot);
  const network = await openNetwork({ name: largeNetwork.name });
  await network.runPatchedChaincode(home, patch);
}, 600_000);

afterAll(async () => {
  ledger.close();
  await largeNetwork.discard();
}, 120_000);

async function patch(dist: string): Promise<void> {
  for (const { file, at, to } of changes()) {
    const path = join(dist, file);
    const source = await readFile(path, 'utf8');
    const patched = source.replace(at, to);
    if (patched === source) throw new Error(`nothing to patch in ${file}`);
    await writeFile(path, patched);
  }
}

/** The pack that the story supplied, with the segment that a command names. */
async function packOf(gtin: string, lot: string): Promise<typeof suppliedPack> {
  const session = await world.people.as(home, 'pharmacist');
  const { items } = await session.read<{ items: { kind: string; packs?: { serials: string[] }[] }[] }>(
    `/v1/supply-events?gtin=${gtin}&lot=${lot}&kind=dispense`,
  );
  const serial = items[0]!.packs![0]!.serials[0]!;
  const { segment } = await session.read<{ segment: number }>(`/v1/packs/${gtin}/${serial}`);
  return { gtin, lot, segment, serial };
}

/** What becomes of a forged command: endorsed by the cheat alone, and with an honest member beside it. */
async function attempt(
  identity: Person,
  type: string,
  body: object,
  honest: string,
  options: Pick<ScenarioOptions, 'handle' | 'key'> = {},
) {
  const command = () => commandOf(type, body, options);
  const alone = await ledger.submitAll(identity, [command()], [home]);
  const together = await ledger.submitAll(identity, [command()], [home, honest]).then(
    ({ outcome, validation }) => (validation === undefined ? outcome.outcomes[0]!.status : validation),
    () => 'not endorsed',
  );
  return { claimed: alone.outcome.outcomes[0]!.status, alone: alone.validation, together };
}

const fails = { claimed: 'applied', alone: 'ENDORSEMENT_POLICY_FAILURE', together: 'not endorsed' };

describe('a hospital whose peer runs a patched chaincode', () => {
  test('cannot forge a licence', async () => {
    const body = {
      licenceId: randomUUID(),
      kind: 'professional',
      staffId: emergency.staffId,
      validFrom: '2026-01-01T00:00:00Z',
      validUntil: '2036-01-01T00:00:00Z',
    };
    expect(await attempt(administrator, 'registry.grantLicence', body, 'RegulatorMSP')).toEqual(fails);
  });

  test('cannot forge a consent', async () => {
    const { patientId, handle } = patient;
    const body = { patientId, home, ...patient.consentTo(emergency, {}, cardiologist) };
    const options = { handle, key: patient.keyOfConsent.get(body.consentId)! };
    expect(await attempt(cardiologist, 'care.grantConsent', body, 'RegulatorMSP', options)).toEqual(fails);
  });

  test('cannot revive a supplied pack', async () => {
    const { gtin, lot, segment, serial } = suppliedPack;
    const packs = [{ gtin, lot, segment, serials: [serial] }];
    const body = { packs, reason: lockReasons[0], eventTime: new Date().toISOString() };
    expect(await attempt(pharmacist, 'supply.unlock', body, 'RegulatorMSP')).toMatchObject({
      alone: 'ENDORSEMENT_POLICY_FAILURE',
      together: 'not endorsed',
    });
  });

  test.each([
    ['of a clinician without a consent', () => emergency, { decision: [] }],
    ['of somebody who passes for the patient', () => cardiologist, { code: 'access_not_permitted' }],
  ])(
    'commits a forged access %s in its own OR collection; the others serve nothing under it',
    async (_of, who, answer) => {
      const key = randomUUID();
      const accessId = accessIdOf(patient.origin(who(), key));
      const records = recordIds.map((recordId) => ({ recordId, version: 1 }));
      const body = { patientId: patient.patientId, home, accessId, purposeOfUse: 'TREAT', records };
      const command = commandOf('care.openAccess', body, { handle: patient.handle, key });
      const forged = await ledger.submitAll(who(), [command], [home]);
      const { decision } = applied<{ decision: string }>(forged.outcome.outcomes[0]!);
      expect([forged.validation, decision]).toEqual(['VALID', 'permit']);
      const regulator = await ledger.identity('RegulatorMSP', 'admin');
      const ask = () =>
        patient
          .ask(regulator, 'checkAccess', { accessId, accessorOrg: home, records }, { endorsers: ['RegulatorMSP'] })
          .then(
            (told) => ({ decision: (told as { permitted: readonly unknown[] }).permitted }),
            ({ code }: { code: string }) => ({ code }),
          );
      let served = await ask();
      // The forged value reaches the regulator's peer by gossip, a moment after its block.
      for (let tries = 0; tries < 60 && 'code' in served && served.code === 'access_not_found'; tries += 1) {
        await pause(500);
        served = await ask();
      }
      expect(served).toEqual(answer);
    },
  );

  test('honest acts that need it beside an honest member still agree where nothing is forged', async () => {
    expect(await patient.append(cardiologist, 'cardiology', 'vitals')).toHaveLength(1);
  });
});
