/** The pages for each actor, of care and of supply, say what they can do; what they print is run here as it stands. */
import { beforeAll, test } from '@jest/globals';
import { network } from '../../system/networks.ts';
import { blocksOf, pasted, requireInOrder } from './pasted.fixture.ts';

beforeAll(() => network.start(), 300_000);

/** In the order in which they are pasted: a chart that is written first is there to be read. */
const pages: readonly { readonly actor: string; readonly prints: readonly string[] }[] = [
  {
    actor: 'clinician',
    prints: [
      '"name":{"family":"Example"',
      '"title":"HbA1c"',
      'HTTP/1.1 200 OK',
      'x-integrity-verified: true',
      '5.4 %',
      '"code":"consent_missing"',
    ],
  },
  {
    actor: 'patient',
    prints: [
      '"category":"lab_result"',
      '"title":"HbA1c"',
      '"revokedAt":',
      '"interaction":"revoke"',
      'recordTime,type,interaction',
      '"resourceType":"AuditEvent"',
      '"valid":true',
    ],
  },
  {
    actor: 'representative',
    prints: [
      '"relationship":"PRN","active":true',
      '"dataKeys":0',
      '"accessorRole":"representative"',
      '"endedAt":',
      '"code":"not_own_patient"',
    ],
  },
  {
    actor: 'registrar',
    prints: [
      '"did":"did:',
      '"code":"already_exists"',
      '"family":"Muster"',
      '{"items":[]}',
      '"code":"role_not_allowed"',
    ],
  },
  {
    actor: 'privacy-officer',
    prints: [
      '"decision":"deny"',
      'recordTime,type,interaction',
      '"complete":true',
      '"valid":true',
      '"status":"operational"',
      '"ok":true',
      '"ok":true',
    ],
  },
  {
    actor: 'regulator',
    prints: [
      ...['"type":"access"', '"origin":{"address":', '"complete":true', '"code":"role_not_allowed"'],
      ...['"name":"North Warehouse"', '"status":"suspended"', '"status":"active"', '"kind":"inspect"'],
      ...['"status":"investigating"', '"status":"false_alarm"', '"status":"resolved"'],
      ...['"change":"investigate"', '"reason":"goods_released"', '"totalAlerts":'],
    ],
  },
  {
    actor: 'manufacturer',
    prints: [
      ...['"releasedAt":', '"units":100', '"sscc":', '"code":"lot_quantity_exceeded"', '<svg', '"shipmentId":'],
      ...['"code":"lot_recalled"', '"commissioned":100', '"stillOut":24'],
    ],
  },
  {
    actor: 'distributor',
    prints: [
      ...['"status":"applied"', '"status":"open"', '"code":"wrong_state"', '"riskBand":"accept"'],
      ...['"shipmentStatus":"received"', '"code":"not_in_shipment"', '"documentType":"TransactionInformation"'],
      ...['"status":"applied"', '"status":"applied"'],
    ],
  },
  {
    actor: 'pharmacist',
    prints: [
      ...['"shipmentStatus":"received"', '"riskBand":"accept"', '"status":"applied"', '"already_supplied_here"'],
      ...['"status":"applied"', '"status":"applied"', '"authentic":1,"notAuthentic":1'],
      ...['1,true,0,accept', '2,false,100,reject', '"alertId":'],
    ],
  },
  {
    actor: 'box-in-the-hand',
    prints: [
      ...['"shipmentStatus":"received"', '"isAuthentic":true', '"state":"supplied"', '"verified":true'],
      ...['"isAuthentic":false', 'Diese Packung konnte nicht', '"alertId":'],
    ],
  },
];

test.each(pages)(
  'the page for the $actor shows what it says',
  async ({ actor, prints }) => {
    const blocks = await blocksOf(`docs/actors/${actor}.md`, network);
    requireInOrder(await pasted(blocks.join('\n')), prints);
  },
  120_000,
);

const topics: readonly { readonly topic: string; readonly prints: readonly string[] }[] = [
  {
    topic: 'consents',
    prints: [
      ...['"considered":', '"gained":', '"dataKeys":', '"delegatedBy":', '"revokedAt":', '"revokedAt":'],
      ...['"status":"approved"', '"secret":'],
    ],
  },
  {
    topic: 'records',
    prints: ['"v1"', '"version":1', '"version":2', '"code":"precondition_failed"', '"version":2', '"version":3'],
  },
  {
    topic: 'people',
    prints: [
      ...[
        '"code":"consent_missing"',
        '"servesUntil":',
        '"removedAt":',
        '"code":"consent_missing"',
        '"revokedAt":',
        '"home":"HospitalMSP"',
      ],
      ...['the code is wrong, spent or expired', '"items":'],
    ],
  },
  { topic: 'operations', prints: ['"kind":"grantConsent","status":"succeeded"', '"revokedAt":'] },
  { topic: 'verification', prints: ['"isAuthentic":true', '"riskScore":40', '"isAuthentic":false', '"riskScore":100'] },
  { topic: 'alerts-and-recalls', prints: ['"transactionId":', '"endorsedBy":', '"orderedBy":', '"attestedBy":'] },
];

test.each(topics)(
  'the page about $topic shows what it says',
  async ({ topic, prints }) => {
    const blocks = await blocksOf(`docs/${topic}.md`, network);
    requireInOrder(await pasted(blocks.join('\n')), prints);
  },
  120_000,
);
