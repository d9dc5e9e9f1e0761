/** What a gateway must know again after a restart: operations, first answers; and who read demographics. Not rebuilt. */
export const statements = [
  `create table operations (
    operation_id text primary key,
    status text not null,
    sealed bytea not null,
    expires_at timestamptz(3) not null
  )`,
  `create index operations_running on operations (operation_id) where status = 'running'`,
  `create index operations_expiry on operations (expires_at)`,
  `create table first_answers (
    answer_id text primary key,
    sealed bytea not null,
    expires_at timestamptz(3) not null
  )`,
  `create index first_answers_expiry on first_answers (expires_at)`,
  `create table demographic_reads (
    read_id text primary key,
    patient_id text not null,
    reader_id text not null,
    reader_org text not null,
    reader_role text not null,
    reader_group text,
    interaction text not null,
    read_at timestamptz(3) not null
  )`,
  `create index demographic_reads_patient on demographic_reads (patient_id, read_at, read_id)`,
];
