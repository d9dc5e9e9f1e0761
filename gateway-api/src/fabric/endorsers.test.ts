import { describe, expect, it } from '@jest/globals';
import { Consortium } from '@chain-of-care/chaincode/model';
import { Endorsers, touchesId } from './endorsers.ts';

const consortium = new Consortium([
  { mspId: 'HospitalMSP', role: 'hospital', name: 'Hospital' },
  { mspId: 'Hospital2MSP', role: 'hospital', name: 'Second hospital' },
  { mspId: 'PharmaMSP', role: 'pharma', name: 'Pharma' },
  { mspId: 'RegulatorMSP', role: 'regulator', name: 'Regulator' },
  { mspId: 'ConsortiumMSP', role: 'operator', name: 'Operator' },
]);

describe('the endorsers of a transaction', () => {
  const at = (own: string): Endorsers => new Endorsers(consortium, own, () => 0);

  it('are the fewest that the policies need, the own organisation first', () => {
    expect(at('HospitalMSP').choose({ writes: ['access_HospitalMSP'] })).toEqual(['HospitalMSP']);
    expect(at('HospitalMSP').choose({ writes: ['care_HospitalMSP'] })).toEqual(['HospitalMSP', 'RegulatorMSP']);
    expect(at('PharmaMSP').choose({ writes: [undefined] })).toEqual(['PharmaMSP', 'RegulatorMSP']);
    expect(at('RegulatorMSP').choose({ writes: ['access_HospitalMSP'] })).toEqual(['RegulatorMSP']);
  });

  it('are members of every collection that is written or read', () => {
    expect(at('PharmaMSP').choose({ writes: [undefined], reads: ['clinical'] })).toEqual([
      'RegulatorMSP',
      'HospitalMSP',
    ]);
    expect(at('Hospital2MSP').choose({ writes: ['exchange_HospitalMSP'], reads: ['clinical'] })).toEqual([
      'Hospital2MSP',
      'HospitalMSP',
    ]);
  });

  it('meet key-level policies as well', () => {
    const policies = [consortium.rootPolicy(['PharmaMSP'])];
    expect(at('HospitalMSP').choose({ writes: [undefined], policies })).toEqual(['HospitalMSP', 'PharmaMSP']);
  });

  it('are among those who may read what is in the transaction, or do not exist', () => {
    const among = ['PharmaMSP', 'HospitalMSP', 'RegulatorMSP'];
    const endorsers = at('PharmaMSP');
    endorsers.unreachable('RegulatorMSP');
    expect(endorsers.choose({ writes: [undefined, 'trade_PharmaMSP'], among })).toEqual(['PharmaMSP', 'HospitalMSP']);
    expect(endorsers.choose({ writes: [undefined], among: ['PharmaMSP'] })).toBeUndefined();
    expect(touchesId({ writes: [undefined], among })).not.toBe(touchesId({ writes: [undefined] }));
  });

  it('avoid a member that did not answer for a while, unless nobody else can', () => {
    let now = 0;
    const endorsers = new Endorsers(consortium, 'HospitalMSP', () => now);
    endorsers.unreachable('RegulatorMSP');
    expect(endorsers.choose({ writes: [undefined] })).toEqual(['HospitalMSP', 'PharmaMSP']);
    expect(endorsers.choose({ writes: ['care_HospitalMSP'] })).toEqual(['HospitalMSP', 'RegulatorMSP']);
    now = 10_000;
    expect(endorsers.choose({ writes: [undefined] })).toEqual(['HospitalMSP', 'RegulatorMSP']);
  });

  it('do not exist when no member knows all that is touched', () => {
    const touches = { writes: ['care_HospitalMSP', 'care_Hospital2MSP'] };
    expect(at('HospitalMSP').choose(touches)).toBeUndefined();
  });

  it('are the same lane for the same policies, in whatever order they are named', () => {
    expect(touchesId({ writes: ['a', undefined] })).toBe(touchesId({ writes: [undefined, 'a', 'a'] }));
    expect(touchesId({ writes: ['a'] })).not.toBe(touchesId({ writes: ['a'], reads: ['b'] }));
  });
});
