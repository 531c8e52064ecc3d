-- One alert for each gap in which a customer became late, and what came of it.
create schema warnings;
create table warnings.alert (
  party_id uuid not null,
  alert_id uuid not null,
  kind text not null check (kind in ('rhythm', 'cycle')),
  gap_start_on date not null,
  cycle_days integer,
  state text not null check (state in ('waiting', 'contact', 'held-out', 'closed')),
  raised_at timestamptz not null,
  horizon_days integer not null,
  usual_days double precision,
  no_purchase double precision,
  spend_per_year_minor bigint not null,
  spend_at_risk_minor bigint not null,
  held_out boolean not null,
  selected_at timestamptz,
  selected_on date,
  task_id uuid,
  outcome text check (outcome in ('reached', 'came-back', 'not-interested', 'wrong-alarm', 'passed')),
  closed_by text check (closed_by in ('person', 'purchase', 'time')),
  closed_at timestamptz,
  returned_on date,
  primary key (party_id, alert_id),
  unique (party_id, gap_start_on),
  check ((state = 'closed') = (outcome is not null)),
  check ((selected_at is null) = (selected_on is null))
);
create index alert_waiting on warnings.alert (spend_at_risk_minor desc) where state = 'waiting';
create index alert_selected on warnings.alert (selected_at) where selected_at is not null;
create index alert_closed on warnings.alert (closed_at) where state = 'closed';
