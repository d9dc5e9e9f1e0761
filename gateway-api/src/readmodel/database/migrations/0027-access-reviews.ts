/** Unusual accesses to be looked at, and whose charts are those of staff: the gateway's own, not rebuilt. */
export const statements: readonly string[] = [
  `create table access_reviews (
    review_id text primary key,
    access_id text not null unique,
    patient_id text not null,
    accessor_id text not null,
    accessor_org text not null,
    accessor_role text not null,
    kinds jsonb not null,
    status text not null,
    raised_at timestamptz(3) not null,
    block_number bigint not null,
    acknowledged_at timestamptz(3),
    answered_at timestamptz(3),
    answered_by text,
    answered_block bigint,
    outcome text,
    sealed_explanation bytea
  )`,
  `create index access_reviews_time on access_reviews (raised_at, review_id)`,
  `create index access_reviews_patient on access_reviews (patient_id, raised_at, review_id)`,
  `create index access_reviews_block on access_reviews (block_number)`,
  `create index access_reviews_answered on access_reviews (answered_block)`,
  `create table staff_charts (
    staff_id text not null,
    patient_id text not null,
    noted_at timestamptz(3) not null,
    noted_by text not null,
    primary key (staff_id, patient_id)
  )`,
];
