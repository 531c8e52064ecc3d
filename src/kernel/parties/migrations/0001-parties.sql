-- People and organisations, what they are to the business, and the identifiers by which they are found.
create schema parties;
create table parties.party (
  party_id uuid primary key,
  kind text not null check (kind in ('person', 'organisation')),
  name text not null,
  family_name text,
  given_name text,
  say text,
  birthday text check (birthday ~ '^([0-9]{4}|-)-[0-9]{2}-[0-9]{2}$'),
  roles text[] not null,
  details jsonb not null,
  grams text[] not null,
  source_id uuid not null,
  canonical_party_id uuid,
  created_at timestamptz not null,
  changed_at timestamptz not null
);
create index party_grams on parties.party using gin (grams);
create index party_source on parties.party (source_id);
create table parties.identifier (
  value_key text not null,
  kind text not null check (kind in ('customer_id', 'email', 'phone', 'card', 'anonymous_id')),
  party_id uuid not null,
  value text not null,
  primary key (value_key, kind)
);
create index identifier_party on parties.identifier (party_id);
