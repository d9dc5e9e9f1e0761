/** Who represents whom, read from the tables as the model's type. */
import type { Patient, Representative } from '@chain-of-care/chaincode/model';
import { isRepresenting } from '@chain-of-care/chaincode/rules';
import type { Kysely } from 'kysely';
import type { Database } from '../database/schema.ts';

type Db = Kysely<Database>;

export interface RepresentativeFact extends Representative {
  /** Of one that was ended before its time. */
  readonly endedAt?: string;
  readonly patient: Pick<Patient, 'status'>;
}

export async function representativeByKey(
  db: Db,
  patientId: string,
  deviceKey: string,
): Promise<RepresentativeFact | undefined> {
  const found = await withEndings(db)
    .where('representatives.patient_id', '=', patientId)
    .where('representatives.device_key', '=', deviceKey)
    .executeTakeFirst();
  return found === undefined ? undefined : factOf(found);
}

/** A patient's, ended ones too, the newest first. */
export async function representativesOf(db: Db, patientId: string): Promise<readonly RepresentativeFact[]> {
  const rows = await withEndings(db)
    .where('representatives.patient_id', '=', patientId)
    .orderBy('confirmed_at', 'desc')
    .orderBy('representatives.representative_id')
    .execute();
  return rows.map(factOf);
}

/** Whom the holder of a device key represents now. */
export async function representedBy(db: Db, deviceKey: string, timeMs: number): Promise<readonly RepresentativeFact[]> {
  const rows = await withEndings(db)
    .where('representatives.device_key', '=', deviceKey)
    .orderBy('confirmed_at', 'desc')
    .orderBy('representatives.representative_id')
    .execute();
  return rows.map(factOf).filter((fact) => isRepresenting(fact, fact.endedAt !== undefined, fact.patient, timeMs));
}

function withEndings(db: Db) {
  return db
    .selectFrom('representatives')
    .innerJoin('patients', 'patients.patient_id', 'representatives.patient_id')
    .leftJoin('representative_endings', 'representative_endings.representative_id', 'representatives.representative_id')
    .selectAll('representatives')
    .select(['patients.status', 'representative_endings.ended_at']);
}

type Row = Awaited<ReturnType<ReturnType<typeof withEndings>['execute']>>[number];

function factOf(row: Row): RepresentativeFact {
  return {
    representativeId: row.representative_id,
    patientId: row.patient_id,
    personId: row.person_id,
    deviceKey: row.device_key,
    relationship: row.relationship,
    ...(row.sealed_name === null ? {} : { sealedName: row.sealed_name }),
    evidence: row.evidence,
    confirmedAt: row.confirmed_at.toISOString(),
    confirmedBy: row.confirmed_by,
    ...(row.ends_at === null ? {} : { endsAt: row.ends_at.toISOString() }),
    ...(row.ended_at === null ? {} : { endedAt: row.ended_at.toISOString() }),
    patient: { status: row.status },
  };
}
