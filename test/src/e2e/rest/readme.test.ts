/** The README's tour of the API is pasted by strangers: here it is run as it stands, on the network of the test run. */
import { beforeAll, test } from '@jest/globals';
import { network } from '../../system/networks.ts';
import { blocksOf, pasted, requireInOrder } from './pasted.fixture.ts';

beforeAll(() => network.start(), 300_000);

/** What a tour prints, in this order. */
const tours = [
  {
    about: 'a chart: import, refusal, consent, reading, revocation, audit, integrity',
    prints: [
      '"name":{"family":"Example"',
      '"status":"succeeded"',
      '"counts":{"Patient":{"demographics":1},"AllergyIntolerance":{"allergy":1},"Observation":{"lab_result":1}}',
      '"code":"consent_missing"',
      '"code":{"text":"Penicillin"}',
      '"revokedAt":',
      '"code":"access_not_permitted"',
      '"decision":"deny"',
      '"valid":true',
    ],
  },
  {
    about: 'a pack: commission, ship, receive, dispense, a second dispensing refused, its alert, verification',
    prints: [
      '"status":"applied"',
      '"shipmentStatus":"received"',
      '"status":"applied"',
      '"status":409',
      '"reason":"already_supplied_here"',
      '"isAuthentic":true',
    ],
  },
];

test.each(tours)(
  "the README's commands show what it says of $about",
  async ({ prints }) => {
    const block = (await blocksOf('README.md', network))[tours.findIndex((each) => each.prints === prints)];
    requireInOrder(await pasted(block ?? 'no such block'), prints);
  },
  120_000,
);
