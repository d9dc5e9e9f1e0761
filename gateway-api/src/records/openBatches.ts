/**
 * Batch keys that an author's group goes on using for a while, so that each record of a chart or a feed need not bring two
 * seals of its own (decision 0016).
 */
import { servesForMs } from '@chain-of-care/chaincode/rules';
import type { BatchRecipients, NewBatch } from '@chain-of-care/client';
import { ExpiringMap } from '../memory/expiringMap.ts';

/** For whom a batch key is sealed: anybody else, or another epoch of one of them, has another. */
export interface BatchPurpose {
  readonly patientId: string;
  readonly category: Pick<BatchRecipients['category'], 'category' | 'confidentiality' | 'epoch'>;
  readonly author: Pick<BatchRecipients['author'], 'mspId' | 'group' | 'epoch'>;
}

const capacity = 20_000;

export class OpenBatches {
  /** As long as an access serves: the longest that opened keys stay in memory anywhere. */
  readonly #kept: ExpiringMap<NewBatch>;

  constructor(clock: () => number) {
    this.#kept = new ExpiringMap(servesForMs, capacity, clock);
  }

  /** A batch that is on the ledger and may take more records. */
  find(purpose: BatchPurpose): NewBatch | undefined {
    return this.#kept.get(idOf(purpose));
  }

  /** @param batch committed: who is given it may name it in a command of their own */
  keep(purpose: BatchPurpose, batch: NewBatch): void {
    this.#kept.set(idOf(purpose), batch);
  }
}

function idOf({ patientId, category, author }: BatchPurpose): string {
  return [
    patientId,
    category.category,
    category.confidentiality,
    category.epoch,
    author.mspId,
    author.epoch,
    author.group,
  ].join('|');
}
