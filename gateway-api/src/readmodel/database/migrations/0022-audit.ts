/** The audit as one list: every act on a patient's facts as it was committed, and what the gateway itself keeps. */
export const statements = [
  `create table patient_acts (
    block_number bigint not null,
    tx_index integer not null,
    collection text not null,
    key_hash text not null,
    patient_id text not null,
    type text not null,
    interaction text not null,
    subject_id text not null,
    version integer,
    category text,
    acted_at timestamptz(3) not null,
    tx_id text not null,
    msp_id text not null,
    device_key text not null,
    primary key (block_number, tx_index, collection, key_hash, subject_id)
  )`,
  `create index patient_acts_patient on patient_acts (patient_id, acted_at)`,
  `create index patient_acts_organization on patient_acts (msp_id, acted_at)`,
  // What the gateway does without the ledger: who saw demographics, exported, or looked into an event's origin.
  `alter table demographic_reads rename to gateway_acts`,
  `alter table gateway_acts rename column read_id to act_id`,
  `alter table gateway_acts rename column reader_id to actor_id`,
  `alter table gateway_acts rename column reader_org to actor_org`,
  `alter table gateway_acts rename column reader_role to actor_role`,
  `alter table gateway_acts rename column reader_group to actor_group`,
  `alter table gateway_acts rename column read_at to acted_at`,
  `alter table gateway_acts add column type text not null default 'demographics', add column subject_id text`,
  `alter table gateway_acts alter column type drop default`,
  `create index gateway_acts_time on gateway_acts (acted_at, act_id)`,
  `create table audit_origins (
    reference text primary key,
    sealed bytea not null,
    noted_at timestamptz(3) not null
  )`,
  `create view audit_events as
    select a.access_id as id, 'access' as type, 'read' as interaction, a.patient_id, a.record_time,
      a.accessor_id, a.accessor_org, a.accessor_role, a.accessor_group, a.purpose_of_use, a.sealed_reason,
      a.decision, a.code, a.basis, a.records, a.categories, a.withheld, null::jsonb as subjects,
      a.tx_id, a.block_number
    from accesses a
    union all
    select md5(g.tx_id || g.patient_id || g.type || g.interaction)::uuid::text, g.type, g.interaction, g.patient_id,
      g.acted_at, coalesce(p.patient_id, s.staff_id, g.device_key), g.msp_id,
      case when p.patient_id is not null then 'patient' else coalesce(s.role, 'unknown') end, s.department,
      null, null, null, null, null, g.records, g.categories, null, g.subjects, g.tx_id, g.block_number
    from (
      select tx_id, patient_id, type, interaction, msp_id, device_key, acted_at, block_number,
        jsonb_agg(jsonb_build_object('recordId', subject_id, 'version', version) order by subject_id, version)
          filter (where type = 'record') as records,
        jsonb_agg(distinct category) filter (where category is not null) as categories,
        jsonb_agg(distinct subject_id) filter (where type <> 'record') as subjects
      from patient_acts
      group by tx_id, patient_id, type, interaction, msp_id, device_key, acted_at, block_number
    ) g
      left join devices d on d.device_key = g.device_key
      left join staff s on s.staff_id = d.staff_id
      left join patient_devices p on p.device_key = g.device_key and p.patient_id = g.patient_id
    union all
    select w.act_id, w.type, w.interaction, w.patient_id, w.acted_at, w.actor_id, w.actor_org, w.actor_role,
      w.actor_group, null, null, null, null, null, null, null, null,
      case when w.subject_id is null then null else jsonb_build_array(w.subject_id) end, null, null
    from gateway_acts w`,
];
