/** Quantities of lots without serials, commerce, corrections, and what becomes of a shipment. */
export const statements: readonly string[] = [
  `alter table lots add column serialised boolean not null default true`,
  `alter table packs add column remaining integer`,
  `alter table shipments
    add column quantities jsonb not null default '[]',
    add column received_quantities jsonb not null default '[]',
    add column expected_by timestamptz(3),
    add column late boolean not null default false,
    add column dispute jsonb,
    add column commerce_at timestamptz(3)`,
  `create index shipments_expected on shipments (expected_by) where status in ('open', 'partly_received')`,
  `create table class_balances (
    gtin text not null,
    lot text not null,
    gln text not null,
    msp_id text not null,
    units jsonb not null,
    locks jsonb not null,
    event_id text not null,
    event_time timestamptz(3) not null,
    primary key (gtin, lot, gln)
  )`,
  `create index class_balances_holder on class_balances (gln, gtin, lot)`,
  `create table transformations (
    event_id text primary key,
    gln text not null,
    msp_id text not null,
    inputs jsonb not null,
    content int8 not null,
    used_content int8 not null
  )`,
  `create table error_declarations (
    erroneous_event_id text primary key,
    reason text not null,
    corrective_event_ids jsonb not null,
    declared_at timestamptz(3) not null,
    gln text,
    msp_id text not null,
    event_id text not null
  )`,
  `create table trade_records (
    shipment_id text not null,
    msp_id text not null,
    shipper text not null,
    recipient text not null,
    recorded_at timestamptz(3) not null,
    commerce jsonb not null,
    primary key (shipment_id, msp_id)
  )`,
];
