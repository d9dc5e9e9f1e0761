/** Organisations, practitioners and places that imports brought: no part of anybody's chart, kept by the gateway. */
export const statements = [
  `create table directory_entries (
    source_id text not null,
    resource_type text not null,
    name text not null,
    content_hash text not null,
    content jsonb not null,
    primary key (resource_type, source_id)
  )`,
];
