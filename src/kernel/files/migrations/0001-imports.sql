-- Imported files, what they brought, what could not be taken in, and where rows wait between check and run.
create schema files;
create table files.import (
  import_id uuid primary key,
  number integer not null unique,
  name text not null,
  bytes bigint not null,
  format text not null check (format in ('csv', 'xlsx')),
  gzip boolean not null,
  state text not null
    check (state in ('mapping', 'checking', 'checked', 'running', 'done', 'undoing', 'undone', 'failed')),
  kind text not null check (kind in ('orders', 'customers')),
  columns jsonb not null,
  options jsonb not null,
  questions jsonb not null,
  preview jsonb not null,
  failure jsonb,
  progress jsonb,
  totals jsonb,
  taken_customers text not null default '',
  taken_orders integer not null default 0,
  caller_id text,
  created_at timestamptz not null,
  checked_at timestamptz,
  started_at timestamptz,
  ended_at timestamptz,
  undone_at timestamptz
);
-- Every order as an import recorded it: the latest event of a key is how the order stands, so undoing an import brings
-- back what stood before.
create table files.recorded_order (
  order_key uuid not null,
  event_id uuid not null,
  import_id uuid not null,
  party_id uuid not null,
  digest uuid not null,
  primary key (order_key, event_id)
);
create index recorded_order_import on files.recorded_order (import_id, party_id);
create table files.unattributed_order (
  order_key uuid not null,
  import_id uuid not null,
  part smallint not null,
  order_ref text not null,
  occurred_at timestamptz not null,
  amount_minor bigint not null,
  currency text not null,
  lines integer not null,
  digest uuid not null,
  attributed_by uuid,
  primary key (order_key, import_id)
);
create index unattributed_order_import on files.unattributed_order (import_id, order_key);
-- Whom an import names: who was created by it, and how a profile known before stood until it added something. When an
-- import is taken back, a customer whom another import names too becomes that one's.
create table files.named_party (
  party_id uuid not null,
  import_id uuid not null,
  created boolean not null,
  before jsonb,
  after jsonb,
  primary key (party_id, import_id)
);
create index named_party_import on files.named_party (import_id);
create table files.rejected_row (
  import_id uuid not null,
  row integer not null,
  "column" integer,
  code text not null,
  details jsonb not null,
  value text,
  primary key (import_id, row)
);
create table files.set_aside_line (
  import_id uuid not null,
  row integer not null,
  part smallint not null,
  order_ref text not null,
  occurred_at timestamptz not null,
  sku text not null,
  quantity bigint not null,
  amount_minor bigint not null,
  primary key (import_id, row)
);
-- Rows on their way: a partition per import, unlogged, dropped when the import is done. A crash of the server empties
-- them, and the file is read again.
create table files.staged_line (
  import_number integer not null,
  row integer not null,
  part smallint not null,
  order_ref text collate "C" not null,
  customer_key text collate "C",
  occurred_at timestamptz not null,
  sku text collate "C" not null,
  quantity bigint not null,
  unit_price text collate "C" not null,
  amount_minor bigint not null
) partition by list (import_number);
create table files.staged_customer (
  import_number integer not null,
  row integer not null,
  customer_key text collate "C" not null,
  customer_id text,
  email text,
  phone text,
  name text,
  family_name text,
  given_name text,
  birthday text,
  city text,
  country text,
  party_id uuid
) partition by list (import_number);
create table files.staged_product (
  import_number integer not null,
  row integer not null,
  sku text collate "C" not null,
  name text not null,
  category text
) partition by list (import_number);
create table files.staged_order (
  import_number integer not null,
  order_no integer not null,
  order_key uuid not null,
  part smallint not null,
  order_ref text collate "C" not null,
  customer_key text collate "C",
  occurred_at timestamptz not null,
  amount_minor bigint not null,
  line_count integer not null,
  lines text not null,
  digest uuid not null
) partition by list (import_number);
