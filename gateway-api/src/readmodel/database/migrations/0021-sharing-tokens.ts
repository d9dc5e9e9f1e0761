/** What patients share by a secret. */
export const statements: readonly string[] = [
  `create table sharing_tokens (
    token_id text not null,
    patient_id text not null,
    redeem_hash text not null,
    keys jsonb not null,
    purpose_of_use text not null,
    single_use boolean not null,
    grantee_org text,
    grantee_id text,
    created_at timestamptz(3) not null,
    expires_at timestamptz(3) not null,
    spent_by text,
    spent_at timestamptz(3),
    primary key (token_id, patient_id)
  )`,
  `create index sharing_tokens_patient on sharing_tokens (patient_id, created_at, token_id)`,
  `create index sharing_tokens_redeem on sharing_tokens (redeem_hash)`,
];
