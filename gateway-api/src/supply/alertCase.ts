/** An alert as a case for the own people: who may see it, who is concerned, what happened. */
import type { Selectable } from 'kysely';
import { Problem } from '../http/problem.ts';
import type { Database } from '../readmodel/index.ts';
import type { Services } from '../services.ts';
import { audienceOfAlert, type AudienceMember } from './alertAudience.ts';

export type AlertRow = Selectable<Database['alerts']>;

type Needed = Pick<Services, 'readModel' | 'consortium' | 'profile'>;

/**
 * The alert, for an organisation that it concerns: the regulator, reporter, maker, assignee, or a holder of the lot.
 *
 * @throws Problem alert_not_found, also where it concerns others only
 */
export async function alertOf(services: Needed, alertId: string): Promise<AlertRow> {
  const { db } = services.readModel;
  const own = services.profile.mspId;
  const row = await db.selectFrom('alerts').selectAll().where('alert_id', '=', alertId).executeTakeFirst();
  if (row === undefined) throw new Problem('alert_not_found');
  const parties = [services.consortium.regulator, row.msp_id, row.maker_msp_id, row.assignee_msp_id];
  if (parties.includes(own)) return row;
  const concerned = await audienceOf(services, row);
  if (!concerned.some(({ mspId }) => mspId === own)) throw new Problem('alert_not_found');
  return row;
}

/** Whom the alert concerns: as routed when it was seen, and as the ledger is now. */
export async function audienceOf({ readModel: { db }, consortium }: Needed, row: AlertRow): Promise<AudienceMember[]> {
  const told = await db.selectFrom('alert_audiences').selectAll().where('alert_id', '=', row.alert_id).execute();
  const now = await audienceOfAlert(db, row, consortium.regulator);
  const members = [
    ...told.map(({ msp_id: mspId, gln, relation }) => ({
      mspId,
      gln,
      relation: relation as AudienceMember['relation'],
    })),
    ...now,
  ];
  return [...new Map(members.map((each) => [`${each.mspId}|${each.gln}|${each.relation}`, each])).values()];
}

/** Members to which what belongs to the case is sealed. */
export function readersOf({ consortium }: Pick<Services, 'consortium'>, row: AlertRow): readonly string[] {
  const parties = [consortium.regulator, row.msp_id, row.maker_msp_id, row.assignee_msp_id];
  return [...new Set(parties.filter((mspId): mspId is string => mspId !== null))];
}
