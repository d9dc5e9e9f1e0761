/** Operations are listed to who started them (a blind index), and requests that run later are taken up by any process. */
export const statements: readonly string[] = [
  `alter table operations add column owner_index text not null default ''`,
  `alter table operations add column started_at timestamptz(3) not null default now()`,
  `create index operations_owner on operations (owner_index, started_at desc, operation_id desc)`,
  `create index operations_queued on operations (started_at) where status = 'queued'`,
];
