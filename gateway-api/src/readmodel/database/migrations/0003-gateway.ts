/** What the gateway keeps for itself: not on the ledger, not rebuilt from it, to be backed up. */
export const statements = [
  `create table demographics (
    patient_id text primary key,
    sealed bytea not null,
    updated_at timestamptz(3) not null
  )`,
  `create table demographic_identifiers (
    blind_index text primary key,
    patient_id text not null references demographics (patient_id) on delete cascade
  )`,
  `create index demographic_identifiers_patient on demographic_identifiers (patient_id)`,
];
