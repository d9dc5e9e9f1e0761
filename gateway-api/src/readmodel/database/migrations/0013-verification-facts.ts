/**
 * Facts of a pack as text: events are read once, put together as text and never taken apart in SQL, so that a long history
 * costs little more than a short one.
 */
export const statements = [
  `drop function verification_facts`,
  `drop function goods_history`,
  // Of a packing: the container, unless the subject is that container.
  `alter table supply_event_subjects add column packed_into text`,
  `update supply_event_subjects s set packed_into = e.event ->> 'parent' from supply_events e
    where e.event_id = s.event_id and e.kind = 'pack' and s.subject <> 'container|' || (e.event ->> 'parent')`,
  `create index supply_event_subjects_packed on supply_event_subjects (subject, record_time, event_id)
    where packed_into is not null`,
  // Kinds after which goods are no longer in the container they were packed into.
  `create function leaves_container(kind text) returns boolean language sql immutable as $$
    select kind in ('unpack', 'dispense', 'open', 'freeSample', 'supplyArticle23', 'sample', 'export', 'checkOut', 'steal', 'destroy')
  $$`,
  `create function goods_history(of_subject text, inside text, since timestamptz, until timestamptz)
  returns table (event_id text, record_time timestamptz, block_number bigint, gln text, told text)
  language plpgsql stable rows 20 as $$
  #variable_conflict use_column
  declare one record;
  begin
    return query
      select e.event_id, e.record_time::timestamptz, e.block_number, e.gln,
        '[' || e.brief::text || ',"' || e.tx_id || '",' || e.block_number || ']'
      from supply_event_subjects s join supply_events e on e.event_id = s.event_id
      where s.subject = of_subject and s.record_time >= since and s.record_time <= until
        and (inside is null or e.brief ->> 'parent' is distinct from inside)
      order by s.record_time, s.event_id limit 1000;
    for one in
      select s.record_time, s.packed_into as parent,
        coalesce((select min(l.record_time) from supply_event_subjects l join supply_events e on e.event_id = l.event_id
          where l.subject = of_subject and (l.record_time, l.event_id) > (s.record_time, s.event_id) and l.record_time <= until
            and leaves_container(e.kind)), until) as left_at
      from supply_event_subjects s
      where s.subject = of_subject and s.record_time >= since and s.record_time <= until
        and s.packed_into is not null and s.packed_into is distinct from inside
      order by s.record_time, s.event_id limit 1000
    loop
      return query select h.event_id, h.record_time, h.block_number, h.gln, h.told
        from goods_history('container|' || one.parent, one.parent, one.record_time, one.left_at) h;
    end loop;
  end $$`,

  `create function verification_facts(asked_gtin text, asked_serial text, asked_lot text)
  returns text language plpgsql stable as $$
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
    happened text;
    happened_at text[];
    happened_ids text[];
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
      return (known || jsonb_build_object('alerts', (select coalesce(jsonb_agg(to_jsonb(a)), '[]') from (
        (select * from alerts where gtin = asked_gtin and serial = asked_serial order by opened_at desc limit 50)
        union all
        (select * from alerts where gtin = asked_gtin and lot is null and serial is null
          order by opened_at desc limit 50)) a)))::text;
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
    select string_agg(h.told, ',' order by h.block_number, h.record_time, h.event_id), array_agg(distinct h.gln), array_agg(h.event_id)
      into happened, happened_at, happened_ids
      from (
        select distinct on (g.event_id) g.* from (
          select e.event_id, e.record_time, e.block_number, e.gln,
            '[' || e.brief::text || ',"' || e.tx_id || '",' || e.block_number || ']' as told
            from supply_events e where e.event_id = made.event_id
          union all
          select * from goods_history('pack|' || asked_gtin || '|' || asked_serial, null, '-infinity', 'infinity')) g) h;
    return left((known || jsonb_build_object(
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
      'places', (select coalesce(jsonb_object_agg(r.gln, jsonb_build_array(r.latitude_e6, r.longitude_e6, r.country)), '{}')
        from premises r where r.gln = any (happened_at)),
      'erroneous', (select coalesce(jsonb_agg(d.erroneous_event_id), '[]') from error_declarations d
        where d.erroneous_event_id = any (happened_ids)),
      'alerts', (select coalesce(jsonb_agg(to_jsonb(a) order by a.opened_at desc), '[]') from (
        (select * from alerts where gtin = asked_gtin and serial = asked_serial and (lot is null or lot = made.lot)
          order by opened_at desc limit 50)
        union all
        (select * from alerts where gtin = asked_gtin and lot = made.lot and serial is null
          order by opened_at desc limit 50)
        union all
        (select * from alerts where gtin = asked_gtin and lot is null and serial is null
          order by opened_at desc limit 50)
        union all
        (select * from alerts where sscc = any (chain)
          and (gtin is null or gtin <> asked_gtin or lot <> made.lot or serial <> asked_serial) limit 50)) a)))::text, -1)
      || ',"events":[' || coalesce(happened, '') || ']}';
  end $$`,
];
