/** Reports of integrity checks: the gateway's own, not rebuilt. */
export const statements = [
  `create table integrity_reports (
    report_id text primary key,
    patient_id text not null,
    checked_at timestamptz(3) not null,
    valid boolean not null,
    block_number bigint not null,
    report jsonb not null
  )`,
  `create index integrity_reports_patient on integrity_reports (patient_id, checked_at, report_id)`,
  `create index integrity_reports_broken on integrity_reports (block_number) where not valid`,
];
