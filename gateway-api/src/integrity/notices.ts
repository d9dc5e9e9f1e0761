/** Whom a broken chart concerns: its patient, and the hospital's privacy officers. */
import type { Notice, NoticeSource } from '../notifications/notice.ts';
import { privacyOfficers } from '../readmodel/queries/staff.ts';

/** @param mspId the own organisation */
export function integrityNotices(mspId: string): NoticeSource {
  return async (db, { first, last }) => {
    const broken = await db
      .selectFrom('integrity_reports')
      .select(['report_id', 'patient_id', 'checked_at', 'block_number'])
      .where('valid', '=', false)
      .where('block_number', '>=', first)
      .where('block_number', '<=', last)
      .execute();
    if (broken.length === 0) return [];
    const officers = await privacyOfficers(db, mspId);
    return broken.map((row): Notice => ({
      source: `integrityBroken|${row.report_id}`,
      kind: 'integrityBroken',
      severity: 'critical',
      about: { reference: row.report_id },
      occurredAt: row.checked_at.toISOString(),
      blockNumber: row.block_number,
      recipients: [row.patient_id, ...officers],
    }));
  };
}
