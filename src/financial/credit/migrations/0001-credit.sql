-- What customers paid in advance: top-ups, visit cards on offer and sold, and money that waits to be paid back.
create schema credit;
create table credit.card (
  card_id text primary key,
  terms jsonb not null,
  created_at timestamptz not null,
  changed_at timestamptz not null
);
create table credit.top_up (
  party_id uuid not null,
  top_up_id uuid not null,
  currency text not null,
  amount_minor bigint not null check (amount_minor > 0),
  bonus_minor bigint not null check (bonus_minor >= 0),
  bonus_points bigint not null check (bonus_points >= 0),
  method text not null,
  merchant text,
  occurred_at timestamptz not null,
  primary key (party_id, top_up_id)
);
-- A sold card keeps the visits, the price and the rule that it was sold with.
create table credit.sold_card (
  party_id uuid not null,
  sold_card_id uuid not null,
  card_id text not null,
  visits integer not null check (visits > 0),
  price_minor bigint not null check (price_minor > 0),
  currency text not null,
  refund_percent integer not null check (refund_percent between 0 and 100),
  method text not null,
  merchant text,
  sold_at timestamptz not null,
  expires_at timestamptz,
  refunded_visits integer not null default 0,
  refunded_minor bigint not null default 0,
  primary key (party_id, sold_card_id),
  constraint sold_card_refunds check (refunded_visits between 0 and visits and refunded_minor between 0 and price_minor)
);
create table credit.withdrawal (
  party_id uuid not null,
  withdrawal_id uuid not null,
  currency text not null,
  amount_minor bigint not null check (amount_minor > 0),
  method text not null,
  threshold bigint not null,
  state text not null check (state in ('waiting', 'posted', 'declined')),
  money_minor bigint,
  kept_minor bigint,
  bonus_minor bigint,
  asked_by text not null,
  asked_at timestamptz not null,
  decided_by text,
  decided_at timestamptz,
  primary key (party_id, withdrawal_id),
  constraint withdrawal_second_pair_of_eyes check (decided_by <> asked_by)
);
create index withdrawal_waiting on credit.withdrawal (asked_at) where state = 'waiting';
