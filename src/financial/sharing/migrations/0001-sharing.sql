-- Gifts between customers, households with a pool, and the codes that are known by whoever was given them.
create schema sharing;
-- The row that is locked while somebody gives or joins: their limits are counted by one transaction at a time.
create table sharing.member (
  party_id uuid primary key
);
create table sharing.gift (
  party_id uuid not null,
  gift_id uuid not null,
  to_party_id uuid,
  asset text not null,
  amount bigint not null check (amount > 0),
  state text not null check (state in ('given', 'waiting', 'claimed', 'returned')),
  given_at timestamptz not null,
  given_by text not null,
  until timestamptz,
  ended_at timestamptz,
  primary key (party_id, gift_id),
  constraint gift_to_somebody_else check (to_party_id <> party_id),
  constraint gift_has_a_receiver check ((to_party_id is null) = (state in ('waiting', 'returned')))
);
create index gift_given on sharing.gift (party_id, given_at);
create index gift_received on sharing.gift (to_party_id) where to_party_id is not null;
-- Only the hash of a code is kept. `subject` is the gift, or the household that it invites to.
create table sharing.code (
  code_hash bytea primary key,
  kind text not null check (kind in ('gift', 'household')),
  party_id uuid not null,
  subject uuid not null,
  until timestamptz not null,
  used_by uuid
);
-- Somebody who tries phone numbers until one is a customer's is stopped.
create table sharing.miss (
  party_id uuid not null,
  missed_at timestamptz not null,
  miss_id uuid not null,
  primary key (party_id, missed_at, miss_id)
);
create table sharing.household (
  household_id uuid primary key,
  name text not null,
  founder_id uuid not null,
  founded_at timestamptz not null,
  closed_at timestamptz
);
create table sharing.household_member (
  party_id uuid not null,
  household_id uuid not null,
  contributes text not null check (contributes in ('by-hand', 'automatically')),
  joined_at timestamptz not null,
  left_at timestamptz,
  primary key (party_id, household_id)
);
create unique index household_member_one on sharing.household_member (party_id) where left_at is null;
create index household_member_of on sharing.household_member (household_id);
create index household_member_automatic on sharing.household_member (party_id)
  where left_at is null and contributes = 'automatically';
create table sharing.spending (
  household_id uuid not null,
  spending_id uuid not null,
  party_id uuid not null,
  asset text not null,
  amount bigint not null check (amount > 0),
  returned bigint not null check (returned >= 0 and returned <= amount),
  spent_at timestamptz not null,
  primary key (household_id, spending_id)
);
create index spending_of on sharing.spending (party_id, spent_at);
