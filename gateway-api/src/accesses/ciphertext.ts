/** Ciphertext of a record: from the own store at the patient's home, from the home's gateway elsewhere. */
import type { Access, RecordFact } from '@chain-of-care/chaincode/model';
import { Problem } from '../http/problem.ts';
import type { Services } from '../services.ts';
import { CiphertextStoreError } from '../vault/store/index.ts';

export interface Ciphertext {
  /** Bytes, as the ledger has it. */
  readonly length: number;
  readonly stream: () => AsyncIterable<Uint8Array>;
  /** The bytes from `start` up to but without `end`. */
  readonly read: (start: number, end: number) => Promise<Uint8Array>;
}

type Fetch = (range?: { start: number; end: number }) => Promise<AsyncIterable<Uint8Array>>;

/** @throws Problem content_not_found, integrity_violation, unavailable */
export function ciphertextOf(services: Services, access: Access, home: string, fact: RecordFact): Ciphertext {
  const fetch = home === services.profile.mspId ? fromStore(services, fact) : fromHome(services, access, home, fact);
  return {
    length: fact.size,
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

function fromStore({ store }: Services, { cid }: RecordFact): Fetch {
  return async (range) => {
    try {
      return await store.get(cid, range);
    } catch (error) {
      if (!(error instanceof CiphertextStoreError)) throw error;
      throw new Problem(error.code === 'not_found' ? 'content_not_found' : 'integrity_violation', { cause: error });
    }
  };
}

/** The home gateway looks at its own peer before it serves: the access must be VALID there too. */
function fromHome({ internalClient }: Services, access: Access, home: string, fact: RecordFact): Fetch {
  const query = new URLSearchParams({
    access: access.accessId,
    patient: access.patientId,
    record: fact.recordId,
    version: String(fact.version),
  });
  return async (range) => {
    const headers = range === undefined ? {} : { range: `bytes=${range.start}-${range.end}` };
    const reply = await internalClient.get(home, `/v1/content/${fact.cid}?${query.toString()}`, { headers });
    if (reply.status === 200 || reply.status === 206) return reply.stream as AsyncIterable<Uint8Array>;
    reply.stream.resume();
    if (reply.status === 403) throw new Problem('access_not_permitted');
    if (reply.status === 404) throw new Problem('content_not_found');
    throw new Problem('upstream_failed');
  };
}
