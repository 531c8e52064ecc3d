-- What was set aside and sold at tills, what of it was refunded, and what tills did without a line.
create schema till;
create table till.hold (
  party_id uuid not null,
  hold_id uuid not null,
  merchant text,
  points bigint not null check (points >= 0),
  points_minor bigint not null check (points_minor >= 0),
  credit_minor bigint not null check (credit_minor >= 0),
  currency text,
  visits text[] not null,
  rewards jsonb not null,
  state text not null check (state in ('open', 'captured', 'voided')),
  until timestamptz not null,
  order_ref text,
  created_at timestamptz not null,
  primary key (party_id, hold_id)
);
create index hold_number on till.hold (hold_id);
-- `uses_id` names in the ledger what the sale was paid with: the hold, or the sale itself.
create table till.sale (
  party_id uuid not null,
  sale_id uuid not null,
  uses_id uuid not null,
  merchant text,
  order_ref text not null,
  amount_minor bigint not null check (amount_minor > 0),
  currency text not null,
  points bigint not null,
  points_minor bigint not null,
  credit_minor bigint not null,
  visits text[] not null,
  rewards uuid[] not null,
  earned_points bigint not null,
  earned_lines jsonb not null,
  refunded_minor bigint not null default 0,
  exchange_of uuid,
  occurred_at timestamptz not null,
  primary key (party_id, sale_id),
  constraint sale_refunds check (refunded_minor between 0 and amount_minor)
);
create index sale_number on till.sale (sale_id);
create index sale_order on till.sale (order_ref);
create index sale_latest on till.sale (occurred_at);
create table till.refund (
  party_id uuid not null,
  refund_id uuid not null,
  sale_id uuid not null,
  amount_minor bigint not null check (amount_minor > 0),
  points bigint not null,
  points_minor bigint not null,
  credit_minor bigint not null,
  visits text[] not null,
  taken_back_points bigint not null,
  left_minor bigint not null,
  occurred_at timestamptz not null,
  primary key (party_id, refund_id)
);
-- What a till named once is known for ever; the first answer is the answer.
create table till.offline_item (
  party_id uuid not null,
  item_id uuid not null,
  fingerprint uuid not null,
  kind text not null,
  merchant text,
  currency text,
  state text not null,
  code text,
  first_missing_points bigint not null,
  first_missing_minor bigint not null,
  missing_points bigint not null,
  missing_minor bigint not null,
  occurred_at timestamptz not null,
  received_at timestamptz not null,
  primary key (party_id, item_id)
);
create index offline_item_missing on till.offline_item (party_id) where missing_points + missing_minor > 0;
