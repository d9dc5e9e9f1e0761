/** The contract `care`: patients, records, consents, access. A handler a domain. */
import type { ContractDefinition } from '../ledger/index.ts';
import { checkAccess, openAccess, permittedRecords } from './accesses.ts';
import { denyAccessRequest, requestAccess, withdrawAccessRequest } from './accessRequests.ts';
import { addCareTeamMember, removeCareTeamMember } from './careTeam.ts';
import { appendRecords } from './appendRecords.ts';
import { addWraps, delegateConsent, grantConsent, revokeConsent } from './consents.ts';
import { beginKeyEpoch } from './keyEpochs.ts';
import { changePatientStatus, linkPatients } from './changePatient.ts';
import { mirrorRecords } from './mirrorRecords.ts';
import { readRecords } from './queries.ts';
import { createSharingToken, redeemSharingToken, revokeSharingToken } from './sharingTokens.ts';
import { confirmRepresentative, endRepresentative } from './representatives.ts';
import { registerPatient } from './registerPatient.ts';
import { withdrawRecord } from './withdrawRecord.ts';

export const careDefinition: ContractDefinition = {
  commands: {
    'care.registerPatient': registerPatient,
    'care.linkPatients': linkPatients,
    'care.changePatientStatus': changePatientStatus,
    'care.confirmRepresentative': confirmRepresentative,
    'care.endRepresentative': endRepresentative,
    'care.appendRecords': appendRecords,
    'care.withdrawRecord': withdrawRecord,
    'care.grantConsent': grantConsent,
    'care.delegateConsent': delegateConsent,
    'care.addWraps': addWraps,
    'care.revokeConsent': revokeConsent,
    'care.beginKeyEpoch': beginKeyEpoch,
    'care.addCareTeamMember': addCareTeamMember,
    'care.removeCareTeamMember': removeCareTeamMember,
    'care.requestAccess': requestAccess,
    'care.denyAccessRequest': denyAccessRequest,
    'care.withdrawAccessRequest': withdrawAccessRequest,
    'care.createSharingToken': createSharingToken,
    'care.revokeSharingToken': revokeSharingToken,
    'care.redeemSharingToken': redeemSharingToken,
    'care.mirrorRecords': mirrorRecords,
    'care.openAccess': openAccess,
  },
  queries: {
    'care.checkAccess': checkAccess,
    'care.permittedRecords': permittedRecords,
    'care.readRecords': readRecords,
  },
};
