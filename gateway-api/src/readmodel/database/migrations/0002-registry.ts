/** Who may act: premises, licences, staff, device and group keys. */
export const statements = [
  `create table premises (
    gln text primary key,
    msp_id text not null,
    name text not null,
    kind text not null,
    latitude_e6 integer not null,
    longitude_e6 integer not null,
    country text not null,
    registered_at timestamptz(3) not null
  )`,
  `create index premises_msp on premises (msp_id, gln)`,
  `create table licences (
    licence_id text primary key,
    holder text not null,
    kind text not null,
    status text not null,
    valid_from timestamptz(3) not null,
    valid_until timestamptz(3) not null,
    granted_at timestamptz(3) not null,
    changed_at timestamptz(3) not null
  )`,
  `create index licences_holder on licences (holder, licence_id)`,
  `create index licences_status on licences (status, valid_until, licence_id)`,
  `create table staff (
    staff_id text primary key,
    msp_id text not null,
    role text not null,
    department text,
    gln text,
    sealing_key text,
    status text not null,
    registered_at timestamptz(3) not null
  )`,
  `create index staff_msp on staff (msp_id, registered_at, staff_id)`,
  `create index staff_role on staff (role, registered_at, staff_id)`,
  `create index staff_gln on staff (gln) where gln is not null`,
  `create table devices (
    device_key text primary key,
    staff_id text not null,
    status text not null,
    added_at timestamptz(3) not null
  )`,
  `create index devices_staff on devices (staff_id, added_at)`,
  `create table group_keys (
    msp_id text not null,
    group_name text not null,
    epoch integer not null,
    public_key text not null,
    published_at timestamptz(3) not null,
    primary key (msp_id, group_name)
  )`,
  `create view authorized_supply_chain_actors as
    select 'urn:uuid:' || s.staff_id as actor_did, s.role, l.licence_id as license, s.msp_id as organization,
      l.granted_at as authorized_at,
      case when l.status = 'revoked' then l.changed_at end as revoked_at
    from staff s join licences l on l.holder = s.gln
    where s.gln is not null`,
];
