import {
  accessCounterType,
  accessRequestType,
  accessType,
  careTeamMemberType,
  careTeamRemovalType,
  consentBucketType,
  consentStopsType,
  consentType,
  grantKeyType,
  grantWrapType,
  sharingTokenType,
  subjectOf,
} from '@chain-of-care/chaincode/model';
import { fieldsOf, projector } from '../projection/projector.ts';

/** What patients permit, and who has used it. Each of these facts lies in one collection only. */
export const consentProjectors = [
  projector(consentType, (consent, { txId }) => {
    const { patientId, grantee, sealedNote, grantedBy, ...stored } = consent;
    const rule = fieldsOf(stored);
    return [
      {
        table: 'consents',
        row: {
          consent_id: rule.consentId,
          patient_id: patientId,
          grantee_kind: grantee.kind,
          grantee_org: grantee.mspId ?? null,
          grantee_id: grantee.id ?? null,
          subject: subjectOf(grantee),
          decision: rule.decision,
          level: rule.level,
          rule,
          sealed_note: sealedNote ?? null,
          granted_by: grantedBy,
          granted_at: rule.grantedAt,
          expires_at: rule.expiresAt ?? null,
          tx_id: txId,
        },
      },
    ];
  }),
  projector(consentBucketType, ({ patientId, subject, rules, closing }) => [
    { table: 'consent_buckets', row: { patient_id: patientId, subject, rules, closing: closing ?? null } },
  ]),
  projector(consentStopsType, ({ patientId, subject, stops }) =>
    stops.map((stop) => ({
      table: 'consent_stops',
      row: {
        consent_id: stop.consentId,
        patient_id: patientId,
        subject,
        revoked_at: stop.revokedAt,
        revoked_by: stop.revokedBy,
        closes: stop.closes ?? null,
      },
    })),
  ),
  projector(careTeamMemberType, ({ membershipId, patientId, mspId, staffId, addedAt }, { blockNumber }) => [
    {
      table: 'care_team_members',
      row: {
        patient_id: patientId,
        staff_id: staffId,
        msp_id: mspId,
        membership_id: membershipId,
        added_at: addedAt,
        block_number: blockNumber,
      },
    },
  ]),
  projector(careTeamRemovalType, ({ membershipId, patientId, staffId, removedAt }, { blockNumber }) => [
    {
      table: 'care_team_removals',
      row: {
        membership_id: membershipId,
        patient_id: patientId,
        staff_id: staffId,
        removed_at: removedAt,
        block_number: blockNumber,
      },
    },
  ]),
  projector(accessCounterType, ({ patientId, consentId, used }) => [
    { table: 'access_counters', row: { patient_id: patientId, consent_id: consentId, used } },
  ]),
  projector(accessRequestType, (request, { txId, blockNumber }) => [
    {
      table: 'access_requests',
      row: {
        request_id: request.requestId,
        patient_id: request.patientId,
        requester_id: request.requesterId,
        requester_org: request.requesterOrg,
        requester_role: request.requesterRole,
        purpose_of_use: request.purposeOfUse,
        categories: request.categories,
        days: request.days,
        receiving_department: request.receivingDepartment ?? null,
        sealed_reason: request.sealedReason,
        requested_at: request.requestedAt,
        lapses_at: request.lapsesAt,
        status: request.status,
        answered_at: request.answeredAt ?? null,
        consent_id: request.consentId ?? null,
        tx_id: txId,
        block_number: blockNumber,
      },
    },
  ]),
  projector(sharingTokenType, (token) => [
    {
      table: 'sharing_tokens',
      row: {
        token_id: token.tokenId,
        patient_id: token.patientId,
        redeem_hash: token.redeemHash,
        keys: token.keys,
        purpose_of_use: token.purposeOfUse,
        single_use: token.singleUse,
        grantee_org: token.grantee?.mspId ?? null,
        grantee_id: token.grantee?.id ?? null,
        created_at: token.createdAt,
        expires_at: token.expiresAt,
        spent_by: token.spentBy ?? null,
        spent_at: token.spentAt ?? null,
      },
    },
  ]),
  projector(grantKeyType, ({ patientId, consentId, keyId, recipient, sealed }) => [
    { table: 'grant_keys', row: { patient_id: patientId, consent_id: consentId, key_id: keyId, recipient, sealed } },
  ]),
  projector(grantWrapType, (wrap) => [
    {
      table: 'wraps',
      row: {
        patient_id: wrap.patientId,
        consent_id: wrap.consentId,
        wrap_id: wrap.wrapId,
        key_id: wrap.keyId ?? null,
        kind: wrap.kind,
        category: wrap.category,
        confidentiality: wrap.confidentiality,
        epoch: wrap.epoch,
        record_id: wrap.recordId ?? null,
        version: wrap.version ?? null,
        recipient: wrap.recipient,
        sealed: wrap.sealed,
      },
    },
  ]),
  projector(accessType, (access, { collection, txId, blockNumber }) => [
    {
      table: 'accesses',
      row: {
        access_id: access.accessId,
        patient_id: access.patientId,
        accessor_id: access.accessorId,
        accessor_org: access.accessorOrg,
        accessor_role: access.accessorRole,
        accessor_group: access.accessorGroup ?? null,
        device_key: access.deviceKey,
        purpose_of_use: access.purposeOfUse,
        sealed_reason: access.sealedReason ?? null,
        records: access.records ?? null,
        categories: access.categories ?? null,
        decision: access.decision,
        code: access.code ?? null,
        basis: access.basis,
        withheld: access.withheld,
        record_time: access.recordTime,
        not_after: access.notAfter,
        serves_until: access.servesUntil,
        collection,
        tx_id: txId,
        block_number: blockNumber,
      },
    },
  ]),
];
