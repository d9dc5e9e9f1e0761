/**
 * The log of verifications, kept by the gateway and not on the ledger: an hour of it is a Merkle tree whose root is. An
 * answer is given when its entry is written; entries of requests that come together share one statement, which also counts
 * them against their accounts.
 */
import { randomBytes } from 'node:crypto';
import { canonicalJson } from '@chain-of-care/chaincode/model';
import { sql } from 'kysely';
import type { Caller } from '../auth/caller.ts';
import type { ReadModel } from '../readmodel/index.ts';
import type { Decided } from './decided.ts';
import type { VerificationView } from './dto.ts';
import { Together } from '../readmodel/database/together.ts';

interface Entry {
  readonly verification_id: string;
  readonly verified_at: string;
  readonly gtin: string | null;
  readonly serial: string | null;
  readonly account: string | null;
  readonly msp_id: string | null;
  readonly latitude_e6: number | null;
  readonly longitude_e6: number | null;
  readonly entry: string;
}

/** Of an account without a limit: counted when the answer is logged. */
export interface Uncounted {
  readonly account: string;
  readonly month: string;
}

interface Logged {
  readonly entry: Entry;
  readonly uncounted: Uncounted | undefined;
}

const entriesOfStatement = 500;

export class VerificationLog {
  readonly #written: Together<Logged, void>;

  constructor(db: ReadModel['db']) {
    this.#written = new Together<Logged, void>(async (logged) => {
      await insert(db, logged);
      return [];
    }, entriesOfStatement);
  }

  /** Resolves when the entry is written. */
  append(decision: Decided, view: VerificationView, caller: Caller | undefined, uncounted?: Uncounted): Promise<void> {
    return this.#written.ask({ entry: entryOf(decision, view, caller), uncounted });
  }
}

async function insert(db: ReadModel['db'], logged: readonly Logged[]): Promise<void> {
  const entries = logged.map(({ entry }) => entry);
  const counted = logged.flatMap(({ uncounted }) => (uncounted === undefined ? [] : [uncounted]));
  await sql`with logged as (
      insert into verification_log
        (verification_id, verified_at, gtin, serial, account, msp_id, latitude_e6, longitude_e6, entry)
      select verification_id, verified_at, gtin, serial, account, msp_id, latitude_e6, longitude_e6, entry
      from json_populate_recordset(null::verification_log, ${JSON.stringify(entries)}::json))
    insert into verification_usage as u (account, month, used)
    select account, month, count(*) from json_to_recordset(${JSON.stringify(counted)}::json) as c (account text, month text)
    group by account, month
    on conflict (account, month) do update set used = u.used + excluded.used`.execute(db);
}

/**
 * What is hashed says what was asked and answered. Of a patient there is neither name nor id, of the public nothing; the
 * salt keeps an entry from being guessed from the tree.
 */
function entryOf({ asked }: Decided, view: VerificationView, caller: Caller | undefined): Entry {
  const { request } = asked;
  const gtin = asked.scope === 'container' ? null : asked.gtin;
  const serial = asked.scope === 'pack' ? asked.serial : null;
  const staff = caller?.kind === 'staff' ? caller : undefined;
  const entry = {
    v: 1,
    salt: randomBytes(16).toString('base64url'),
    verificationId: view.verificationId,
    verifiedAt: view.verifiedAt,
    context: view.context,
    scope: view.scope,
    proof: view.proof,
    audience: view.audience,
    isAuthentic: view.isAuthentic,
    custody: view.custody.verdict,
    status: view.status.verdict,
    riskScore: view.riskScore,
    ...(gtin === null ? {} : { gtin }),
    ...(serial === null ? {} : { serial }),
    ...(asked.scope === 'container' ? { sscc: asked.sscc } : {}),
    ...(request.lot === undefined ? {} : { lot: request.lot }),
    ...(request.expiry === undefined ? {} : { expiry: request.expiry }),
    ...(view.blockHeight === undefined ? {} : { blockHeight: view.blockHeight }),
    ...(staff === undefined ? {} : { mspId: staff.identity.mspId, staffId: staff.id }),
    ...(staff?.gln === undefined ? {} : { gln: staff.gln }),
  };
  return {
    verification_id: view.verificationId,
    verified_at: view.verifiedAt,
    gtin,
    serial,
    account: staff?.id ?? null,
    msp_id: staff?.identity.mspId ?? null,
    latitude_e6: request.place?.latitudeE6 ?? null,
    longitude_e6: request.place?.longitudeE6 ?? null,
    entry: canonicalJson(entry),
  };
}
