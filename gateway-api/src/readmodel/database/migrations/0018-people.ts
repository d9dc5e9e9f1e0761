/** Links of registrations, short codes for another hospital, and who was really served what. */
export const statements = [
  `create table patient_links (
    patient_id text not null,
    other_id text not null,
    linked_at timestamptz(3) not null,
    linked_by text not null,
    ended_at timestamptz(3),
    primary key (patient_id, other_id)
  )`,
  `create table referral_codes (
    code_hash text primary key,
    patient_id text not null,
    expires_at timestamptz(3) not null
  )`,
  `create index referral_codes_expiry on referral_codes (expires_at)`,
  `create table read_receipts (
    patient_id text not null,
    access_id text not null,
    record_id text not null,
    version integer not null,
    accessor_id text not null,
    accessor_org text not null,
    first_read_at timestamptz(3) not null,
    primary key (access_id, record_id, version)
  )`,
  `create index read_receipts_patient on read_receipts (patient_id, first_read_at, record_id)`,
];
