import {
  batchKeyType,
  categoryKeyType,
  chainHeadType,
  openingType,
  patientLinkType,
  patientType,
  recordFactType,
  recordWithdrawalType,
  representativeEndingType,
  representativeType,
} from '@chain-of-care/chaincode/model';
import { projector } from '../projection/projector.ts';

/** Patients, their keys and their records. Records and batch keys are the facts that `exchange_H` mirrors. */
export const careProjectors = [
  projector(patientType, (patient) => {
    const document = JSON.parse(patient.didDocument) as { id?: unknown };
    return [
      {
        table: 'patients',
        row: {
          patient_id: patient.patientId,
          home: patient.home,
          handle: patient.handle,
          did: typeof document.id === 'string' ? document.id : '',
          status: patient.status,
          did_document: document,
          registered_at: patient.registeredAt,
        },
      },
      ...patient.devices.map(
        (device) =>
          ({
            table: 'patient_devices',
            row: {
              patient_id: patient.patientId,
              device_key: device.deviceKey,
              status: device.status,
              added_at: device.addedAt,
            },
          }) as const,
      ),
    ];
  }),
  projector(patientLinkType, (link) => [
    {
      table: 'patient_links',
      row: {
        patient_id: link.patientId,
        other_id: link.otherId,
        linked_at: link.linkedAt,
        linked_by: link.linkedBy,
        ended_at: link.endedAt ?? null,
      },
    },
  ]),
  projector(representativeType, (representative, { blockNumber }) => [
    {
      table: 'representatives',
      row: {
        patient_id: representative.patientId,
        device_key: representative.deviceKey,
        representative_id: representative.representativeId,
        person_id: representative.personId,
        relationship: representative.relationship,
        sealed_name: representative.sealedName ?? null,
        evidence: representative.evidence,
        confirmed_at: representative.confirmedAt,
        confirmed_by: representative.confirmedBy,
        ends_at: representative.endsAt ?? null,
        block_number: blockNumber,
      },
    },
  ]),
  projector(representativeEndingType, ({ representativeId, patientId, endedAt, endedBy }, { blockNumber }) => [
    {
      table: 'representative_endings',
      row: {
        representative_id: representativeId,
        patient_id: patientId,
        ended_at: endedAt,
        ended_by: endedBy,
        block_number: blockNumber,
      },
    },
  ]),
  projector(chainHeadType, (head) => [
    { table: 'chain_heads', row: { patient_id: head.patientId, length: head.length, hash: head.hash } },
  ]),
  projector(categoryKeyType, (key) => [
    {
      table: 'category_keys',
      row: {
        patient_id: key.patientId,
        category: key.category,
        confidentiality: key.confidentiality,
        epoch: key.epoch,
        public_key: key.publicKey,
      },
    },
  ]),
  projector(batchKeyType, (key, { isMirror }) =>
    isMirror
      ? []
      : [
          {
            table: 'batch_keys',
            row: {
              patient_id: key.patientId,
              batch_id: key.batchId,
              category: key.category,
              confidentiality: key.confidentiality,
              epoch: key.epoch,
              sealed_to_category: key.sealedToCategory,
              author_org: key.authorOrg,
              author_group: key.authorGroup,
              group_epoch: key.groupEpoch,
              sealed_to_group: key.sealedToGroup,
            },
          },
        ],
  ),
  projector(recordFactType, (record, { isMirror, txId, blockNumber }) =>
    isMirror
      ? []
      : [
          {
            table: 'records',
            row: {
              record_id: record.recordId,
              version: record.version,
              patient_id: record.patientId,
              category: record.category,
              confidentiality: record.confidentiality,
              clinical_date: record.clinicalDate,
              author_id: record.authorId,
              author_org: record.authorOrg,
              author_group: record.authorGroup,
              cid: record.cid,
              sha256: record.sha256,
              size: record.size,
              batch_id: record.batchId,
              wrapped_key: record.wrappedKey,
              sealed: record.sealed,
              terms: record.terms ?? null,
              withdrawn: record.withdrawn ?? null,
              record_time: record.recordTime,
              sequence: record.sequence,
              previous_hash: record.previousHash,
              hash: record.hash,
              tx_id: txId,
              block_number: blockNumber,
            },
          },
        ],
  ),
  projector(recordWithdrawalType, (withdrawal, { isMirror, blockNumber }) =>
    isMirror
      ? []
      : [
          {
            table: 'record_withdrawals',
            row: {
              record_id: withdrawal.recordId,
              patient_id: withdrawal.patientId,
              version: withdrawal.version,
              withdrawn: withdrawal.withdrawn,
              withdrawn_at: withdrawal.recordTime,
              block_number: blockNumber,
            },
          },
        ],
  ),
  projector(openingType, (opening) => [
    {
      table: 'openings',
      row: { patient_id: opening.patientId, category: opening.category, hospitals: opening.hospitals },
    },
  ]),
];
