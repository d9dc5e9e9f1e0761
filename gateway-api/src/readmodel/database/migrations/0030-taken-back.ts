/** What of dispensings by quantity was taken back. */
export const statements: readonly string[] = [
  `create table taken_back (
    event_id text primary key,
    quantities jsonb not null
  )`,
];
