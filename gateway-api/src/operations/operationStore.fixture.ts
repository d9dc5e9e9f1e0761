import { hasEnded, type KeptOperation, type OperationStore } from './operation.ts';

/** Keeps operations as a database would: what is put is a copy. */
export function operationsInMemory(): OperationStore {
  const all = new Map<string, KeptOperation>();
  return {
    find: async (id) => structuredClone(all.get(id)),
    put: async (kept) => void all.set(kept.operation.id, structuredClone(kept)),
    unfinished: async () => structuredClone([...all.values()].filter(({ operation }) => !hasEnded(operation))),
    ofOwner: async (owner, { status }) => ({
      items: [...all.values()]
        .filter((kept) => kept.owner === owner && (status ?? kept.operation.status) === kept.operation.status)
        .map(({ operation }) => structuredClone(operation)),
    }),
  };
}
