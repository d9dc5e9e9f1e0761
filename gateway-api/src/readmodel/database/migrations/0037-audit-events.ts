/** An act of several facts is one event of the audit: found by its id and by its time, however many there are. */
export const statements = [
  `alter table patient_acts add column event_id text not null
    generated always as (md5(tx_id || patient_id || type || interaction)::uuid::text) stored`,
  `create index patient_acts_event on patient_acts (event_id)`,
  `create index patient_acts_subject on patient_acts (subject_id, acted_at, event_id)`,
  `drop index patient_acts_patient`,
  `create index patient_acts_patient on patient_acts (patient_id, acted_at, event_id)`,
  `drop index patient_acts_organization`,
  `create index patient_acts_time on patient_acts (acted_at, event_id)`,
  `create index accesses_time on accesses (record_time, access_id)`,
  `create index gateway_acts_patient on gateway_acts (patient_id, acted_at, act_id)`,
  `create or replace view audit_events as
    select a.access_id as id, 'access' as type, 'read' as interaction, a.patient_id, a.record_time,
      a.accessor_id, a.accessor_org, a.accessor_role, a.accessor_group, a.purpose_of_use, a.sealed_reason,
      a.decision, a.code, a.basis, a.records, a.categories, a.withheld, null::jsonb as subjects,
      a.tx_id, a.block_number
    from accesses a
    union all
    select g.event_id, g.type, g.interaction, g.patient_id,
      g.acted_at, coalesce(p.patient_id, s.staff_id, r.person_id, g.device_key), g.msp_id,
      case when p.patient_id is not null then 'patient' when s.staff_id is not null then s.role
        when r.person_id is not null then 'representative' else 'unknown' end, s.department,
      null, null, null, null, null, g.records, g.categories, null, g.subjects, g.tx_id, g.block_number
    from (
      select event_id, tx_id, patient_id, type, interaction, msp_id, device_key, acted_at, block_number,
        jsonb_agg(jsonb_build_object('recordId', subject_id, 'version', version) order by subject_id, version)
          filter (where type = 'record') as records,
        jsonb_agg(distinct category) filter (where category is not null) as categories,
        jsonb_agg(distinct subject_id) filter (where type <> 'record') as subjects
      from patient_acts
      group by event_id, tx_id, patient_id, type, interaction, msp_id, device_key, acted_at, block_number
    ) g
      left join devices d on d.device_key = g.device_key
      left join staff s on s.staff_id = d.staff_id
      left join patient_devices p on p.device_key = g.device_key and p.patient_id = g.patient_id
      left join representatives r on r.device_key = g.device_key and r.patient_id = g.patient_id
    union all
    select w.act_id, w.type, w.interaction, w.patient_id, w.acted_at, w.actor_id, w.actor_org, w.actor_role,
      w.actor_group, null, null, null, null, null, null, null, null,
      case when w.subject_id is null then null else jsonb_build_array(w.subject_id) end, null, null
    from gateway_acts w`,
];
