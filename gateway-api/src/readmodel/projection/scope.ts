import { collectionName, type Consortium } from '@chain-of-care/chaincode/model';
import type { Scope } from './change.ts';

/** What an organisation of the consortium projects: the collections it is a member of. */
export function scopeOf(consortium: Consortium, mspId: string, chaincode: string): Scope {
  const received = new Set(
    consortium.collections.filter(({ members }) => members.includes(mspId)).map(({ name }) => name),
  );
  const mirrors = new Set(
    consortium
      .withRole('hospital')
      .filter((hospital) => received.has(collectionName.care(hospital)))
      .map((hospital) => collectionName.exchange(hospital)),
  );
  return {
    chaincode,
    receives: (collection) => received.has(collection),
    mirrors: (collection) => mirrors.has(collection),
  };
}
