/** Quantities of lots without serials that lie loose in a container. */
export const statements: readonly string[] = [
  `alter table containers add column quantities jsonb not null default '[]'`,
];
