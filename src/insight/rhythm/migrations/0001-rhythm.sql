-- What is known of every customer's rhythm, the models learned from it, and fixed product cycles beside it.
create schema rhythm;
create table rhythm.state (
  party_id uuid primary key,
  version bigint not null,
  model_no integer not null,
  purchase_days integer not null,
  purchases integer not null,
  first_on date,
  last_on date,
  gap_days_sum integer not null,
  log_gap_sum double precision not null,
  spend_minor bigint not null,
  last_day_minor bigint not null,
  spend_squares double precision not null,
  refund_minor bigint not null,
  refunds integer not null,
  late_on date,
  dormant_on date,
  lost_on date,
  late_noted_for date,
  check ((purchase_days = 0) = (last_on is null))
);
-- Every purchase rewrites its customer's row; with room left on the page that touches no index.
alter table rhythm.state set (fillfactor = 70);
create index state_last on rhythm.state (last_on desc, party_id);
create index state_becoming_late on rhythm.state (late_on) where late_noted_for is distinct from last_on;
create table rhythm.model (
  model_no integer primary key,
  model_id uuid not null,
  kind text not null check (kind in ('prior', 'fitted')),
  fitted_at timestamptz not null,
  as_of_on date not null,
  customers integer not null,
  parameters jsonb not null,
  log_likelihood double precision,
  warnings text[] not null,
  calibration jsonb
);
create table rhythm.cycle_rule (
  rule_id uuid primary key,
  name text not null,
  days integer not null check (days > 0),
  match jsonb not null
);
create table rhythm.cycle_due (
  party_id uuid not null,
  rule_id uuid not null,
  last_on date not null,
  due_on date not null,
  noted_for date,
  primary key (party_id, rule_id)
);
create index cycle_due_open on rhythm.cycle_due (due_on) where noted_for is distinct from last_on;
