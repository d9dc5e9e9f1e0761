/** The hash chain over a patient's record versions. */
import { createHash } from 'node:crypto';
import { canonicalJson, type RecordFact } from '../model/index.ts';

/** The `previousHash` of a chain's first entry. */
export const chainStart = '0'.repeat(64);

type ChainEntry = Omit<RecordFact, 'hash'>;

/** SHA-256, hex, over the canonical JSON of the entry, the hash of the previous one included. */
export function entryHash(entry: ChainEntry): string {
  const fields: Record<keyof ChainEntry, unknown> = {
    patientId: entry.patientId,
    recordId: entry.recordId,
    version: entry.version,
    category: entry.category,
    confidentiality: entry.confidentiality,
    clinicalDate: entry.clinicalDate,
    authorId: entry.authorId,
    authorOrg: entry.authorOrg,
    authorGroup: entry.authorGroup,
    cid: entry.cid,
    sha256: entry.sha256,
    size: entry.size,
    batchId: entry.batchId,
    wrappedKey: entry.wrappedKey,
    sealed: entry.sealed,
    terms: entry.terms,
    withdrawn: entry.withdrawn,
    recordTime: entry.recordTime,
    sequence: entry.sequence,
    previousHash: entry.previousHash,
  };
  return createHash('sha256').update(canonicalJson(fields)).digest('hex');
}

/** Where a chain is broken: what was expected in the place of what. */
export interface BrokenLink {
  readonly sequence: number;
  readonly recordId?: string;
  readonly version?: number;
  readonly reason: 'missing' | 'hash' | 'previous_hash' | 'head';
}

/**
 * Recomputes a chain.
 *
 * @param entries all record versions of the patient, sorted by sequence
 * @param head as the ledger has it
 */
export function brokenLinks(
  entries: readonly RecordFact[],
  head: { readonly length: number; readonly hash: string },
): readonly BrokenLink[] {
  const broken: BrokenLink[] = [];
  let previousHash = chainStart;
  let next = 1;
  for (const entry of entries) {
    const at = { sequence: entry.sequence, recordId: entry.recordId, version: entry.version };
    for (; next < entry.sequence && next <= head.length; next += 1) broken.push({ sequence: next, reason: 'missing' });
    if (entryHash(entry) !== entry.hash) broken.push({ ...at, reason: 'hash' });
    else if (entry.previousHash !== previousHash) broken.push({ ...at, reason: 'previous_hash' });
    previousHash = entry.hash;
    next = entry.sequence + 1;
  }
  for (; next <= head.length; next += 1) broken.push({ sequence: next, reason: 'missing' });
  if (previousHash !== head.hash && broken.length === 0) broken.push({ sequence: head.length, reason: 'head' });
  return broken;
}
