/** Hourly: what was verified becomes a Merkle tree (RFC 9162), and its root a fact of the ledger. */
import { createHash } from 'node:crypto';
import { merkleLeaf, merkleRoot } from '@chain-of-care/client';
import { Refusal } from '@chain-of-care/chaincode/model';
import { sql, type Selectable } from 'kysely';
import type { Database } from '../readmodel/index.ts';
import type { Services } from '../services.ts';

type Anchor = Selectable<Database['verification_anchors']>;
type Needs = Pick<Services, 'readModel' | 'ledger' | 'serviceIdentity' | 'clock' | 'log'>;

/** Leaves of one tree at the most; what is more goes into the next. */
const leavesOfTree = 500_000;

export class VerificationAnchors {
  readonly #services: Needs;
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  /** @param everyMs an hour, in production */
  constructor(services: Needs, everyMs: number) {
    this.#services = services;
    this.#everyMs = everyMs;
  }

  /** Anchors at the end of each interval. It does not keep the process alive. */
  start(): void {
    const untilNext = this.#everyMs - (this.#services.clock() % this.#everyMs);
    this.#timer = setTimeout(() => {
      void this.anchor().finally(() => this.start());
    }, untilNext + 1_000);
    this.#timer.unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Closes the intervals that have ended and sends every root that is not on the ledger; what fails is tried again later. */
  anchor(): Promise<void> {
    this.#running ??= this.#anchor().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #anchor(): Promise<void> {
    const { log } = this.#services;
    try {
      while (await this.#closeTree());
      for (const anchor of await this.#unsent()) await this.#send(anchor);
    } catch (error) {
      log.error({ err: error }, 'the root of verifications is not on the ledger yet');
    }
  }

  /** @returns whether there was anything to close */
  async #closeTree(): Promise<boolean> {
    const { readModel, clock } = this.#services;
    const until = new Date(clock() - (clock() % this.#everyMs));
    return readModel.db.transaction().execute(async (db) => {
      const waiting = await db
        .selectFrom('verification_log')
        .select(['verification_id', 'verified_at', 'entry'])
        .where('sequence', 'is', null)
        .where('verified_at', '<', sql<Date>`${until.toISOString()}::timestamptz`)
        .orderBy('verified_at')
        .orderBy('verification_id')
        .limit(leavesOfTree)
        .execute();
      if (waiting.length === 0) return false;
      const last = await db
        .selectFrom('verification_anchors')
        .select(['sequence', 'until'])
        .orderBy('sequence', 'desc')
        .limit(1)
        .executeTakeFirst();
      const sequence = (last?.sequence ?? 0) + 1;
      const since = new Date(Math.max(waiting[0]!.verified_at.getTime(), last?.until.getTime() ?? 0));
      const end = waiting.length < leavesOfTree ? until : new Date(waiting.at(-1)!.verified_at.getTime() + 1);
      const root = Buffer.from(merkleRoot(waiting.map(({ entry }) => leafOf(entry)))).toString('hex');
      const positions = JSON.stringify(waiting.map(({ verification_id: id }) => id));
      await sql`update verification_log set sequence = ${sequence}, position = place - 1
        from jsonb_array_elements_text(${positions}::jsonb) with ordinality as list (id, place)
        where verification_id = id`.execute(db);
      await db
        .insertInto('verification_anchors')
        .values({
          sequence,
          since: since.toISOString(),
          until: new Date(Math.max(end.getTime(), since.getTime() + 1)).toISOString(),
          size: waiting.length,
          root,
          tx_id: null,
          block_number: null,
        })
        .execute();
      return true;
    });
  }

  #unsent(): Promise<Anchor[]> {
    return this.#services.readModel.db
      .selectFrom('verification_anchors')
      .selectAll()
      .where('tx_id', 'is', null)
      .orderBy('sequence')
      .execute();
  }

  async #send({ sequence, size, root, since, until }: Anchor): Promise<void> {
    const { ledger, serviceIdentity, readModel } = this.#services;
    const body = { sequence, size, root, since: since.toISOString(), until: until.toISOString() };
    const key = createHash('sha256').update(`verification-anchor|${sequence}|${root}`).digest('hex');
    const act = { type: 'supply.anchorVerifications', body, key, touches: { writes: [undefined] } };
    const committed = await ledger.submit(serviceIdentity, act).catch((error: unknown) => {
      if (error instanceof Refusal && error.code === 'already_exists') return undefined;
      throw error;
    });
    await readModel.db
      .updateTable('verification_anchors')
      .set({
        tx_id: committed?.transaction?.transactionId ?? '',
        block_number: committed?.transaction === undefined ? null : Number(committed.transaction.blockNumber),
      })
      .where('sequence', '=', sequence)
      .execute();
  }
}

export function leafOf(entry: string): Uint8Array {
  return merkleLeaf(new TextEncoder().encode(entry));
}
