/** Who may call the care endpoints: a first filter by role. The ledger's role × act table decides again. */
import { acts, type ActName } from '@chain-of-care/chaincode/rules';
import type { CallerRole } from './caller.ts';

export const rolesOf = (act: ActName): readonly CallerRole[] => acts[act].roles;

/** Who decides about a chart: the patient, and who represents them. */
export const patientSide = ['patient', 'representative'] as const satisfies readonly CallerRole[];
export const registrars = rolesOf('care.registerPatient');
export const writers = rolesOf('care.writeRecords');
export const chartRoles = rolesOf('care.openAccess');
