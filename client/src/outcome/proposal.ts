/** The transient map of a proposal: the only place where a command travels (nothing of it gets into a block). */
import type { Command, CommandBatch, Query } from '@chain-of-care/chaincode/model';
import { utf8, type Bytes } from '../encoding/index.ts';
import { randomBytes } from '../primitives/index.ts';

/** Keys as `transientKey` of the model names them. A type, so that an index signature of the SDK takes it. */
export type TransientMap = {
  /** UTF-8 JSON of the batch or query. */
  readonly request: Bytes;
  /** 32 random bytes: the answer comes back under this AES-256-GCM key. */
  readonly seal: Bytes;
  /** 32 random bytes: private values are salted from it. */
  readonly salt: Bytes;
};

export interface SealedProposal {
  readonly transient: TransientMap;
  /** The same 32 bytes as `transient.seal`; keep them to open the answer. */
  readonly sealKey: Bytes;
}

/** The proposal of a batch of commands; a fresh seal and salt each time, also when the same batch is proposed again. */
export function proposeCommands(commands: readonly Command[]): SealedProposal {
  return propose({ v: 1, commands } satisfies CommandBatch);
}

/** The proposal of a query, to be evaluated. */
export function proposeQuery(query: Omit<Query, 'v'>): SealedProposal {
  return propose({ v: 1, ...query } satisfies Query);
}

function propose(request: CommandBatch | Query): SealedProposal {
  const sealKey = randomBytes(32);
  const transient = { request: utf8(JSON.stringify(request)), seal: sealKey, salt: randomBytes(32) };
  return { transient, sealKey };
}
