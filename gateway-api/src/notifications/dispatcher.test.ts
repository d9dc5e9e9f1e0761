import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { FixtureLedger } from '../readmodel/blocks/ledger.fixture.ts';
import type { ReadModel } from '../readmodel/index.ts';
import { readModelInMemory, staffWrite, writing } from '../readmodel/readModel.fixture.ts';
import { Dispatcher } from './dispatcher.ts';
import type { Notice } from './notice.ts';
import { pharmacist, uuid } from './notifications.fixture.ts';

let readModel: ReadModel;
let facts: number[];
let told: unknown[];
let dispatcher: Dispatcher;
/** What happens once a source has read its facts, before they are written. */
let meanwhile: () => void;

beforeEach(async () => {
  readModel = await readModelInMemory();
  await readModel.catchUp(new FixtureLedger().add(writing(staffWrite(pharmacist))), 0n);
  [facts, told, meanwhile] = [[], [], () => undefined];
  dispatcher = new Dispatcher({
    readModel,
    log: { warn: () => undefined, error: () => undefined },
    alsoWrite: async () => undefined,
    written: (rows) => told.push(...rows.map(({ about }) => about)),
    sources: [
      async () => {
        const notices = facts.map(notice);
        const happens = meanwhile;
        meanwhile = () => undefined;
        happens();
        return notices;
      },
    ],
  });
  dispatcher.start();
  await dispatcher.settled();
});
afterEach(async () => {
  await dispatcher.stop();
  await readModel.close();
});

const notice = (fact: number): Notice => ({
  source: `integrityBroken|${fact}`,
  kind: 'integrityBroken',
  severity: 'critical',
  about: { reference: uuid(fact) },
  occurredAt: '2026-01-01T00:00:00.000Z',
  blockNumber: 0,
  recipients: [pharmacist],
});

test('what comes to a block while its notices are written is told of too', async () => {
  facts.push(1);
  meanwhile = () => {
    facts.push(2);
    dispatcher.readAgain(0);
  };
  dispatcher.readAgain(0);
  await dispatcher.settled();
  expect(told).toEqual([{ reference: uuid(1) }, { reference: uuid(2) }]);
});

test('a block whose notices could not be written is read again', async () => {
  facts.push(1);
  meanwhile = () => {
    throw new Error('the database is away');
  };
  dispatcher.readAgain(0);
  await dispatcher.settled();
  expect(told).toEqual([{ reference: uuid(1) }]);
});
