/** Ciphertext of a record: from the own store at the patient's home, from the home's gateway elsewhere. */
import { createHash } from 'node:crypto';
import type { RecordFact } from '@chain-of-care/chaincode/model';
import { Problem, type ProblemCode } from '../http/problem.ts';
import type { AccessFact } from '../readmodel/queries/care.ts';
import type { Services } from '../services.ts';
import { CiphertextStoreError } from '../vault/store/index.ts';

export interface Ciphertext {
  /** Bytes, as the ledger has it. */
  readonly length: number;
  readonly stream: () => AsyncIterable<Uint8Array>;
  /** Hashes the whole before anything of it leaves. @throws Problem content_not_found, integrity_violation */
  readonly verify: () => Promise<void>;
  /** The bytes from `start` up to but without `end`. */
  readonly read: (start: number, end: number) => Promise<Uint8Array>;
}

export interface Source {
  readonly fetch: (range?: { start: number; end: number }) => Promise<AsyncIterable<Uint8Array>>;
  readonly verify: () => Promise<void>;
}

/** @throws Problem content_not_found, integrity_violation, unavailable */
export function ciphertextOf(services: Services, access: AccessFact, home: string, fact: RecordFact): Ciphertext {
  const isHome = home === services.profile.mspId;
  const { fetch, verify } = isHome ? storedCiphertext(services, fact) : fromHome(services, access, home, fact);
  return {
    length: fact.size,
    verify,
    async *stream() {
      yield* await fetch();
    },
    async read(start, end) {
      if (start >= end) return new Uint8Array(0);
      const pieces: Uint8Array[] = [];
      for await (const piece of await fetch({ start, end: end - 1 })) pieces.push(piece);
      return Buffer.concat(pieces);
    },
  };
}

const unverified = { 'x-integrity-verified': 'false' };

/** At the patient's home. */
export function storedCiphertext({ store }: Services, { cid, sha256, size }: RecordFact): Source {
  const asProblem = (error: unknown): never => {
    if (!(error instanceof CiphertextStoreError)) throw error;
    throw new Problem(error.code === 'not_found' ? 'content_not_found' : 'integrity_violation', {
      headers: unverified,
      cause: error,
    });
  };
  return {
    fetch: async (range) => store.get(cid, range).catch(asProblem),
    async verify() {
      const stored = await store.verifyOnce(cid).catch(asProblem);
      if (stored.sha256 !== sha256 || stored.size !== size)
        throw new Problem('integrity_violation', { headers: unverified });
    },
  };
}

/** The home gateway looks at its own peer before it serves: the access must be VALID there too. */
function fromHome({ internalClient }: Services, access: AccessFact, home: string, fact: RecordFact): Source {
  const query = new URLSearchParams({
    access: access.accessId,
    patient: access.patientId,
    record: fact.recordId,
    version: String(fact.version),
    transaction: access.transactionId,
  });
  const fetch: Source['fetch'] = async (range) => {
    const headers = range === undefined ? {} : { range: `bytes=${range.start}-${range.end}` };
    const reply = await internalClient.get(home, `/v1/content/${fact.cid}?${query.toString()}`, { headers });
    if (reply.status === 200 || reply.status === 206) return reply.stream as AsyncIterable<Uint8Array>;
    reply.stream.resume();
    throw new Problem(upstreamProblems[reply.status] ?? 'upstream_failed');
  };
  return {
    fetch: async (range) => (range === undefined ? hashed(await fetch(), fact) : fetch(range)),
    // The home gateway hashes the whole before it gives a byte, of a range too; each chunk is authenticated here besides.
    async verify() {
      for await (const piece of await fetch({ start: 0, end: 0 })) void piece;
    },
  };
}

const upstreamProblems: Readonly<Record<number, ProblemCode>> = {
  403: 'access_not_permitted',
  404: 'content_not_found',
  500: 'integrity_violation',
  503: 'unavailable',
};

/** The bytes, cut off with an error at their end when they are not those that the ledger names. */
async function* hashed(bytes: AsyncIterable<Uint8Array>, { sha256 }: RecordFact): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const piece of bytes) {
    hash.update(piece);
    yield piece;
  }
  if (hash.digest('hex') !== sha256) throw new Problem('integrity_violation');
}
