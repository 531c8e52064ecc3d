-- Which discretionary act offered what to whom since when, and who was held out, so that its effect can be seen.
create schema effect;
create table effect.treatment (
  programme text not null,
  treatment text not null,
  name text,
  held_out_share float8 not null check (held_out_share >= 0 and held_out_share <= 0.9),
  -- Days after the assignment within which something must have changed.
  horizon_days integer not null check (horizon_days between 1 and 730),
  -- What a treated customer costs: so much each, and what the ledger issued under matching sources, a hundred points at so much.
  cost_each_minor bigint not null check (cost_each_minor >= 0),
  cost_sources text,
  cost_minor_per_100 bigint,
  primary key (programme, treatment)
);
create table effect.assignment (
  party_id uuid not null,
  programme text not null,
  treatment text not null,
  is_held_out boolean not null,
  assigned_at timestamptz not null,
  primary key (party_id, programme, treatment)
);
create index assignment_treatment on effect.assignment (programme, treatment, assigned_at);
