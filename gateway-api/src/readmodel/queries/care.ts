/** The care chain's facts, read from the tables as the model's types. */
import type {
  Access,
  BatchKey,
  CategoryKey,
  Consent,
  GrantWrap,
  GroupKey,
  RecordFact,
  Staff,
} from '@chain-of-care/chaincode/model';
import { sql, type Kysely, type Selectable } from 'kysely';
import type { CareTables } from '../database/careSchema.ts';
import type { Database } from '../database/schema.ts';
import { mapPage, newestFirst } from './newestFirst.ts';
import type { Page, PageParams } from './page.ts';

type Db = Kysely<Database>;
type Row<Table extends keyof CareTables> = Selectable<CareTables[Table]>;

export interface PatientFact {
  readonly patientId: string;
  readonly home: string;
  readonly handle: string;
  readonly did: string;
  readonly didDocument: Readonly<Record<string, unknown>>;
  readonly status: 'active' | 'deceased';
  readonly registeredAt: string;
  /** Whether any category is opened to another hospital. */
  readonly openedToOthers: boolean;
}

export async function patientFact(db: Db, patientId: string): Promise<PatientFact | undefined> {
  const row = await db.selectFrom('patients').selectAll().where('patient_id', '=', patientId).executeTakeFirst();
  if (row === undefined) return undefined;
  const opening = await db
    .selectFrom('openings')
    .select('category')
    .where('patient_id', '=', patientId)
    .limit(1)
    .executeTakeFirst();
  return {
    patientId: row.patient_id,
    home: row.home,
    handle: row.handle,
    did: row.did,
    didDocument: row.did_document,
    status: row.status,
    registeredAt: row.registered_at.toISOString(),
    openedToOthers: opening !== undefined,
  };
}

export async function categoryKeysOf(db: Db, patientId: string): Promise<readonly CategoryKey[]> {
  const rows = await db
    .selectFrom('category_keys')
    .selectAll()
    .where('patient_id', '=', patientId)
    .orderBy('category')
    .orderBy('confidentiality')
    .execute();
  return rows.map((row) => ({
    patientId: row.patient_id,
    category: row.category,
    confidentiality: row.confidentiality,
    epoch: row.epoch,
    publicKey: row.public_key,
  }));
}

export async function groupKey(db: Db, mspId: string, group: string): Promise<GroupKey | undefined> {
  const row = await db
    .selectFrom('group_keys')
    .selectAll()
    .where('msp_id', '=', mspId)
    .where('group_name', '=', group)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { msp_id, group_name, epoch, public_key, published_at } = row;
  return { mspId: msp_id, group: group_name, epoch, publicKey: public_key, publishedAt: published_at.toISOString() };
}

export async function staffById(db: Db, staffId: string): Promise<Staff | undefined> {
  const row = await db.selectFrom('staff').selectAll().where('staff_id', '=', staffId).executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    staffId: row.staff_id,
    mspId: row.msp_id,
    role: row.role as Staff['role'],
    ...(row.department === null ? {} : { department: row.department }),
    ...(row.gln === null ? {} : { gln: row.gln }),
    ...(row.sealing_key === null ? {} : { sealingKey: row.sealing_key }),
    status: row.status as Staff['status'],
    registeredAt: row.registered_at.toISOString(),
  };
}

/**
 * Record versions by id, in the order asked.
 *
 * @param references without a version the newest is meant; what does not exist is left out
 */
export async function recordVersions(
  db: Db,
  references: readonly { readonly recordId: string; readonly version?: number }[],
): Promise<readonly RecordFact[]> {
  if (references.length === 0) return [];
  const ids = [...new Set(references.map(({ recordId }) => recordId))];
  const rows = await db.selectFrom('records').selectAll().where('record_id', 'in', ids).orderBy('version').execute();
  const byVersion = new Map(rows.map((row) => [`${row.record_id}|${row.version}`, row]));
  const newest = new Map(rows.map((row) => [row.record_id, row]));
  return references.flatMap(({ recordId, version }) => {
    const row = version === undefined ? newest.get(recordId) : byVersion.get(`${recordId}|${version}`);
    return row === undefined ? [] : [recordOf(row)];
  });
}

/** The record version whose ciphertext this is; sealed contents are never the same twice. */
export async function recordByCid(db: Db, cid: string): Promise<RecordFact | undefined> {
  const row = await db.selectFrom('records').selectAll().where('cid', '=', cid).limit(1).executeTakeFirst();
  return row === undefined ? undefined : recordOf(row);
}

/** Every record version of a patient, in the order of the chain. */
export async function recordsInChainOrder(db: Db, patientId: string): Promise<readonly RecordFact[]> {
  const rows = await db
    .selectFrom('records')
    .selectAll()
    .where('patient_id', '=', patientId)
    .orderBy('sequence')
    .execute();
  return rows.map(recordOf);
}

export async function batchKeysOf(db: Db, batchIds: readonly string[]): Promise<readonly BatchKey[]> {
  if (batchIds.length === 0) return [];
  const rows = await db
    .selectFrom('batch_keys')
    .selectAll()
    .where('batch_id', 'in', [...new Set(batchIds)])
    .execute();
  return rows.map((row) => ({
    patientId: row.patient_id,
    batchId: row.batch_id,
    category: row.category,
    confidentiality: row.confidentiality,
    epoch: row.epoch,
    sealedToCategory: row.sealed_to_category,
    authorOrg: row.author_org,
    authorGroup: row.author_group,
    groupEpoch: row.group_epoch,
    sealedToGroup: row.sealed_to_group,
  }));
}

/** A wrap with its grant key's seal, where it is wrapped under one. */
export interface GrantWrapFact extends GrantWrap {
  readonly grantKey?: { readonly keyId: string; readonly sealed: string };
}

/** Keys for any of these recipients under a consent. */
export async function grantWrapsOf(
  db: Db,
  consentId: string,
  recipients: readonly string[],
): Promise<readonly GrantWrapFact[]> {
  if (recipients.length === 0) return [];
  const rows = await db
    .selectFrom('wraps')
    .leftJoin('grant_keys', (join) =>
      join
        .onRef('grant_keys.consent_id', '=', 'wraps.consent_id')
        .onRef('grant_keys.key_id', '=', 'wraps.key_id')
        .onRef('grant_keys.patient_id', '=', 'wraps.patient_id'),
    )
    .selectAll('wraps')
    .select('grant_keys.sealed as sealed_key')
    .where('wraps.consent_id', '=', consentId)
    .where('wraps.recipient', 'in', recipients)
    .execute();
  return rows.map((row) => ({
    patientId: row.patient_id,
    consentId: row.consent_id,
    wrapId: row.wrap_id,
    kind: row.kind,
    category: row.category,
    confidentiality: row.confidentiality,
    epoch: row.epoch,
    ...(row.record_id === null ? {} : { recordId: row.record_id }),
    ...(row.version === null ? {} : { version: row.version }),
    ...(row.key_id === null || row.sealed_key === null
      ? {}
      : { keyId: row.key_id, grantKey: { keyId: row.key_id, sealed: row.sealed_key } }),
    recipient: row.recipient,
    sealed: row.sealed,
  }));
}

export interface ConsentFact extends Consent {
  readonly revokedAt?: string;
}

/** A patient's consents, newest first, ended ones too. */
export async function consentsOfPatient(db: Db, patientId: string, params: PageParams): Promise<Page<ConsentFact>> {
  const consents = consentsWithStops(db).where('consents.patient_id', '=', patientId);
  const rows = await newestFirst(db.selectFrom(consents.as('own')).selectAll(), 'granted_at', 'consent_id', params);
  return mapPage(rows, consentOf);
}

/** What was delegated from a consent, over however many hands, newest first; ended ones too. */
export async function delegationsOf(
  db: Db,
  consentId: string,
  { delegatedBy, ...params }: PageParams & { readonly delegatedBy?: string },
): Promise<Page<ConsentFact>> {
  const below = JSON.stringify([{ consentId }]);
  const consents = consentsWithStops(db).where(sql<boolean>`consents.rule -> 'parents' @> ${below}::jsonb`);
  const shown =
    delegatedBy === undefined ? consents : consents.where(sql`consents.rule ->> 'delegatedBy'`, '=', delegatedBy);
  const rows = await newestFirst(db.selectFrom(shown.as('own')).selectAll(), 'granted_at', 'consent_id', params);
  return mapPage(rows, consentOf);
}

export async function consentById(db: Db, consentId: string): Promise<ConsentFact | undefined> {
  const row = await consentsWithStops(db).where('consents.consent_id', '=', consentId).executeTakeFirst();
  return row === undefined ? undefined : consentOf(row);
}

/** Of these consents those that are there, ended ones too. */
export async function consentsByIds(db: Db, consentIds: readonly string[]): Promise<readonly ConsentFact[]> {
  if (consentIds.length === 0) return [];
  const rows = await consentsWithStops(db).where('consents.consent_id', 'in', consentIds).execute();
  return rows.map(consentOf);
}

export interface AccessFact extends Access {
  readonly transactionId: string;
  readonly blockNumber: number;
  /** Device key of the transaction's creator: an access in which another stands was forged by an endorser. */
  readonly creator: string;
}

export async function accessById(db: Db, accessId: string): Promise<AccessFact | undefined> {
  const row = await accessesWithCreator(db).where('access_id', '=', accessId).executeTakeFirst();
  return row === undefined ? undefined : accessOf(row);
}

function accessesWithCreator(db: Db) {
  return (
    db
      .selectFrom('accesses')
      // Anybody can put a transaction of the same id into a later block, where it is invalid.
      .innerJoin('transactions', (join) =>
        join
          .onRef('transactions.block_number', '=', 'accesses.block_number')
          .onRef('transactions.tx_id', '=', 'accesses.tx_id')
          .on('transactions.validation_code', '=', 0),
      )
      .selectAll('accesses')
      .select('transactions.device_key as creator')
  );
}

function consentsWithStops(db: Db) {
  return db
    .selectFrom('consents')
    .leftJoin('consent_stops', 'consent_stops.consent_id', 'consents.consent_id')
    .selectAll('consents')
    .select('consent_stops.revoked_at');
}

export function recordOf(row: Row<'records'>): RecordFact {
  return {
    patientId: row.patient_id,
    recordId: row.record_id,
    version: row.version,
    category: row.category,
    confidentiality: row.confidentiality,
    clinicalDate: row.clinical_date,
    authorId: row.author_id,
    authorOrg: row.author_org,
    authorGroup: row.author_group,
    cid: row.cid,
    sha256: row.sha256,
    size: row.size,
    batchId: row.batch_id,
    wrappedKey: row.wrapped_key,
    sealed: row.sealed,
    ...(row.terms === null ? {} : { terms: [...row.terms] }),
    ...(row.withdrawn === null ? {} : { withdrawn: row.withdrawn }),
    recordTime: row.record_time.toISOString(),
    sequence: row.sequence,
    previousHash: row.previous_hash,
    hash: row.hash,
  };
}

function consentOf(row: Row<'consents'> & { revoked_at: Date | null }): ConsentFact {
  return {
    ...row.rule,
    patientId: row.patient_id,
    grantee: {
      kind: row.grantee_kind,
      ...(row.grantee_org === null ? {} : { mspId: row.grantee_org }),
      ...(row.grantee_id === null ? {} : { id: row.grantee_id }),
    },
    ...(row.sealed_note === null ? {} : { sealedNote: row.sealed_note }),
    grantedBy: row.granted_by,
    ...(row.revoked_at === null ? {} : { revokedAt: row.revoked_at.toISOString() }),
  };
}

function accessOf(row: Row<'accesses'> & { creator: string }): AccessFact {
  return {
    accessId: row.access_id,
    patientId: row.patient_id,
    accessorId: row.accessor_id,
    accessorOrg: row.accessor_org,
    accessorRole: row.accessor_role,
    ...(row.accessor_group === null ? {} : { accessorGroup: row.accessor_group }),
    deviceKey: row.device_key,
    purposeOfUse: row.purpose_of_use,
    ...(row.sealed_reason === null ? {} : { sealedReason: row.sealed_reason }),
    ...(row.records === null ? {} : { records: [...row.records] }),
    ...(row.categories === null ? {} : { categories: [...row.categories] }),
    decision: row.decision,
    ...(row.code === null ? {} : { code: row.code }),
    basis: [...row.basis],
    withheld: row.withheld,
    recordTime: row.record_time.toISOString(),
    notAfter: row.not_after.toISOString(),
    servesUntil: row.serves_until.toISOString(),
    transactionId: row.tx_id,
    blockNumber: row.block_number,
    creator: row.creator,
  };
}
