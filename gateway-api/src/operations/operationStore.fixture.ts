import type { KeptOperation, OperationStore } from './operations.ts';

/** Keeps operations as a database would: what is put is a copy. */
export function operationsInMemory(): OperationStore {
  const all = new Map<string, KeptOperation>();
  return {
    find: async (id) => structuredClone(all.get(id)),
    put: async (kept) => void all.set(kept.operation.id, structuredClone(kept)),
    running: async () => structuredClone([...all.values()].filter(({ operation }) => operation.status === 'running')),
  };
}
