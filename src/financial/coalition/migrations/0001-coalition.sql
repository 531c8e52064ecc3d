-- What merchants under one card agreed on, what they owed each other month by month, and what customers earn by spending at all of them.
create schema coalition;
-- A merchant that joined, and the party in whose name its entries stand in the ledger.
create table coalition.merchant (
  merchant_id text primary key,
  party_id uuid not null unique,
  joined_at timestamptz not null,
  -- The open task that its deposit runs low.
  low_task_id uuid
);
create table coalition.terms (
  terms_id uuid primary key,
  merchant_id text not null,
  number integer not null,
  from_on date not null,
  until_on date,
  fund_minor bigint not null check (fund_minor >= 0),
  redeem_minor bigint not null check (redeem_minor >= 0),
  currency text not null,
  payment text not null check (payment in ('prepaid', 'postpaid')),
  deposit_minor bigint not null check (deposit_minor >= 0),
  breakage_merchant smallint not null check (breakage_merchant >= 0),
  breakage_pool smallint not null check (breakage_pool >= 0),
  breakage_coalition smallint not null check (breakage_coalition >= 0),
  accepts text[],
  published_at timestamptz not null,
  published_by text not null,
  constraint terms_number unique (merchant_id, number),
  constraint terms_days check (until_on is null or until_on >= from_on),
  constraint terms_breakage check (breakage_merchant + breakage_pool + breakage_coalition = 100),
  constraint terms_merchant foreign key (merchant_id) references coalition.merchant (merchant_id)
);
-- A month that was settled, once and for good. `upto` is the oldest transaction that was still open: what committed later is
-- settled with the next month. `next_xid` is where the next month begins to look.
create table coalition.month (
  month text primary key check (month ~ '^[0-9]{4}-[0-9]{2}$'),
  zone text not null,
  currency text not null,
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  closed_at timestamptz not null,
  closed_by text not null,
  upto xid8 not null,
  next_xid xid8 not null,
  pool_minor bigint not null,
  margin_minor bigint not null,
  breakage_minor bigint not null,
  disputes_until timestamptz not null,
  flows jsonb not null,
  outside jsonb not null
);
-- The lines of the statements. `amount_minor` above zero is owed by the merchant, below zero to it.
create table coalition.line (
  month text not null,
  merchant_id text not null,
  line_id text not null,
  position integer not null,
  kind text not null check (kind in ('issued', 'revoked', 'redeemed', 'returned', 'expired', 'correction')),
  terms_id uuid,
  dispute_id uuid,
  points bigint not null,
  rate_minor bigint not null,
  percent smallint not null,
  amount_minor bigint not null,
  transaction_id uuid,
  primary key (month, merchant_id, line_id),
  constraint line_month foreign key (month) references coalition.month (month),
  constraint line_terms foreign key (terms_id) references coalition.terms (terms_id)
);
-- A merchant says that a line is wrong; finance answers. What was wrong is put right in a later month.
create table coalition.dispute (
  dispute_id uuid primary key,
  month text not null,
  merchant_id text not null,
  line_id text not null,
  reason text not null,
  state text not null check (state in ('open', 'rejected', 'corrected')),
  opened_by text not null,
  opened_at timestamptz not null,
  answer text,
  correction_minor bigint,
  answered_by text,
  answered_at timestamptz,
  booked_month text,
  constraint dispute_line foreign key (month, merchant_id, line_id) references coalition.line (month, merchant_id, line_id),
  constraint dispute_booked foreign key (booked_month) references coalition.month (month),
  constraint dispute_answered check ((state = 'open') = (answered_at is null)),
  constraint dispute_corrected check ((state = 'corrected') = (correction_minor is not null))
);
create unique index dispute_open on coalition.dispute (month, merchant_id, line_id) where state = 'open';
-- Money that came from a merchant (above zero) or went to it, for a month or into its deposit.
create table coalition.payment (
  payment_id uuid primary key,
  merchant_id text not null,
  month text,
  amount_minor bigint not null check (amount_minor <> 0),
  currency text not null,
  reference text not null,
  paid_on date not null,
  recorded_at timestamptz not null,
  recorded_by text not null,
  constraint payment_merchant foreign key (merchant_id) references coalition.merchant (merchant_id),
  constraint payment_month foreign key (month) references coalition.month (month)
);
create index payment_of on coalition.payment (merchant_id, month);
create table coalition.benefit (
  benefit_id uuid primary key,
  rules jsonb not null,
  until_on date,
  created_at timestamptz not null,
  created_by text not null
);
-- One row for each customer whose benefits were worked out: whoever does so locks it first.
create table coalition.member (
  party_id uuid primary key,
  seen_at timestamptz not null
);
-- What a customer earned in a window. Lost by refunds and earned again, it is an award of the next generation.
create table coalition.award (
  party_id uuid not null,
  benefit_id uuid not null,
  window_key text not null,
  generation integer not null,
  earned_on date not null,
  is_kept boolean not null,
  primary key (party_id, benefit_id, window_key, generation)
);
