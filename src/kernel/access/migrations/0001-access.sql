-- Who may enter: staff, their sessions and one-time links, and API keys. Secrets are kept as hashes only.
create schema access;
create table access.staff (
  staff_id uuid primary key,
  name text not null,
  email text,
  role text not null,
  language text,
  password_hash text,
  created_at timestamptz not null,
  last_seen_at timestamptz,
  removed_at timestamptz
);
create unique index staff_email on access.staff (email) where removed_at is null;
create table access.session (
  token_hash bytea primary key,
  staff_id uuid not null constraint session_of_staff references access.staff (staff_id) on delete cascade,
  begun_by text not null constraint session_begun_by check (begun_by in ('link', 'password')),
  began_at timestamptz not null,
  seen_at timestamptz not null
);
create index session_by_staff on access.session (staff_id);
create table access.sign_in_link (
  token_hash bytea primary key,
  staff_id uuid constraint link_of_staff references access.staff (staff_id) on delete cascade,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
create table access.api_key (
  key_id uuid primary key,
  name text not null,
  prefix text not null,
  secret_hash bytea not null,
  permissions text[] not null,
  created_by uuid,
  created_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz
);
create unique index api_key_secret on access.api_key (secret_hash);
