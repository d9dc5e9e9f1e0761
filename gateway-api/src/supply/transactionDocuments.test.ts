import { expect, test } from '@jest/globals';
import { violationsOf } from '@chain-of-care/chaincode/model';
import { TransactionInformationView } from './commerceDto.ts';
import { transactionInformation, transactionStatement, type Transacted } from './transactionDocuments.ts';

const transacted: Transacted = {
  shipmentId: '00000000-0000-8000-8000-000000000001',
  transactionDate: '2026-03-01',
  shipmentDate: '2026-03-02',
  from: { gln: '4260000000035', name: 'Rhein Pharma Plant' },
  to: {
    gln: '4260000000028',
    name: 'Pharmacy',
    address: { name: 'Pharmacy', street: 'A 1', city: 'B', country: 'DE' },
  },
  possessor: '4260000000042',
  containers: [],
  lots: [
    {
      gtin: '00300021200107',
      lot: 'L1',
      units: 2,
      serials: ['A', 'B'],
      name: 'Amoxicillin',
      strength: '500 mg',
      dosageForm: 'capsule',
      ndc: '0002-1200-10',
      packContent: 20,
      expiry: '270331',
    },
  ],
};

test('transaction information has what §581(26) asks for, and is what the API says it is', () => {
  const document = transactionInformation(transacted);
  expect(violationsOf(TransactionInformationView, document)).toEqual([]);
  expect(document).toMatchObject({
    products: [{ ndc: '0002-1200-10', containerSize: 20, numberOfContainers: 2, lot: 'L1', serials: ['A', 'B'] }],
    transferredFrom: { gln: '4260000000035' },
    transferredTo: { address: { street: 'A 1' } },
    possessor: '4260000000042',
  });
});

test('the transaction statement makes each of the seven statements of §581(27)', () => {
  const text = transactionStatement(transacted);
  expect([...text.matchAll(/^\(([A-G])\)/gm)].map(([, letter]) => letter)).toEqual(['A', 'B', 'C', 'D', 'E', 'F', 'G']);
  expect(text).toContain('4260000000028');
});
