/** What patients want done whenever somebody asks, and when it was: the gateway's own, not rebuilt. */
export const statements: readonly string[] = [
  `create table standing_rules (
    rule_id text primary key,
    patient_id text not null,
    created_at timestamptz(3) not null,
    ended_at timestamptz(3),
    sealed bytea not null
  )`,
  `create index standing_rules_patient on standing_rules (patient_id, created_at, rule_id)`,
  `create table standing_rule_uses (
    consent_id text primary key,
    rule_id text not null,
    request_id text not null,
    used_at timestamptz(3) not null
  )`,
  `create index standing_rule_uses_rule on standing_rule_uses (rule_id)`,
];
