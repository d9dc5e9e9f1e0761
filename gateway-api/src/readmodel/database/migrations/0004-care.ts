/** The care chain: patients, records, consents, accesses. The client's own tables are views over these. */
export const statements = [
  `create table patients (
    patient_id text primary key,
    home text not null,
    handle text not null,
    did text not null,
    status text not null,
    did_document jsonb not null,
    registered_at timestamptz(3) not null
  )`,
  `create index patients_did on patients (did)`,
  `create index patients_registered on patients (registered_at, patient_id)`,
  `create table patient_devices (
    patient_id text not null,
    device_key text not null,
    status text not null,
    added_at timestamptz(3) not null,
    primary key (patient_id, device_key)
  )`,
  `create index patient_devices_key on patient_devices (device_key)`,
  `create table chain_heads (
    patient_id text primary key,
    length integer not null,
    hash text not null
  )`,
  `create table category_keys (
    patient_id text not null,
    category text not null,
    confidentiality text not null,
    epoch integer not null,
    public_key text not null,
    primary key (patient_id, category, confidentiality)
  )`,
  `create table batch_keys (
    patient_id text not null,
    batch_id text not null,
    category text not null,
    confidentiality text not null,
    epoch integer not null,
    sealed_to_category text not null,
    author_org text not null,
    author_group text not null,
    group_epoch integer not null,
    sealed_to_group text not null,
    primary key (batch_id, patient_id)
  )`,
  `create table records (
    record_id text not null,
    version integer not null,
    patient_id text not null,
    category text not null,
    confidentiality text not null,
    clinical_date text not null,
    author_id text not null,
    author_org text not null,
    author_group text not null,
    cid text not null,
    sha256 text not null,
    size bigint not null,
    batch_id text not null,
    wrapped_key text not null,
    sealed text not null,
    record_time timestamptz(3) not null,
    sequence integer not null,
    previous_hash text not null,
    hash text not null,
    tx_id text not null,
    block_number bigint not null,
    primary key (record_id, version, patient_id)
  )`,
  `create index records_patient on records (patient_id, sequence)`,
  `create index records_category on records (patient_id, category, sequence)`,
  `create index records_time on records (record_time, record_id)`,
  `create index records_author on records (author_id, record_time, record_id)`,
  `create index records_hash on records (hash)`,
  `create index records_cid on records (cid)`,
  `create table consents (
    consent_id text not null,
    patient_id text not null,
    grantee_kind text not null,
    grantee_org text,
    grantee_id text,
    subject text not null,
    decision text not null,
    level text not null,
    rule jsonb not null,
    sealed_note text,
    granted_by text not null,
    granted_at timestamptz(3) not null,
    expires_at timestamptz(3),
    tx_id text not null,
    primary key (consent_id, patient_id)
  )`,
  `create index consents_patient on consents (patient_id, granted_at, consent_id)`,
  `create index consents_subject on consents (subject, granted_at, consent_id)`,
  `create index consents_expiry on consents (expires_at) where expires_at is not null`,
  `create table consent_buckets (
    patient_id text not null,
    subject text not null,
    rules jsonb not null,
    primary key (patient_id, subject)
  )`,
  `create table consent_stops (
    consent_id text not null,
    patient_id text not null,
    subject text not null,
    revoked_at timestamptz(3) not null,
    revoked_by text not null,
    primary key (consent_id, patient_id)
  )`,
  `create index consent_stops_subject on consent_stops (patient_id, subject)`,
  `create table openings (
    patient_id text not null,
    category text not null,
    hospitals jsonb not null,
    primary key (patient_id, category)
  )`,
  `create table access_counters (
    patient_id text not null,
    consent_id text not null,
    used integer not null,
    primary key (patient_id, consent_id)
  )`,
  `create table wraps (
    patient_id text not null,
    consent_id text not null,
    wrap_id text not null,
    kind text not null,
    category text not null,
    confidentiality text not null,
    epoch integer not null,
    record_id text,
    version integer,
    recipient text not null,
    sealed text not null,
    primary key (consent_id, wrap_id, patient_id)
  )`,
  `create index wraps_recipient on wraps (patient_id, recipient)`,
  `create table accesses (
    access_id text not null,
    patient_id text not null,
    accessor_id text not null,
    accessor_org text not null,
    accessor_role text not null,
    accessor_group text,
    device_key text not null,
    purpose_of_use text not null,
    sealed_reason text,
    records jsonb,
    categories jsonb,
    decision text not null,
    code text,
    basis jsonb not null,
    withheld integer not null,
    record_time timestamptz(3) not null,
    not_after timestamptz(3) not null,
    serves_until timestamptz(3) not null,
    collection text not null,
    tx_id text not null,
    block_number bigint not null,
    primary key (access_id, patient_id)
  )`,
  `create index accesses_patient on accesses (patient_id, record_time, access_id)`,
  `create index accesses_accessor on accesses (accessor_id, record_time, access_id)`,
  `create index accesses_org on accesses (accessor_org, record_time, access_id)`,
  `create index accesses_decision on accesses (decision, record_time)`,
  `create index accesses_tx on accesses (tx_id)`,
  `create view health_records_blockchain as
    select r.record_id as id, r.version, p.did as patient_did, r.category as record_type, r.cid as encrypted_data,
      jsonb_build_object('confidentiality', r.confidentiality, 'clinicalDate', r.clinical_date, 'size', r.size,
        'sha256', r.sha256, 'organization', r.author_org, 'sequence', r.sequence, 'txId', r.tx_id) as metadata,
      r.hash as blockchain_hash, r.previous_hash, 'urn:uuid:' || r.author_id as provider_did,
      first.record_time as created_at, r.record_time as updated_at
    from records r
      left join patients p on p.patient_id = r.patient_id
      join records first on first.record_id = r.record_id and first.version = 1 and first.patient_id = r.patient_id`,
  `create view consent_rules as
    select c.consent_id as id, p.did as patient_did, c.subject as granted_to, c.rule -> 'purposes' as purpose,
      c.rule -> 'categories' as record_types, c.granted_at, c.expires_at, s.revoked_at, c.rule as conditions,
      c.tx_id as blockchain_hash
    from consents c
      left join patients p on p.patient_id = c.patient_id
      left join consent_stops s on s.consent_id = c.consent_id and s.patient_id = c.patient_id`,
];
