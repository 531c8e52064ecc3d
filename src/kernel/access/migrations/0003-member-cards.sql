-- How customers open their own card: links, one-time codes, and the devices on which it is open. Secrets are kept as hashes.
-- These live in the world of the customer, and go with them: every row that is about somebody carries their party_id.
create table access.member_session (
  token_hash bytea primary key,
  party_id uuid not null,
  begun_by text not null constraint member_session_begun_by check (begun_by in ('link', 'code')),
  began_at timestamptz not null,
  seen_at timestamptz not null
);
create index member_session_by_party on access.member_session (party_id);
create table access.member_link (
  token_hash bytea primary key,
  party_id uuid not null,
  created_by text not null,
  created_at timestamptz not null,
  used_at timestamptz
);
create index member_link_by_party on access.member_link (party_id);
-- One row for everybody who was asked for, known to us or not, so that asking takes the same work. No party: nobody we know.
create table access.member_code (
  subject bytea primary key,
  party_id uuid,
  code_hash bytea not null,
  expires_at timestamptz not null,
  tries_left integer not null,
  hour_began_at timestamptz not null,
  made_this_hour integer not null
);
create index member_code_by_party on access.member_code (party_id);
-- The outbox: codes in clear, until they are told, used or too old.
create table access.code_to_deliver (
  subject bytea primary key,
  party_id uuid not null,
  code text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index code_to_deliver_by_party on access.code_to_deliver (party_id);
