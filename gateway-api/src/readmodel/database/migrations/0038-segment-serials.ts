/** The serials of a segment are found from it, and what lies in a container a page at a time, however many packs there are. */
export const statements = [
  // Random text does not shrink: it is stored as it is.
  `alter table segments add column serials text[] not null default '{}'`,
  `alter table segments alter column serials set storage external`,
  `update segments g set serials = s.serials
    from (select gtin, lot, segment, array_agg(serial order by position) as serials from serials
      group by gtin, lot, segment) s
    where s.gtin = g.gtin and s.lot = g.lot and s.segment = g.segment`,
  `create index segments_event on segments (event_id)`,
  `drop index placements_container`,
  `create index placements_container on placements (sscc, gtin, lot, segment)`,
  `drop index packs_parent`,
  `create index packs_parent on packs (parent, gtin, serial) where parent is not null`,
  `drop index containers_parent`,
  `create index containers_parent on containers (parent, sscc) where parent is not null`,
];
