/** Keys of a consent lie under one key that is sealed to its grantee. */
export const statements: readonly string[] = [
  `create table grant_keys (
    patient_id text not null,
    consent_id text not null,
    key_id text not null,
    recipient text not null,
    sealed text not null,
    primary key (consent_id, key_id, patient_id)
  )`,
  `alter table wraps add column key_id text`,
];
