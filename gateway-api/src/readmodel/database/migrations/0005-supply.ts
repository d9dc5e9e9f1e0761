/** The supply chain: products, lots, packs, custody, alerts. The client's own tables are views over these. */
const goods = `
    state text not null,
    parent text,
    holder text not null,
    msp_id text not null,
    shipment_id text,
    act jsonb,
    event_id text not null,
    event_time timestamptz(3) not null,`;

export const statements = [
  `create table products (
    gtin text primary key,
    ndc text,
    name text not null,
    dosage_form text not null,
    strength text not null,
    pack_content integer not null,
    storage jsonb,
    markets jsonb not null,
    msp_id text not null,
    gln text not null,
    contract_manufacturers jsonb not null,
    registered_at timestamptz(3) not null
  )`,
  `create index products_registered on products (registered_at, gtin)`,
  `create index products_maker on products (msp_id, registered_at, gtin)`,
  `create index products_ndc on products (ndc) where ndc is not null`,
  `create table lots (
    gtin text not null,
    lot text not null,
    expiry text not null,
    expires_on text not null,
    manufactured_on text not null,
    declared_quantity bigint not null,
    gln text not null,
    msp_id text not null,
    registered_at timestamptz(3) not null,
    primary key (gtin, lot)
  )`,
  `create index lots_lot on lots (lot)`,
  `create index lots_expiry on lots (expires_on, gtin, lot)`,
  `create table lot_commissionings (
    gtin text not null,
    lot text not null,
    next_segment integer not null,
    reserved_units bigint not null,
    primary key (gtin, lot)
  )`,
  `create table commissioning_jobs (
    gtin text not null,
    lot text not null,
    job_id text not null,
    first_segment integer not null,
    segments integer not null,
    units bigint not null,
    gln text not null,
    msp_id text not null,
    primary key (gtin, lot, job_id)
  )`,
  `create table segments (
    gtin text not null,
    lot text not null,
    segment integer not null,
    job_id text,
    units_before bigint not null,
    units integer not null,
    gln text not null,
    msp_id text not null,
    event_id text not null,
    event_time timestamptz(3) not null,
    primary key (gtin, lot, segment)
  )`,
  `create table serials (
    gtin text not null,
    serial text not null,
    lot text not null,
    segment integer not null,
    position integer not null,
    primary key (gtin, serial, lot, segment)
  )`,
  `create table placements (
    gtin text not null,
    lot text not null,
    segment integer not null,
    sscc text not null,
    members text not null,
    event_id text not null,
    event_time timestamptz(3) not null,
    primary key (gtin, lot, segment, sscc)
  )`,
  `create index placements_container on placements (sscc)`,
  `create table packs (
    gtin text not null,
    serial text not null,
    lot text not null,
    segment integer not null,${goods}
    primary key (gtin, serial)
  )`,
  `create index packs_segment on packs (gtin, lot, segment)`,
  `create index packs_parent on packs (parent) where parent is not null`,
  `create index packs_holder on packs (holder, event_time, gtin, serial)`,
  `create table containers (
    sscc text primary key,${goods}
    contents jsonb not null
  )`,
  `create index containers_parent on containers (parent) where parent is not null`,
  `create index containers_holder on containers (holder, event_time, sscc)`,
  `create table container_lots (
    gtin text not null,
    lot text not null,
    sscc text not null,
    units bigint not null,
    locked bigint not null,
    primary key (gtin, lot, sscc)
  )`,
  `create table shipments (
    shipment_id text primary key,
    kind text not null,
    status text not null,
    shipper text not null,
    shipper_msp_id text not null,
    recipient text not null,
    recipient_msp_id text not null,
    shipped_at timestamptz(3) not null,
    recorded_at timestamptz(3) not null,
    received_at timestamptz(3),
    containers jsonb not null,
    packs jsonb not null,
    received_containers jsonb not null,
    received_packs jsonb not null
  )`,
  `create index shipments_time on shipments (recorded_at, shipment_id)`,
  `create index shipments_shipper on shipments (shipper_msp_id, recorded_at, shipment_id)`,
  `create index shipments_recipient on shipments (recipient_msp_id, recorded_at, shipment_id)`,
  `create index shipments_status on shipments (status, recorded_at, shipment_id)`,
  `create table supply_events (
    event_id text primary key,
    kind text not null,
    event_time timestamptz(3) not null,
    record_time timestamptz(3) not null,
    gln text,
    msp_id text not null,
    role text not null,
    event jsonb not null,
    hash text not null,
    tx_id text not null,
    block_number bigint not null
  )`,
  `create index supply_events_time on supply_events (record_time, event_id)`,
  `create index supply_events_kind on supply_events (kind, record_time, event_id)`,
  `create index supply_events_actor on supply_events (msp_id, record_time, event_id)`,
  `create index supply_events_gln on supply_events (gln, record_time, event_id) where gln is not null`,
  `create index supply_events_hash on supply_events (hash)`,
  `create table supply_event_subjects (
    subject text not null,
    record_time timestamptz(3) not null,
    event_id text not null,
    primary key (subject, record_time, event_id)
  )`,
  `create table alerts (
    alert_id text primary key,
    type text not null,
    severity text not null,
    status text not null,
    source text not null,
    reason text not null,
    gtin text,
    lot text,
    serial text,
    sscc text,
    shipment_id text,
    gln text,
    msp_id text not null,
    member_role text not null,
    role text not null,
    maker_msp_id text,
    description_hash text,
    evidence jsonb not null,
    event_id text not null,
    opened_at timestamptz(3) not null
  )`,
  `create index alerts_time on alerts (opened_at, alert_id)`,
  `create index alerts_maker on alerts (maker_msp_id, opened_at, alert_id) where maker_msp_id is not null`,
  `create index alerts_reporter on alerts (msp_id, opened_at, alert_id)`,
  `create index alerts_lot on alerts (gtin, lot, opened_at, alert_id) where gtin is not null`,
  `create index alerts_container on alerts (sscc) where sscc is not null`,
  `create index alerts_severity on alerts (severity, opened_at, alert_id)`,
  `create index alerts_status on alerts (status, opened_at, alert_id)`,
  `create table lot_recalls (
    gtin text not null,
    lot text not null,
    recall_id text not null,
    kind text not null,
    recall_class text not null,
    depth text not null,
    msp_id text not null,
    event_id text not null,
    recalled_at timestamptz(3) not null,
    primary key (gtin, lot)
  )`,
  `create index lot_recalls_time on lot_recalls (recalled_at, recall_id)`,
  `create index lot_recalls_recall on lot_recalls (recall_id)`,
  `create table supply_attempts (
    gtin text not null,
    serial text not null,
    repeats jsonb not null,
    primary key (gtin, serial)
  )`,
  `create view pharmaceutical_products as
    select p.ndc, p.gtin, l.lot as batch_number, p.name, l.msp_id as manufacturer, l.expires_on as expiration_date,
      l.declared_quantity as quantity, p.dosage_form, p.strength,
      'https://id.gs1.org/414/' || l.gln as manufacturer_did, l.registered_at
    from lots l join products p on p.gtin = l.gtin`,
  `create view supply_chain_events as
    select e.event_id as id, p.ndc as product_ndc, split_part(s.subject, '|', 2) as gtin,
      split_part(s.subject, '|', 3) as batch_number, e.kind as event_type,
      'https://id.gs1.org/414/' || e.gln as actor_did, m.name as actor_name, e.role as actor_role,
      (select l.licence_id from licences l where l.holder = e.gln order by l.licence_id limit 1) as actor_license,
      e.gln as location, e.event as metadata, e.hash as blockchain_hash,
      (select b.hash from supply_events b where b.event_id = e.event -> 'previous' ->> 0) as previous_hash,
      e.tx_id as signature, e.event_time as timestamp
    from supply_events e
      left join supply_event_subjects s on s.event_id = e.event_id and s.record_time = e.record_time
        and s.subject like 'lot|%'
      left join products p on p.gtin = split_part(s.subject, '|', 2)
      left join premises m on m.gln = e.gln`,
  `create view counterfeit_alerts as
    select a.alert_id as id, p.ndc as product_ndc, a.gtin, a.lot as batch_number,
      'https://id.gs1.org/414/' || a.gln as reported_by, a.type as alert_type, a.severity, a.reason as description,
      a.evidence, a.opened_at as reported_at, a.status
    from alerts a left join products p on p.gtin = a.gtin`,
];
