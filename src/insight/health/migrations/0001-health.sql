-- Whether the models can be believed: how each fit did on a past day, what was foretold and came of it, and how the base moved away.
create schema health;
-- One row for each fit that was looked at. What was found is figures; the verdict on them is passed when they are read.
create table health.review (
  model text not null,
  fit_id text not null,
  reviewed_at timestamptz not null,
  because text not null check (because in ('schedule', 'data', 'hand', 'drift')),
  asked_by text,
  run_id uuid,
  profile_on date not null,
  profile jsonb,
  holdout jsonb,
  change jsonb,
  primary key (model, fit_id)
);
-- What was found on a day about the model in use.
create table health.finding (
  model text not null,
  found_on date not null,
  found_at timestamptz not null,
  fit_id text not null,
  drift jsonb,
  slow_drift jsonb,
  primary key (model, found_on)
);
-- Who asked for a fit, and why.
create table health.request (
  run_id uuid primary key,
  model text not null,
  because text not null check (because in ('hand', 'drift')),
  asked_by text,
  asked_at timestamptz not null,
  details jsonb
);
-- What was foretold of a part of the base on a day, in sum; `matured` is written when the horizon is over.
create table health.snapshot (
  model text not null,
  made_on date not null,
  horizon_days integer not null,
  fit_id text not null,
  customers integer not null,
  matured_at timestamptz,
  matured jsonb,
  primary key (model, made_on)
);
-- What was foretold of whom, kept only until the horizon is over.
create table health.forecast (
  party_id uuid not null,
  model text not null,
  made_on date not null,
  raw double precision not null,
  corrected double precision not null,
  primary key (party_id, model, made_on)
);
create index forecast_of_day on health.forecast (model, made_on);
