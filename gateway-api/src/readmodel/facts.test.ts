import { expect, jest, test } from '@jest/globals';
import { FixtureLedger } from './blocks/ledger.fixture.ts';
import { Facts } from './facts.ts';
import { readModelInMemory, staffWrite, writing } from './readModel.fixture.ts';

test('a fact is asked of the database once, and again after a block changed one of its kind', async () => {
  const model = await readModelInMemory();
  const ledger = new FixtureLedger().add(writing(staffWrite('s1')));
  await model.catchUp(ledger, 0n);
  const select = jest.spyOn(model.db, 'selectFrom');
  const facts = new Facts(model);
  expect(await Promise.all([facts.staff('s1'), facts.staff('s1'), facts.staff('unknown')])).toMatchObject([
    { status: 'active' },
    { status: 'active' },
    undefined,
  ]);
  expect(select).toHaveBeenCalledTimes(2);
  ledger.add(writing(staffWrite('s1', { status: 'suspended' })));
  await model.catchUp(ledger, 1n);
  expect(await facts.staff('s1')).toMatchObject({ status: 'suspended' });
  await model.close();
});
