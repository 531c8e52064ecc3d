-- How customers moved between stages, what each stands at now, and which model spoke of which days.
create schema stage;
create table stage.change (
  party_id uuid not null,
  changed_on date not null,
  from_stage text not null,
  to_stage text not null,
  reason text not null check (reason in ('first-purchase', 'bought-again', 'came-back', 'silent', 'learned-anew')),
  days integer,
  purchase_days integer not null,
  primary key (party_id, changed_on),
  check (from_stage <> to_stage)
);
create index change_by_day on stage.change (changed_on);
create table stage.standing (
  party_id uuid primary key,
  version bigint not null,
  epoch_no integer not null,
  purchase_days integer not null check (purchase_days > 0),
  first_on date not null,
  last_on date not null,
  stage text not null,
  since_on date not null,
  next_on date
);
-- Every purchase rewrites its customer's row.
alter table stage.standing set (fillfactor = 70);
create index standing_next on stage.standing (next_on) where next_on is not null;
create table stage.epoch (
  epoch_no integer primary key,
  from_on date,
  until_on date,
  model_no integer not null,
  said_on date not null,
  told_at timestamptz
);
