import { Readable } from 'node:stream';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { Consortium } from '@chain-of-care/chaincode/model';
import { patientIdOf } from '@chain-of-care/chaincode/rules';
import { redeemReferralCode } from './referralCodes.ts';

const home = 'Hospital2MSP';
const third = 'Hospital3MSP';
const code = `${home}-7K3M-9Q2X-TB4D`;
const handle = 'a'.repeat(32);
const honest = { patientId: patientIdOf(home, handle), home, handle, noteKey: 'AA' };

let answer: () => Readable;
const kept = new Map<string, Uint8Array>();
const services = {
  consortium: new Consortium([
    ...['HospitalMSP', home, third].map((mspId) => ({ mspId, role: 'hospital' as const, name: mspId })),
    { mspId: 'RegulatorMSP', role: 'regulator', name: 'Regulator' },
  ]),
  profile: { mspId: 'HospitalMSP' },
  keystore: {
    get: async (name: string) => kept.get(name),
    put: async (name: string, secret: Uint8Array) => void kept.set(name, secret),
  },
  internalClient: { get: async () => ({ status: 200, headers: {}, stream: answer() }) },
} as unknown as Parameters<typeof redeemReferralCode>[0];
const redeem = () => redeemReferralCode(services, code);

describe('what another hospital answers to a short code', () => {
  beforeEach(() => kept.clear());

  test('is kept when it is a patient of theirs', async () => {
    answer = () => Readable.from([Buffer.from(JSON.stringify(honest))]);
    expect(await redeem()).toEqual({ patientId: honest.patientId, home });
    expect(kept.size).toBe(1);
  });

  test.each([
    [
      'the id of a patient of a third hospital',
      { ...honest, patientId: patientIdOf(third, handle) },
      'handle_mismatch',
    ],
    ['a handle that is not the patient’s', { ...honest, handle: 'b'.repeat(32) }, 'handle_mismatch'],
    ['a patient of a third hospital', { ...honest, patientId: patientIdOf(third, handle), home: third }, 'not_found'],
    ['something that is no referral', { ...honest, handle: { toString: 'x' } }, 'upstream_failed'],
    ['more than was asked for', { ...honest, openedToOthers: false }, 'upstream_failed'],
  ])('is refused and bars nobody from a patient when it is %s', async (_what, made, refusal) => {
    answer = () => Readable.from([Buffer.from(JSON.stringify(made))]);
    await expect(redeem()).rejects.toMatchObject({ code: refusal });
    expect(kept.size).toBe(0);
  });

  test('is not read on when it does not end', async () => {
    let sent = 0;
    answer = () =>
      Readable.from(
        (function* () {
          for (; sent < 100_000; sent += 1) yield Buffer.alloc(1024, ' ');
        })(),
      );
    await expect(redeem()).rejects.toMatchObject({ code: 'upstream_failed' });
    expect(sent).toBeLessThan(1000);
  });
});
