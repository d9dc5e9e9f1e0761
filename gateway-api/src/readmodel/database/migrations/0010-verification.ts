/**
 * Verification: everything that is known of a pack by one call of a function, whose statements PostgreSQL plans once a
 * session; and what the gateway keeps of verifications.
 */
export const statements = [
  // What an event says without the goods it names: a shipment of a hundred thousand packs is as small as one of ten.
  `alter table supply_events add column brief jsonb generated always as
    (event - array['packs', 'containers', 'segments', 'lots']) stored`,
  `alter table lots add column certified_at timestamptz(3), add column expiry_extended_at timestamptz(3)`,
  `create table verification_roots (
    msp_id text not null,
    sequence bigint not null,
    size integer not null,
    root text not null,
    since timestamptz(3) not null,
    until timestamptz(3) not null,
    anchored_at timestamptz(3) not null,
    tx_id text not null,
    block_number bigint not null,
    primary key (msp_id, sequence)
  )`,
  `create index alerts_serial on alerts (gtin, serial, opened_at) where serial is not null`,
  `create index alerts_class on alerts (gtin, lot, opened_at) where serial is null and gtin is not null`,

  `create function goods_history(of_subject text, inside text, since timestamptz, until timestamptz)
  returns setof text language plpgsql stable as $$
  declare one record;
  begin
    for one in
      select found.event_id, found.record_time, found.kind, found.parent,
        coalesce(
          min(found.record_time) filter (where found.kind in
            ('unpack', 'dispense', 'open', 'freeSample', 'supplyArticle23', 'sample', 'export', 'checkOut', 'steal', 'destroy'))
            over (order by found.record_time, found.event_id rows between 1 following and unbounded following),
          until) as left_at
      from (
        select s.event_id, s.record_time, e.kind, e.brief ->> 'parent' as parent
        from supply_event_subjects s join supply_events e on e.event_id = s.event_id
        where s.subject = of_subject and s.record_time >= since and s.record_time <= until
        order by s.record_time, s.event_id limit 1000
      ) found
      where inside is null or found.parent is distinct from inside
      order by found.record_time, found.event_id
    loop
      return next one.event_id;
      if one.kind = 'pack' and one.parent is not null and of_subject <> 'container|' || one.parent then
        return query select goods_history('container|' || one.parent, one.parent, one.record_time, one.left_at);
      end if;
    end loop;
  end $$`,

  `create function verification_facts(asked_gtin text, asked_serial text, asked_lot text)
  returns jsonb language plpgsql stable as $$
  declare
    made record;
    own packs%rowtype;
    placed_by text;
    parent_sscc text;
    around jsonb := '[]';
    root jsonb;
    chain text[];
    holder_gln text;
    shipment_key text;
    history text[];
    happened jsonb;
    known jsonb;
  begin
    known := jsonb_build_object(
      'product', (select to_jsonb(p) from products p where p.gtin = asked_gtin),
      'lotKnown', asked_lot is null or exists (select from lots l where l.gtin = asked_gtin and l.lot = asked_lot),
      'namedRecall', (select r.kind from lot_recalls r where r.gtin = asked_gtin and r.lot = asked_lot));
    select s.lot, s.segment, s.position, g.gln, g.msp_id, g.event_id into made
      from serials s
        join segments g on g.gtin = s.gtin and g.lot = s.lot and g.segment = s.segment
        left join packs p on p.gtin = s.gtin and p.serial = s.serial and p.lot = s.lot and p.segment = s.segment
      where s.gtin = asked_gtin and s.serial = asked_serial
      order by p.serial is null, s.lot = asked_lot is not true, s.lot, s.segment limit 1;
    if not found then
      return known || jsonb_build_object('alerts', (select coalesce(jsonb_agg(to_jsonb(a)), '[]') from (
        (select * from alerts where gtin = asked_gtin and serial = asked_serial order by opened_at desc limit 50)
        union
        (select * from alerts where gtin = asked_gtin and lot is null and serial is null
          order by opened_at desc limit 50)) a));
    end if;
    select * into own from packs p
      where p.gtin = asked_gtin and p.serial = asked_serial and p.lot = made.lot and p.segment = made.segment;
    if own.serial is null then
      select p.sscc, p.event_id into parent_sscc, placed_by from placements p
        where p.gtin = asked_gtin and p.lot = made.lot and p.segment = made.segment
          and length(p.members) > made.position / 4
          and get_byte(decode('0' || substr(p.members, made.position / 4 + 1, 1), 'hex'), 0)
            >> (made.position % 4) & 1 = 1
        limit 1;
    else
      parent_sscc := own.parent;
    end if;
    if parent_sscc is not null then
      with recursive upwards as (
        select c.sscc, c.state, c.parent, c.holder, c.msp_id, c.shipment_id, c.act, 0 as depth
          from containers c where c.sscc = parent_sscc
        union all
        select c.sscc, c.state, c.parent, c.holder, c.msp_id, c.shipment_id, c.act, u.depth + 1
          from containers c join upwards u on c.sscc = u.parent
      )
      select coalesce(jsonb_agg(to_jsonb(u) order by u.depth), '[]'), array_agg(u.sscc) into around, chain
        from upwards u;
    end if;
    root := around -> -1;
    holder_gln := coalesce(root ->> 'holder', own.holder, made.gln);
    shipment_key := case when root is null then own.shipment_id else root ->> 'shipment_id' end;
    select array_agg(distinct h) into history from (
      select made.event_id as h
      union all
      select goods_history('pack|' || asked_gtin || '|' || asked_serial, null, '-infinity', 'infinity')) every_one;
    select coalesce(jsonb_agg(jsonb_build_object(
        'event_id', e.event_id, 'kind', e.kind, 'gln', e.gln, 'brief', e.brief, 'tx_id', e.tx_id,
        'block_number', e.block_number, 'latitude', r.latitude_e6, 'longitude', r.longitude_e6, 'country', r.country, 'erroneous', d.erroneous_event_id is not null)
        order by e.block_number, e.record_time, e.event_id), '[]')
      into happened
      from supply_events e left join premises r on r.gln = e.gln
        left join error_declarations d on d.erroneous_event_id = e.event_id
      where e.event_id = any (history);
    return known || jsonb_build_object(
      'made', to_jsonb(made),
      'own', case when own.serial is null then null else to_jsonb(own) end,
      'placedBy', placed_by,
      'containers', around,
      'lot', (select to_jsonb(l) from lots l where l.gtin = asked_gtin and l.lot = made.lot),
      'reserved', (select c.reserved_units from lot_commissionings c where c.gtin = asked_gtin and c.lot = made.lot),
      'recall', (select to_jsonb(r) from lot_recalls r where r.gtin = asked_gtin and r.lot = made.lot),
      'hold', (select h.event_id from lot_holds h where h.gtin = asked_gtin and h.lot = made.lot),
      'shipment', (select jsonb_build_object('recipient', s.recipient, 'shipper', s.shipper, 'shipped_at', s.shipped_at,
        'expected_by', s.expected_by)
        from shipments s where s.shipment_id = shipment_key),
      'country', (select r.country from premises r where r.gln = holder_gln),
      'licences', (select coalesce(jsonb_agg(to_jsonb(l)), '[]') from licences l where l.holder = holder_gln),
      'clones', (select coalesce(jsonb_agg(g.event_id order by s.lot, s.segment), '[]') from serials s
        join segments g on g.gtin = s.gtin and g.lot = s.lot and g.segment = s.segment
        where s.gtin = asked_gtin and s.serial = asked_serial),
      'events', happened,
      'alerts', (select coalesce(jsonb_agg(to_jsonb(a) order by a.opened_at desc), '[]') from (
        (select * from alerts where gtin = asked_gtin and serial = asked_serial and (lot is null or lot = made.lot)
          order by opened_at desc limit 50)
        union
        (select * from alerts where gtin = asked_gtin and lot = made.lot and serial is null
          order by opened_at desc limit 50)
        union
        (select * from alerts where gtin = asked_gtin and lot is null and serial is null
          order by opened_at desc limit 50)
        union
        (select * from alerts where sscc = any (chain) limit 50)) a));
  end $$`,

  `create table verification_anchors (
    sequence bigint primary key,
    since timestamptz(3) not null,
    until timestamptz(3) not null,
    size integer not null,
    root text not null,
    tx_id text,
    block_number bigint
  )`,
  `create table verification_log (
    verification_id text primary key,
    verified_at timestamptz(3) not null,
    gtin text,
    serial text,
    account text,
    msp_id text,
    latitude_e6 integer,
    longitude_e6 integer,
    entry text not null,
    sequence bigint,
    position integer
  )`,
  `create index verification_log_waiting on verification_log (verified_at, verification_id) where sequence is null`,
  `create index verification_log_anchor on verification_log (sequence, position) where sequence is not null`,
  `create index verification_log_places on verification_log (gtin, serial, verified_at) where latitude_e6 is not null`,
  `create table verification_usage (
    account text not null,
    month text not null,
    used integer not null,
    primary key (account, month)
  )`,
  `create table account_plans (
    account text primary key,
    plan text not null,
    changed_at timestamptz(3) not null
  )`,
];
