/** The rules that a decision about a requester looks at, as the tables have them. */
import {
  subjectsAround,
  subjectOf,
  subjectsOf,
  type ConsentBucket,
  type ConsentRule,
  type ConsentStops,
  type Grantee,
  type Requester,
} from '@chain-of-care/chaincode/model';
import { emptyBucket, heldRules, rulesInForce, type HeldRule } from '@chain-of-care/chaincode/rules';
import type { Kysely } from 'kysely';
import type { Database } from '../database/schema.ts';
import { careTeamOf, isCaredForBy } from './careTeam.ts';

type Db = Kysely<Database>;

interface Subject {
  bucket: Pick<ConsentBucket, 'rules' | 'closing'>;
  stops: ConsentStops['stops'];
}

/** A patient's buckets with their stops, by subject. */
export class PatientRules {
  readonly #bySubject: ReadonlyMap<string, Subject>;
  /** Staff ids of those on the care team now. */
  readonly #careTeam: ReadonlySet<string>;

  private constructor(bySubject: ReadonlyMap<string, Subject>, careTeam: ReadonlySet<string>) {
    this.#bySubject = bySubject;
    this.#careTeam = careTeam;
  }

  static async of(db: Db, patientId: string): Promise<PatientRules> {
    const subjects = new Map<string, Subject>();
    const at = (subject: string): Subject => {
      const known = subjects.get(subject) ?? { bucket: emptyBucket, stops: [] };
      subjects.set(subject, known);
      return known;
    };
    const buckets = await db.selectFrom('consent_buckets').selectAll().where('patient_id', '=', patientId).execute();
    for (const { subject, rules, closing } of buckets)
      at(subject).bucket = { rules: [...rules], ...(closing === null ? {} : { closing }) };
    const stops = await db.selectFrom('consent_stops').selectAll().where('patient_id', '=', patientId).execute();
    for (const { subject, closes, ...stop } of stops)
      at(subject).stops.push({
        consentId: stop.consent_id,
        revokedAt: stop.revoked_at.toISOString(),
        revokedBy: stop.revoked_by,
        ...(closes === null ? {} : { closes }),
      });
    const team = (await careTeamOf(db, patientId)).filter(({ removedAt }) => removedAt === undefined);
    return new PatientRules(subjects, new Set(team.map(({ staffId }) => staffId)));
  }

  /** With what a bucket would hold besides, or without what was revoked; nothing is written. */
  with(subject: string, change: (before: Subject) => Subject): PatientRules {
    const before = this.#bySubject.get(subject) ?? { bucket: emptyBucket, stops: [] };
    return new PatientRules(new Map([...this.#bySubject, [subject, change(before)]]), this.#careTeam);
  }

  /** @param home the patient's: a consent to everyone holds there only */
  rulesFor(requester: Requester, home: string): readonly HeldRule[] {
    const isOnCareTeam = this.#careTeam.has(requester.staffId);
    return this.#held(subjectsOf({ ...requester, isOnCareTeam }), requester.mspId, home);
  }

  /** Rules for each of those whom a grantee names: its own, its organisation's and, at home, everyone's. */
  rulesForAllOf(grantee: Grantee, home: string): readonly HeldRule[] {
    return this.#held(subjectsAround(grantee), grantee.mspId ?? home, home);
  }

  /** A delegated rule that is about to be granted to somebody of an organisation, as decisions will take it. */
  withAncestors(rule: ConsentRule, mspId: string, home: string): HeldRule | undefined {
    return heldRules([rule], (subject) => this.#inForce(subject, mspId, home))[0];
  }

  #held(subjects: readonly string[], mspId: string, home: string): readonly HeldRule[] {
    const inForce = (subject: string) => this.#inForce(subject, mspId, home);
    return heldRules(subjects.flatMap(inForce), inForce);
  }

  #inForce(subject: string, mspId: string, home: string): readonly ConsentRule[] {
    const found = this.#bySubject.get(subject);
    if (found === undefined || (subject === 'everyone' && mspId !== home)) return [];
    return rulesInForce(found.bucket, found.stops);
  }
}

/** Patients with rules about a requester, in the order of their ids. */
export async function patientsWithRulesFor(
  db: Db,
  requester: Requester,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('consent_buckets')
    .select('patient_id')
    .distinct()
    .where((where) =>
      where.or([
        where('subject', 'in', subjectsOf(requester)),
        where.and([
          where('subject', '=', subjectOf({ kind: 'care-team', mspId: requester.mspId })),
          isCaredForBy(requester.staffId),
        ]),
      ]),
    )
    .where('patient_id', '>', after)
    .orderBy('patient_id')
    .limit(limit)
    .execute();
  return rows.map(({ patient_id }) => patient_id);
}
