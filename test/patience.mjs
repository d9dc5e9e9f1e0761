import { jest } from '@jest/globals';

/** Real networks on a busy machine: a hook or test without a limit of its own has two minutes. */
jest.setTimeout(120_000);
