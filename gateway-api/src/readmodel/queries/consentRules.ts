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
import { ancestorSubjects, emptyBucket, heldRules, rulesInForce, type HeldRule } from '@chain-of-care/chaincode/rules';
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

  /** Of everybody: for who could see a record, and who loses what. */
  static async of(db: Db, patientId: string): Promise<PatientRules> {
    return new PatientRules(await bucketsOf(db, patientId), await careTeamNow(db, patientId));
  }

  /** What decisions about these subjects look at and nothing else: what the patient says of others costs nothing. */
  static async about(db: Db, patientId: string, subjects: readonly string[]): Promise<PatientRules> {
    const own = await bucketsOf(db, patientId, subjects);
    const rules = [...own.values()].flatMap(({ bucket }) => bucket.rules);
    const further = ancestorSubjects(rules).filter((subject) => !subjects.includes(subject));
    const theirs = further.length === 0 ? [] : await bucketsOf(db, patientId, further);
    return new PatientRules(new Map([...own, ...theirs]), await careTeamNow(db, patientId));
  }

  /** Of one member of staff, on the care team or not. */
  static aboutStaff(db: Db, patientId: string, requester: Requester): Promise<PatientRules> {
    return PatientRules.about(db, patientId, subjectsOf({ ...requester, isOnCareTeam: true }));
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

/** @param subjects of everybody when left out */
async function bucketsOf(
  db: Db,
  patientId: string,
  subjects?: readonly string[],
): Promise<ReadonlyMap<string, Subject>> {
  const found = new Map<string, Subject>();
  const at = (subject: string): Subject => {
    const known = found.get(subject) ?? { bucket: emptyBucket, stops: [] };
    found.set(subject, known);
    return known;
  };
  const buckets = await db
    .selectFrom('consent_buckets')
    .selectAll()
    .where('patient_id', '=', patientId)
    .$if(subjects !== undefined, (query) => query.where('subject', 'in', subjects!))
    .execute();
  for (const { subject, rules, closing } of buckets)
    at(subject).bucket = { rules: [...rules], ...(closing === null ? {} : { closing }) };
  const stops = await db
    .selectFrom('consent_stops')
    .selectAll()
    .where('patient_id', '=', patientId)
    .$if(subjects !== undefined, (query) => query.where('subject', 'in', subjects!))
    .execute();
  for (const { subject, closes, ...stop } of stops)
    at(subject).stops.push({
      consentId: stop.consent_id,
      revokedAt: stop.revoked_at.toISOString(),
      revokedBy: stop.revoked_by,
      ...(closes === null ? {} : { closes }),
    });
  return found;
}

async function careTeamNow(db: Db, patientId: string): Promise<ReadonlySet<string>> {
  const team = await careTeamOf(db, patientId);
  return new Set(team.flatMap(({ removedAt, staffId }) => (removedAt === undefined ? [staffId] : [])));
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
