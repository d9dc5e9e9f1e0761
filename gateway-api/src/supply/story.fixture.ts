/** A small story of goods as blocks, for tests of the read model. */
import { bitmapOf, type SupplyEvent } from '@chain-of-care/chaincode/model';
import { FixtureLedger, type WriteSpec } from '../readmodel/blocks/ledger.fixture.ts';
import { writing } from '../readmodel/readModel.fixture.ts';

export const gtin = '00300021200107';
export const plant = '4260000000035';
export const pharmacy = '4260000000028';
export const uuid = (index: number): string => `00000000-0000-8000-8000-${String(index).padStart(12, '0')}`;
export const time = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 9, minute)).toISOString();

export const stored = (t: string, key: string, fields: object): WriteSpec => ({ key, value: { t, v: 1, ...fields } });
const custody = (holder: string, mspId: string, minute: number) => ({
  holder,
  mspId,
  eventId: uuid(minute),
  eventTime: time(minute),
});
export const event = (minute: number, kind: SupplyEvent['kind'], facts: object): WriteSpec =>
  stored('supply-event', `event${minute}`, {
    eventId: uuid(minute),
    kind,
    eventTime: time(minute),
    recordTime: time(minute),
    gln: plant,
    mspId: 'PharmaMSP',
    role: 'manufacturer',
    previous: [],
    hash: '0'.repeat(64),
    ...facts,
  });
export const named = (...serials: string[]) => [{ gtin, lot: 'L', segment: 0, serials }];
const block = (...writes: WriteSpec[]) => writing(...writes);

/** S0 … S3 commissioned; S0 to S2 packed into a case on a pallet, which was shipped; S1 taken out and supplied. */
export function story(): FixtureLedger {
  const contents = [{ gtin, lot: 'L', units: 2, locked: 0 }];
  const group = { sscc: 'case', members: bitmapOf([0, 1, 2]), eventId: uuid(1), eventTime: time(1) };
  const serials = ['S0', 'S1', 'S2', 'S3'];
  const segment = { gtin, lot: 'L', segment: 0, unitsBefore: 0, serials, gln: plant, mspId: 'PharmaMSP' };
  return new FixtureLedger()
    .add(
      block(
        stored('product', 'p', {
          ...{ gtin, name: 'Amoxicillin', dosageForm: 'capsule', strength: '500 mg', packContent: 20, markets: ['DE'] },
          ...{ mspId: 'PharmaMSP', gln: plant, contractManufacturers: [], registeredAt: time(0) },
        }),
        stored('lot', 'l', {
          ...{ gtin, lot: 'L', expiry: '270331', expiresOn: '2027-03-31', manufacturedOn: '2025-12-01' },
          ...{ declaredQuantity: 10, gln: plant, mspId: 'PharmaMSP', registeredAt: time(0) },
        }),
        stored('segment', 's', { ...segment, eventId: uuid(0), eventTime: time(0) }),
        event(0, 'commission', { segments: { gtin, lot: 'L', first: 0, count: 1, units: 4 } }),
      ),
    )
    .add(
      block(
        stored('placement', 'pl', { gtin, lot: 'L', segment: 0, groups: [group] }),
        stored('container', 'case', {
          sscc: 'case',
          parent: 'pallet',
          state: 'active',
          contents,
          ...custody(plant, 'PharmaMSP', 1),
        }),
        event(1, 'pack', { packs: named('S0', 'S1', 'S2'), parent: 'case' }),
      ),
      block(event(2, 'pack', { containers: ['case'], parent: 'pallet' })),
      block(event(3, 'ship', { containers: ['pallet'], shipmentId: uuid(90), recipient: pharmacy })),
      block(
        stored('container', 'pallet', {
          sscc: 'pallet',
          state: 'active',
          contents,
          ...custody(pharmacy, 'HospitalMSP', 4),
        }),
        event(4, 'receive', { containers: ['pallet'], gln: pharmacy }),
        stored('licences', `licences|${pharmacy}`, { holder: pharmacy, licences: [] }),
      ),
    )
    .add(
      block(
        stored('pack', 'S1', {
          ...{ gtin, serial: 'S1', lot: 'L', segment: 0, state: 'supplied', ...custody(pharmacy, 'HospitalMSP', 5) },
          act: { event: 'dispense', gln: pharmacy, mspId: 'HospitalMSP', eventTime: time(5), recordTime: time(5) },
        }),
        event(5, 'dispense', { packs: named('S1'), gln: pharmacy }),
      ),
      block(event(6, 'ship', { containers: ['pallet'] })),
    );
}
