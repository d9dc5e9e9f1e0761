/**
 * What a person opened of a chart of late; when demographics changed, among the blocks; acts of a patient by block; to which
 * department a request refers.
 */
export const statements: readonly string[] = [
  `create table opened_scopes (
    accessor_id text not null,
    patient_id text not null,
    scope text not null,
    records integer not null,
    opened_at timestamptz(3) not null,
    primary key (accessor_id, patient_id, scope)
  )`,
  `create index opened_scopes_pair on opened_scopes (accessor_id, patient_id, opened_at)`,
  `create index opened_scopes_time on opened_scopes (opened_at)`,
  `alter table demographics add column changed_block bigint`,
  `alter table access_requests add column receiving_department text`,
  `create index patient_acts_block on patient_acts (patient_id, block_number)`,
];
