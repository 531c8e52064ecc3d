-- Frequent-buyer points: the published editions of the rules, and for every customer what was earned by which rule.
create schema points;
create table points.edition (
  edition_id uuid primary key,
  number integer not null unique,
  rules jsonb not null,
  zone text not null,
  starts_at timestamptz not null,
  published_at timestamptz not null,
  published_by text not null
);
-- One row for each customer who ever earned: whoever works out what somebody earned locks it first.
create table points.member (
  party_id uuid primary key,
  joined_at timestamptz not null
);
-- What a rule gave for an order, a day or a period. When more is due later, the difference is a line of the next generation.
create table points.line (
  party_id uuid not null,
  line_key text not null,
  generation integer not null,
  edition_id uuid not null,
  rule_id text not null,
  event_id uuid,
  occurred_at timestamptz not null,
  issued bigint not null check (issued > 0),
  kept bigint not null,
  reason jsonb not null,
  primary key (party_id, line_key, generation),
  constraint line_kept check (0 <= kept and kept <= issued)
);
-- What a campaign or the whole programme may give at most; counted down in the transaction that gives.
create table points.budget (
  budget_key text primary key,
  used bigint not null check (used >= 0)
);
