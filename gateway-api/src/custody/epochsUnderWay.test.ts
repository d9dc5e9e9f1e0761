import { expect, test } from '@jest/globals';
import { EpochsUnderWay } from './epochsUnderWay.ts';

const isPending = Symbol('pending');
const stateOf = async (promise: Promise<unknown>) =>
  Promise.race([promise, new Promise((resolve) => setTimeout(() => resolve(isPending), 20))]);

test('what is appended waits for its own patient only, until the work ends', async () => {
  const epochs = new EpochsUnderWay();
  let end = (): void => undefined;
  epochs.track('zoe', new Promise<void>((resolve) => (end = resolve)));
  const waiting = epochs.settled('zoe');
  expect(await stateOf(waiting)).toBe(isPending);
  expect(await stateOf(epochs.settled('max'))).toBeUndefined();
  end();
  await waiting;
  expect(epochs.isRunning('zoe')).toBe(false);
});

test('work that fails holds nobody up, and is nobody else’s error', async () => {
  const epochs = new EpochsUnderWay();
  epochs.track('zoe', Promise.reject(new Error('the regulator is away')));
  await expect(epochs.settled('zoe')).resolves.toBeUndefined();
});

test('care waits for a time and no longer', async () => {
  const epochs = new EpochsUnderWay(5);
  epochs.track('zoe', new Promise(() => undefined));
  await expect(epochs.settled('zoe')).resolves.toBeUndefined();
});

test('after a start everybody waits until it is known whose work is left, and then for their own', async () => {
  const epochs = new EpochsUnderWay();
  let know = (): void => undefined;
  epochs.begin(
    new Promise<void>((resolve) => (know = resolve)).then(() => epochs.track('zoe', new Promise(() => undefined))),
  );
  const [zoe, max] = [epochs.settled('zoe'), epochs.settled('max')];
  expect([await stateOf(zoe), await stateOf(max)]).toEqual([isPending, isPending]);
  know();
  await max;
  expect(await stateOf(zoe)).toBe(isPending);
  expect(await stateOf(epochs.settled('max'))).toBeUndefined();
});
