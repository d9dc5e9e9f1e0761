import { jest } from '@jest/globals';

/** Real networks on a busy machine: a hook or test without a limit of its own has a minute. */
jest.setTimeout(60_000);
