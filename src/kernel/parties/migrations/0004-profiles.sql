-- Forms of address, lunar birthdays, ids of other systems, how we know a consent, and keys to search by.
alter table parties.party add column title text;
alter table parties.party add column preferred_name text;
alter table parties.party drop constraint party_birthday_check;
alter table parties.party add constraint party_birthday_check
  check (birthday ~ '^(lunar:([0-9]{4}|-)-[0-9]{2}[+]?-[0-9]{2}|([0-9]{4}|-)-[0-9]{2}-[0-9]{2})$');
alter table parties.identifier drop constraint identifier_kind_check;
alter table parties.identifier add constraint identifier_kind_check
  check (kind in ('customer_id', 'email', 'phone', 'card', 'anonymous_id') or kind ~ '^external:[a-z0-9][a-z0-9_.-]{0,39}$');
-- Why a number or address came or went; not which one, so that nothing is left of it once it is gone.
create table parties.identifier_change (
  party_id uuid not null,
  change_id uuid not null,
  kind text not null,
  is_added boolean not null,
  reason text,
  changed_by text not null,
  changed_at timestamptz not null,
  primary key (party_id, change_id)
);
alter table parties.consent add column confirmation text not null default 'none'
  constraint consent_confirmation check (confirmation in ('none', 'asked', 'confirmed'));
alter table parties.consent add column language text;
-- All profiles of somebody for whom this was said: a yes of theirs then goes before what one of them withdrew earlier.
alter table parties.consent add column profiles uuid[];
-- Beginnings under which somebody is found, in the order of their letters: any search by a beginning reads one short range.
create table parties.search_key (
  party_id uuid not null,
  key text collate "C" not null,
  primary key (party_id, key)
);
create index search_key_range on parties.search_key (key, party_id);
drop index parties.party_grams;
