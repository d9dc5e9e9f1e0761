import {
  deviceKeyType,
  groupKeyType,
  licenceListType,
  licenceRequestType,
  premisesType,
  staffType,
} from '@chain-of-care/chaincode/model';
import { projector } from '../projection/projector.ts';

/** Facts about who may act. */
export const registryProjectors = [
  projector(premisesType, (premises) => [
    {
      table: 'premises',
      row: {
        gln: premises.gln,
        msp_id: premises.mspId,
        name: premises.name,
        kind: premises.kind,
        latitude_e6: premises.latitudeE6,
        longitude_e6: premises.longitudeE6,
        country: premises.country,
        registered_at: premises.registeredAt,
      },
    },
  ]),
  projector(licenceListType, ({ holder, licences }) =>
    licences.map((licence) => ({
      table: 'licences',
      row: {
        licence_id: licence.licenceId,
        holder,
        kind: licence.kind,
        status: licence.status,
        valid_from: licence.validFrom,
        valid_until: licence.validUntil,
        granted_at: licence.grantedAt,
        changed_at: licence.changedAt,
        covers: licence.covers ?? null,
      },
    })),
  ),
  projector(licenceRequestType, (request) => [
    {
      table: 'licence_requests',
      row: {
        request_id: request.requestId,
        kind: request.kind,
        gln: request.gln,
        msp_id: request.mspId,
        covers: request.covers ?? null,
        documents: request.documents,
        status: request.status,
        requested_at: request.requestedAt,
        decided_at: request.decidedAt ?? null,
        reason: request.reason ?? null,
        licence_id: request.licenceId ?? null,
      },
    },
  ]),
  projector(staffType, (staff) => [
    {
      table: 'staff',
      row: {
        staff_id: staff.staffId,
        msp_id: staff.mspId,
        role: staff.role,
        department: staff.department ?? null,
        gln: staff.gln ?? null,
        sealing_key: staff.sealingKey ?? null,
        status: staff.status,
        registered_at: staff.registeredAt,
      },
    },
  ]),
  projector(deviceKeyType, (device) => [
    {
      table: 'devices',
      row: {
        device_key: device.deviceKey,
        staff_id: device.staffId,
        status: device.status,
        added_at: device.addedAt,
      },
    },
  ]),
  projector(groupKeyType, (key) => [
    {
      table: 'group_keys',
      row: {
        msp_id: key.mspId,
        group_name: key.group,
        epoch: key.epoch,
        public_key: key.publicKey,
        published_at: key.publishedAt,
      },
    },
  ]),
];
