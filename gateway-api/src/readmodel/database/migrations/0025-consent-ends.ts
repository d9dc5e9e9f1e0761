/** Ends of consents of which people were told: the gateway's own, not rebuilt. */
export const statements: readonly string[] = [
  `create table consent_ends (
    consent_id text not null,
    kind text not null,
    patient_id text not null,
    told_at timestamptz(3) not null,
    block_number bigint not null,
    primary key (consent_id, kind)
  )`,
  `create index consent_ends_block on consent_ends (block_number)`,
  `create index consents_renews on consents ((rule ->> 'renews')) where rule ->> 'renews' is not null`,
];
