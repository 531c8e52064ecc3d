-- Staff of one merchant; devices that are told apart, whose tokens change; the second step; sign-in at another house; keys that end.
alter table access.staff add column merchant_id text;
alter table access.session drop constraint session_begun_by;
alter table access.session add constraint session_begun_by check (begun_by in ('link', 'password', 'provider'));
alter table access.session add column session_id uuid;
alter table access.session add column device text;
alter table access.session add column former_hash bytea;
alter table access.session add column former_until timestamptz;
alter table access.session add column rotated_at timestamptz;
delete from access.session;
alter table access.session alter column session_id set not null;
alter table access.session alter column rotated_at set not null;
create unique index session_by_id on access.session (session_id);
create index session_by_former on access.session (former_hash) where former_hash is not null;
alter table access.sign_in_link add column is_from_machine boolean not null default false;
create table access.known_device (
  token_hash bytea primary key,
  staff_id uuid not null constraint device_of_staff references access.staff (staff_id) on delete cascade,
  known_since timestamptz not null
);
create index known_device_by_staff on access.known_device (staff_id);
create table access.second_step (
  staff_id uuid primary key constraint second_step_of_staff references access.staff (staff_id) on delete cascade,
  secret text not null,
  begun_at timestamptz not null,
  confirmed_at timestamptz,
  last_counter bigint not null,
  recovery_hashes bytea[] not null
);
create table access.provider_sign_in (
  state_hash bytea primary key,
  browser_hash bytea not null,
  nonce text not null,
  verifier text not null,
  expires_at timestamptz not null
);
create table access.provider_person (
  issuer text not null,
  subject text not null,
  staff_id uuid not null constraint provider_person_of_staff references access.staff (staff_id) on delete cascade,
  primary key (issuer, subject)
);
alter table access.api_key add column expires_at timestamptz;
alter table access.api_key add column replaces uuid;
