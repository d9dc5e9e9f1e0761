/**
 * What each supply act answers: goods of one's own or somebody else's × a licence that holds, is suspended, has expired.
 * `applied`, or the code of the refusal. The licence is looked at before the goods, so that who lost it learns nothing
 * about them. A recall needs no licence: a maker that lost it must still be able to warn.
 */
import type { CustodyEvent } from '@chain-of-care/chaincode/model';

export const licenceStates = ['valid', 'suspended', 'expired'] as const;
export type LicenceState = (typeof licenceStates)[number];
export const ownerships = ['own', 'foreign'] as const;
export type Ownership = (typeof ownerships)[number];

export type SupplyAct = CustodyEvent | 'registerProduct' | 'registerLot' | 'recall' | 'reportAlert';
export type TradingRole = 'manufacturer' | 'cmo' | 'distributor' | 'pharmacist' | 'repackager' | 'inspector';

export interface CellRow {
  readonly act: SupplyAct;
  readonly role: TradingRole;
  readonly own: readonly [valid: string, suspended: string, expired: string];
  /** Absent: there is no such thing as another's. */
  readonly foreign?: readonly [valid: string, suspended: string, expired: string];
}

const lost = ['licence_suspended', 'licence_expired'] as const;
const always = ['applied', 'applied', 'applied'] as const;

const custodian = (act: CustodyEvent, role: TradingRole, foreign = 'not_custodian'): CellRow => ({
  act,
  role,
  own: ['applied', ...lost],
  foreign: [foreign, ...lost],
});

export const supplyCells: readonly CellRow[] = [
  { act: 'registerProduct', role: 'manufacturer', own: ['applied', ...lost] },
  { act: 'registerLot', role: 'cmo', own: ['applied', ...lost], foreign: ['organization_not_allowed', ...lost] },
  custodian('commission', 'cmo'),
  custodian('pack', 'distributor'),
  custodian('unpack', 'distributor'),
  custodian('ship', 'distributor'),
  custodian('return', 'distributor'),
  custodian('receive', 'distributor', 'wrong_recipient'),
  custodian('voidShip', 'distributor'),
  custodian('lock', 'distributor'),
  custodian('unlock', 'distributor'),
  custodian('dispense', 'pharmacist'),
  custodian('undoDispense', 'pharmacist', 'wrong_premises'),
  custodian('open', 'pharmacist'),
  custodian('freeSample', 'manufacturer'),
  custodian('supplyArticle23', 'distributor'),
  custodian('export', 'distributor'),
  custodian('checkOut', 'repackager'),
  custodian('undo', 'distributor', 'wrong_premises'),
  custodian('steal', 'distributor'),
  custodian('destroy', 'distributor'),
  custodian('inspect', 'distributor'),
  { act: 'observe', role: 'distributor', own: ['applied', ...lost], foreign: ['applied', ...lost] },
  { act: 'sample', role: 'inspector', own: always },
  { act: 'recall', role: 'manufacturer', own: always },
  { act: 'reportAlert', role: 'distributor', own: ['applied', ...lost], foreign: ['applied', ...lost] },
];
