-- Which profiles were joined and why, what may be one person twice, and what somebody said about that.
create schema merges;
create table merges.merge (
  merge_id uuid primary key,
  kept_party_id uuid not null,
  other_party_id uuid not null,
  reasons jsonb not null,
  merged_by text not null,
  merged_at timestamptz not null,
  before jsonb not null,
  after jsonb not null,
  undone_by text,
  undone_at timestamptz,
  check (kept_party_id <> other_party_id),
  check ((undone_by is null) = (undone_at is null))
);
create unique index merge_open on merges.merge (other_party_id) where undone_at is null;
create index merge_kept on merges.merge (kept_party_id) where undone_at is null;
create index merge_latest on merges.merge (merged_at desc, merge_id desc);
create table merges.candidate (
  candidate_id uuid primary key,
  one_party_id uuid not null,
  other_party_id uuid not null,
  weight double precision not null,
  reasons jsonb not null,
  state text not null check (state in ('waiting', 'different', 'merged')),
  found_at timestamptz not null,
  decided_by text,
  decided_at timestamptz,
  check (one_party_id < other_party_id),
  check ((state = 'waiting') = (decided_at is null))
);
create unique index candidate_pair on merges.candidate (one_party_id, other_party_id);
create index candidate_other on merges.candidate (other_party_id);
create index candidate_waiting on merges.candidate (weight desc, candidate_id) where state = 'waiting';
create table merges.block (
  party_id uuid not null,
  block_key text not null,
  primary key (party_id, block_key)
);
create index block_key on merges.block (block_key, party_id);
create table merges.looked (
  only_row boolean primary key default true check (only_row),
  through_at timestamptz not null
);
