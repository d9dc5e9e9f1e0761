/** One value of every stored type of the registry. */
import type * as model from '@chain-of-care/chaincode/model';
import { at, gln, hash, mspId, stored, type Sample } from './sampleParts.fixture.ts';

export const registry = [
  {
    ...stored,
    t: 'premises',
    gln,
    mspId,
    name: 'Plant',
    kind: 'plant',
    latitudeE6: 1,
    longitudeE6: -1,
    country: 'DE',
    registeredAt: at,
  } satisfies Sample<typeof model.premisesType>,
  {
    ...stored,
    t: 'licences',
    holder: gln,
    licences: [
      {
        licenceId: 'l1',
        kind: 'manufacturer',
        status: 'active',
        validFrom: at,
        validUntil: '2027-01-01T00:00:00Z',
        grantedAt: at,
        changedAt: at,
      },
    ],
  } satisfies Sample<typeof model.licenceListType>,
  {
    ...stored,
    t: 'licence-request',
    requestId: 'lr1',
    kind: 'distributor',
    gln,
    mspId,
    documents: [],
    status: 'requested',
    requestedAt: at,
  } satisfies Sample<typeof model.licenceRequestType>,
  {
    ...stored,
    t: 'staff',
    staffId: 's1',
    mspId,
    role: 'manufacturer',
    gln,
    status: 'active',
    registeredAt: at,
  } satisfies Sample<typeof model.staffType>,
  {
    ...stored,
    t: 'device-key',
    deviceKey: hash,
    staffId: 's1',
    status: 'active',
    addedAt: at,
  } satisfies Sample<typeof model.deviceKeyType>,
  {
    ...stored,
    t: 'group-key',
    mspId,
    group: 'cardiology',
    epoch: 0,
    publicKey: 'AA',
    publishedAt: at,
  } satisfies Sample<typeof model.groupKeyType>,
];
