-- What points in customers' hands are estimated to cost: what is assumed since when, and every report that was kept.
create schema liability;
-- Assumptions are never changed: later ones stand beside earlier ones, so that what was reported can be worked out again.
create table liability.assumption (
  number integer primary key,
  told jsonb not null,
  told_at timestamptz not null,
  told_by text not null
);
-- The text of a report is kept as it was written; `digest` is its SHA-256.
create table liability.report (
  report_id uuid primary key,
  as_of_at timestamptz not null unique,
  made_at timestamptz not null,
  made_by text not null,
  is_month_end boolean not null,
  digest text not null,
  body text not null
);
