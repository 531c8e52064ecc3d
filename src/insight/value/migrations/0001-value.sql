-- What every customer is worth, the models that say so, and what the base was worth at each of them.
create schema value;
create table value.model (
  fit_no integer primary key,
  model text not null,
  parameters jsonb not null,
  log_covariance double precision[] not null,
  spend jsonb not null,
  fitted_at timestamptz not null,
  as_of_on date not null,
  customers integer not null,
  candidates jsonb not null,
  rivals jsonb not null,
  holdout jsonb,
  warnings text[] not null,
  lifetime text not null check (lifetime in ('known', 'not-identified', 'no-dropout', 'out-of-sight')),
  correction double precision not null
);
create table value.snapshot (
  snapshot_no integer primary key,
  fit_no integer not null,
  as_of_on date not null,
  valued_at timestamptz not null,
  customers integer not null,
  equity_minor bigint not null,
  currency text not null,
  settings jsonb not null,
  findings jsonb not null
);
create index snapshot_day on value.snapshot (as_of_on, snapshot_no);
create table value.customer (
  party_id uuid primary key,
  snapshot_no integer not null,
  as_of_on date not null,
  worth_minor bigint not null,
  year_minor bigint not null,
  lifetime_minor bigint,
  at_stake_minor bigint,
  alive double precision,
  expected_purchases double precision not null,
  spend_minor bigint not null
);
create index customer_worth on value.customer (worth_minor desc, party_id);
create index customer_at_stake on value.customer (at_stake_minor desc, party_id) where at_stake_minor > 0;
create table value.bridge (
  snapshot_no integer not null,
  from_on date not null,
  to_on date not null,
  parts jsonb not null,
  primary key (snapshot_no, from_on, to_on)
);
create table value.past (
  snapshot_no integer not null,
  as_of_on date not null,
  equity_minor bigint not null,
  customers integer not null,
  primary key (snapshot_no, as_of_on)
);
create table value.refresh (
  snapshot_no integer primary key,
  through timestamptz not null
);
