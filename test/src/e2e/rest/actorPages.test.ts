/** The pages for each actor of the care chain say what they can do; what they print is run here as it stands. */
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
    prints: ['"type":"access"', '"origin":{"address":', '"complete":true', '"code":"role_not_allowed"'],
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
