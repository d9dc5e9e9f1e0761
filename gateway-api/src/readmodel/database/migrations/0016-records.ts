/** What a record's entries say since version 2: blind-index tokens of its codes, and that it was withdrawn. */
export const statements = [
  `alter table records add column terms jsonb, add column withdrawn text`,
  `create table record_withdrawals (
    record_id text not null,
    patient_id text not null,
    version integer not null,
    withdrawn text not null,
    withdrawn_at timestamptz(3) not null,
    block_number bigint not null,
    primary key (record_id, patient_id)
  )`,
  `create index record_withdrawals_block on record_withdrawals (block_number)`,
];
