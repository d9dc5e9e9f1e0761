/** Authorised actors, as the registry's facts in the read model have them. */
import { sql, type Kysely } from 'kysely';
import type { Database } from '../readmodel/index.ts';
import { newestFirst } from '../readmodel/queries/newestFirst.ts';
import type { Page } from '../readmodel/queries/page.ts';
import type { ActorQuery, ActorView } from './actorDto.ts';

/** One line for each person at premises and each licence of the premises. Care staff are not among them. */
export async function listActors(db: Kysely<Database>, filter: ActorQuery, nowMs: number): Promise<Page<ActorView>> {
  const { role, mspId, gln, status, kind, ...params } = filter;
  let query = db
    .selectFrom('staff as s')
    .innerJoin('licences as l', 'l.holder', 's.gln')
    .leftJoin('premises as p', 'p.gln', 's.gln')
    .select([
      's.staff_id',
      's.role',
      's.msp_id',
      's.gln',
      's.status as staff_status',
      'p.name',
      'p.country',
      'l.licence_id',
      'l.kind',
      'l.status',
      'l.covers',
      'l.granted_at',
      'l.valid_from',
      'l.valid_until',
      'l.changed_at',
    ])
    .select(sql<string>`s.staff_id || l.licence_id`.as('place'));
  if (role !== undefined) query = query.where('s.role', '=', role);
  if (mspId !== undefined) query = query.where('s.msp_id', '=', mspId);
  if (gln !== undefined) query = query.where('s.gln', '=', gln);
  if (status !== undefined) query = query.where('l.status', '=', status);
  if (kind !== undefined) query = query.where('l.kind', '=', kind);
  const { items, ...rest } = await newestFirst(
    db.selectFrom(query.as('actors')).selectAll(),
    'granted_at',
    'place',
    params,
  );
  return {
    ...rest,
    items: items.map((row) => ({
      actorId: row.staff_id,
      role: row.role as ActorView['role'],
      organization: row.msp_id,
      gln: row.gln!,
      licenceId: row.licence_id,
      licenceKind: row.kind as ActorView['licenceKind'],
      licenceStatus: row.status as ActorView['licenceStatus'],
      isAuthorized:
        row.staff_status === 'active' &&
        row.status === 'active' &&
        row.valid_from.getTime() <= nowMs &&
        nowMs < row.valid_until.getTime(),
      authorizedAt: row.granted_at.toISOString(),
      validUntil: row.valid_until.toISOString(),
      ...(row.name === null ? {} : { premises: row.name }),
      ...(row.country === null ? {} : { country: row.country }),
      ...(row.covers === null ? {} : { scope: [...row.covers] }),
      ...(row.status === 'revoked' ? { revokedAt: row.changed_at.toISOString() } : {}),
    })),
  };
}
