import { jest } from '@jest/globals';

/** On a busy machine a database or a network takes long: a hook or test without a limit of its own has two minutes. */
jest.setTimeout(120_000);
