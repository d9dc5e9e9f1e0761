/** Operations are listed by state; of those that ended earlier it is sealed, and gone within eight days. */
export const statements: readonly string[] = [
  `alter table operations add column shown_status text not null default ''`,
  `update operations set shown_status = status where status <> 'ended'`,
];
