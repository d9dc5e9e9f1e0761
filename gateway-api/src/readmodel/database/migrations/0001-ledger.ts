/** What every projection has: checkpoint, transactions, current values, private writes still missing, faults. */
export const statements = [
  `create table checkpoint (
    id smallint primary key check (id = 1),
    channel text not null,
    block_number bigint not null,
    block_hash text not null
  )`,
  `create table transactions (
    block_number bigint not null,
    tx_index integer not null,
    tx_id text not null,
    time timestamptz(3) not null,
    validation_code smallint not null,
    msp_id text not null,
    device_key text not null,
    primary key (block_number, tx_index)
  )`,
  `create index transactions_tx_id on transactions (tx_id)`,
  `create index transactions_time on transactions (time, block_number, tx_index)`,
  `create table ledger_state (
    collection text not null,
    key_hash text not null,
    key text not null,
    type text not null,
    value jsonb not null,
    block_number bigint not null,
    tx_index integer not null,
    tx_id text not null,
    primary key (collection, key_hash)
  )`,
  `create table pending_private_writes (
    block_number bigint not null,
    tx_index integer not null,
    collection text not null,
    key_hash text not null,
    value_hash text not null,
    primary key (block_number, tx_index, collection, key_hash)
  )`,
  `create table projection_faults (
    block_number bigint not null,
    tx_index integer not null,
    collection text not null,
    key_hash text not null,
    type text not null,
    code text not null,
    primary key (block_number, tx_index, collection, key_hash)
  )`,
];
