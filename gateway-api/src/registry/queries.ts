/** Reads about who may act, from the read model; keyset paging by primary key. */
import type { Selectable } from 'kysely';
import type { LicenceKind, LicenceStatus, PremisesKind, StaffRole } from '@chain-of-care/chaincode/model';
import { Problem } from '../http/problem.ts';
import { defaultLimit } from '../http/page.ts';
import type { Database, ReadModel } from '../readmodel/index.ts';
import type { LicenceQuery, LicenceView, PremisesQuery, PremisesView, StaffQuery, StaffView } from './dto.ts';

type Db = ReadModel['db'];

export interface Found<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | undefined;
}

export async function listPremises(
  db: Db,
  { limit = defaultLimit, cursor, mspId, kind }: PremisesQuery,
): Promise<Found<PremisesView>> {
  let select = db
    .selectFrom('premises')
    .selectAll()
    .orderBy('gln')
    .limit(limit + 1);
  if (cursor !== undefined) select = select.where('gln', '>', keyOf(cursor));
  if (mspId !== undefined) select = select.where('msp_id', '=', mspId);
  if (kind !== undefined) select = select.where('kind', '=', kind);
  return paged(await select.execute(), limit, ({ gln }) => gln, premisesView);
}

/** @throws Problem premises_not_found */
export async function findPremises(db: Db, gln: string): Promise<PremisesView> {
  const row = await db.selectFrom('premises').selectAll().where('gln', '=', gln).executeTakeFirst();
  if (row === undefined) throw new Problem('premises_not_found');
  const licences = await db
    .selectFrom('licences')
    .selectAll()
    .where('holder', '=', gln)
    .orderBy('licence_id')
    .execute();
  return { ...premisesView(row), licences: licences.map(licenceView) };
}

export async function listLicences(
  db: Db,
  { limit = defaultLimit, cursor, holder }: LicenceQuery,
): Promise<Found<LicenceView>> {
  let select = db
    .selectFrom('licences')
    .selectAll()
    .orderBy('licence_id')
    .limit(limit + 1);
  if (cursor !== undefined) select = select.where('licence_id', '>', keyOf(cursor));
  if (holder !== undefined) select = select.where('holder', '=', holder);
  return paged(await select.execute(), limit, (row) => row.licence_id, licenceView);
}

/** @throws Problem licence_not_found */
export async function findLicence(db: Db, licenceId: string): Promise<LicenceView> {
  const row = await db.selectFrom('licences').selectAll().where('licence_id', '=', licenceId).executeTakeFirst();
  if (row === undefined) throw new Problem('licence_not_found');
  return licenceView(row);
}

export async function listStaff(
  db: Db,
  { limit = defaultLimit, cursor, role, department, mspId, status }: StaffQuery,
): Promise<Found<StaffView>> {
  let select = db
    .selectFrom('staff')
    .selectAll()
    .orderBy('staff_id')
    .limit(limit + 1);
  if (cursor !== undefined) select = select.where('staff_id', '>', keyOf(cursor));
  if (role !== undefined) select = select.where('role', '=', role);
  if (department !== undefined) select = select.where('department', '=', department);
  if (mspId !== undefined) select = select.where('msp_id', '=', mspId);
  if (status !== undefined) select = select.where('status', '=', status);
  return paged(await select.execute(), limit, (row) => row.staff_id, staffView);
}

/** @throws Problem staff_not_found */
export async function findStaff(db: Db, staffId: string): Promise<StaffView> {
  const row = await db.selectFrom('staff').selectAll().where('staff_id', '=', staffId).executeTakeFirst();
  if (row === undefined) throw new Problem('staff_not_found');
  return staffView(row);
}

function paged<Row, Item>(
  rows: readonly Row[],
  limit: number,
  keyOfRow: (row: Row) => string,
  view: (row: Row) => Item,
): Found<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const nextCursor =
    rows.length > limit && last !== undefined ? Buffer.from(keyOfRow(last)).toString('base64url') : undefined;
  return { items: shown.map(view), nextCursor };
}

/** @throws Problem invalid_cursor */
function keyOf(cursor: string): string {
  const key = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!/^[0-9a-f-]{1,64}$/.test(key)) throw new Problem('invalid_cursor');
  return key;
}

function premisesView(row: Selectable<Database['premises']>): PremisesView {
  return {
    gln: row.gln,
    mspId: row.msp_id,
    name: row.name,
    kind: row.kind as PremisesKind,
    latitude: row.latitude_e6 / 1e6,
    longitude: row.longitude_e6 / 1e6,
    country: row.country,
  };
}

function licenceView(row: Selectable<Database['licences']>): LicenceView {
  return {
    licenceId: row.licence_id,
    kind: row.kind as LicenceKind,
    status: row.status as LicenceStatus,
    holder: row.holder,
    validFrom: instant(row.valid_from),
    validUntil: instant(row.valid_until),
  };
}

function staffView(row: Selectable<Database['staff']>): StaffView {
  return {
    staffId: row.staff_id,
    mspId: row.msp_id,
    role: row.role as StaffRole,
    ...(row.department === null ? {} : { department: row.department }),
    ...(row.gln === null ? {} : { gln: row.gln }),
    status: row.status,
    canReceiveGrants: row.sealing_key !== null,
  };
}

function instant(value: Date | string): string {
  return new Date(value).toISOString();
}
