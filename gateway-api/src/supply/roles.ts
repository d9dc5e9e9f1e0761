/** Roles of the supply chain. */
import type { StaffRole } from '@chain-of-care/chaincode/model';

/** Roles of traders and dispensers. */
export const tradingRoles: readonly StaffRole[] = [
  'manufacturer',
  'cmo',
  'distributor',
  '3pl',
  'carrier',
  'repackager',
  'destroyer',
  'pharmacist',
];

/** Roles that act on goods; the ledger decides again, by role, licence, premises and custody. */
export const supplyRoles: readonly StaffRole[] = [...tradingRoles, 'inspector'];
