/** What clinicians ask patients for, and all that a decision reads of buckets and stops. */
export const statements: readonly string[] = [
  `create table access_requests (
    request_id text not null,
    patient_id text not null,
    requester_id text not null,
    requester_org text not null,
    requester_role text not null,
    purpose_of_use text not null,
    categories jsonb not null,
    days integer not null,
    sealed_reason text not null,
    requested_at timestamptz(3) not null,
    lapses_at timestamptz(3) not null,
    status text not null,
    answered_at timestamptz(3),
    consent_id text,
    tx_id text not null,
    block_number bigint not null,
    primary key (request_id, patient_id)
  )`,
  `create index access_requests_patient on access_requests (patient_id, requested_at, request_id)`,
  `create index access_requests_requester on access_requests (requester_id, requested_at, request_id)`,
  `create index access_requests_requested on access_requests (requested_at)`,
  `create index access_requests_answered on access_requests (answered_at)`,
  `alter table consent_buckets add column closing jsonb`,
  `create index consent_buckets_subject on consent_buckets (subject, patient_id)`,
  `alter table consent_stops add column closes text`,
];
