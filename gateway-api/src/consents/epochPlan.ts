/** Which key pairs need a new epoch, and who is still to have which seeds. Pure. */
import type { CategoryKey } from '@chain-of-care/chaincode/model';
import type { HeldSeed } from '../readmodel/queries/seeds.ts';

type Pair = Pick<HeldSeed, 'category' | 'confidentiality'>;

/** A consent whose grantee was given seeds. */
export interface Holder {
  readonly consentId: string;
  readonly seeds: readonly HeldSeed[];
  /** Whether the consent stands and covers the whole pair. */
  readonly mayHold: (pair: Pair) => boolean;
}

export interface EpochPlan {
  /** Epochs that begin: the current seed is with somebody who may have it no more. */
  readonly begin: readonly HeldSeed[];
  /** By consent: seeds that its grantee may have and was not given, those of the epochs that begin included. */
  readonly owed: ReadonlyMap<string, readonly HeldSeed[]>;
}

export function planEpochs(current: readonly CategoryKey[], holders: readonly Holder[]): EpochPlan {
  const begin: HeldSeed[] = [];
  const owed = new Map<string, HeldSeed[]>();
  for (const { category, confidentiality, epoch } of current) {
    const pair = { category, confidentiality };
    const held = holders
      .map(({ consentId, seeds, mayHold }) => ({
        consentId,
        isAllowed: mayHold(pair),
        epochs: new Set(seeds.filter((seed) => isOf(seed, pair)).map((seed) => seed.epoch)),
      }))
      .filter(({ epochs }) => epochs.size > 0);
    const isLost = held.some(({ epochs, isAllowed }) => !isAllowed && epochs.has(epoch));
    const newest = isLost ? epoch + 1 : epoch;
    if (isLost) begin.push({ ...pair, epoch: newest });
    for (const { consentId, isAllowed, epochs } of held) {
      if (!isAllowed) continue;
      const missing = Array.from({ length: newest + 1 }, (_, each) => each).filter((each) => !epochs.has(each));
      if (missing.length === 0) continue;
      const seeds = owed.get(consentId) ?? [];
      seeds.push(...missing.map((each) => Object.assign({ epoch: each }, pair)));
      owed.set(consentId, seeds);
    }
  }
  return { begin, owed };
}

function isOf(seed: HeldSeed, { category, confidentiality }: Pair): boolean {
  return seed.category === category && seed.confidentiality === confidentiality;
}
