/** Words of alerts and cases. */

/** `public`: passed on for somebody without an account; `unproven`: told by a gateway, not by who tried. */
export const alertSources = ['report', 'automatic', 'public', 'unproven'] as const;
export type AlertSource = (typeof alertSources)[number];

/** What changes an alert's status. */
export const alertActs = ['investigate', 'confirm', 'dismiss', 'resolve'] as const;
export type AlertAct = (typeof alertActs)[number];

/** Why a status changed. The words behind it are a sealed note. */
export const alertReasons = [
  'triage',
  'report_received',
  'evidence_received',
  'laboratory_result',
  'packaging_examined',
  'serial_not_commissioned',
  'holder_statement',
  'law_enforcement',
  'scanning_error',
  'data_entry_error',
  'duplicate_report',
  'lawful_explanation',
  'no_finding',
  'goods_recalled',
  'goods_destroyed',
  'goods_released',
  'authority_notified',
  'no_further_action',
] as const;
export type AlertReason = (typeof alertReasons)[number];

/** What an event about an alert says happened to it. */
export const alertChanges = [...alertActs, 'assign', 'addEvidence', 'quarantine', 'release'] as const;
export type AlertChange = (typeof alertChanges)[number];

export const alertLimits = {
  /** Pieces of evidence of one alert. */
  evidence: 64,
} as const;
