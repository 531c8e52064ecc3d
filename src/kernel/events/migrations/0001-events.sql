-- The one log of what happened, by month; the keys that make every event itself; what could not be taken in.
create schema events;
create table events.event (
  party_id uuid not null,
  occurred_at timestamptz not null,
  event_id uuid not null,
  kind text not null,
  payload jsonb not null,
  source_id uuid not null,
  received_at timestamptz not null,
  primary key (party_id, occurred_at, event_id)
) partition by range (occurred_at);
create index event_received on events.event using brin (received_at);
create table events.key (
  key uuid primary key,
  party_id uuid not null,
  occurred_at timestamptz not null,
  event_id uuid not null,
  source_id uuid not null
);
create index key_source on events.key using brin (source_id);
create table events.source (
  source_id uuid primary key,
  kind text not null check (kind in ('import', 'key', 'staff', 'system'))
);
create table events.property (
  party_id uuid not null,
  event_id uuid not null,
  properties jsonb not null,
  primary key (party_id, event_id)
);
create table events.problem (
  problem_id uuid primary key,
  source_id uuid not null,
  received_at timestamptz not null,
  code text not null,
  details jsonb not null,
  event jsonb not null
);
create index problem_received on events.problem (received_at desc);
create table events.withdrawal (
  source_id uuid primary key,
  events integer not null,
  withdrawn_at timestamptz not null
);
