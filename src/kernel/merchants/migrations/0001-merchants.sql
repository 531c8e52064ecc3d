-- Shops, branches and partners under one card: where something was bought, who issued value and who took it.
create schema merchants;
create table merchants.merchant (
  merchant_id text primary key check (merchant_id ~ '^[a-z0-9][a-z0-9-]{0,59}$'),
  name text not null,
  is_active boolean not null,
  created_at timestamptz not null
);
