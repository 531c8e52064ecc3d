-- Rewards that points can buy, what customers took of them with its single-use code, and cards of stamps.
create schema rewards;
-- `gone` counts what is reserved or taken and was not given back; the check is the last guard of the stock.
create table rewards.reward (
  reward_id uuid primary key,
  version integer not null,
  terms jsonb not null,
  is_active boolean not null,
  stock bigint generated always as ((terms ->> 'stock')::bigint) stored,
  gone bigint not null check (gone >= 0),
  created_at timestamptz not null,
  constraint reward_stock check (gone <= stock)
);
-- A reservation that is over frees its place for whoever asks next, whether or not a job came by: they delete it here.
create table rewards.reserved (
  reward_id uuid not null,
  taken_id uuid not null,
  until timestamptz not null,
  primary key (reward_id, taken_id),
  constraint reserved_reward foreign key (reward_id) references rewards.reward (reward_id)
);
create table rewards.taken (
  party_id uuid not null,
  taken_id uuid not null,
  reward_id uuid not null,
  state text not null check (state in ('reserved', 'voided', 'lapsed', 'taken', 'used', 'expired', 'returned')),
  price bigint not null check (price >= 0),
  -- The stamp card that paid it, and with how many stamps.
  card_id uuid,
  stamps integer,
  -- Where it was taken, and where it can be used: none named is everywhere.
  merchant text,
  merchants text[] not null,
  taken_at timestamptz not null,
  reserved_until timestamptz,
  expires_at timestamptz,
  use_id uuid,
  used_at timestamptz,
  used_by text,
  used_merchant text,
  primary key (party_id, taken_id),
  constraint taken_used_once check ((state = 'used') = (use_id is not null)),
  constraint taken_by_card check ((card_id is null) = (stamps is null) and (card_id is null or price = 0))
);
create index taken_of_reward on rewards.taken (reward_id, state);
create index taken_waiting on rewards.taken (reserved_until) where state = 'reserved';
create index taken_ending on rewards.taken (expires_at) where state = 'taken' and expires_at is not null;
-- Codes are kept as hashes: whoever reads this table cannot use one.
create table rewards.code (
  code_hash bytea primary key,
  party_id uuid not null,
  taken_id uuid not null
);
create table rewards.secret (
  only_row boolean primary key default true check (only_row),
  secret bytea not null
);
create table rewards.wrong_code (
  actor text primary key,
  since timestamptz not null,
  tries integer not null
);
-- Locked while it is counted how often somebody took a reward, after the ledger.
create table rewards.taker (
  party_id uuid primary key
);
-- Locked while somebody's stamps are worked out, before the ledger.
create table rewards.collector (
  party_id uuid primary key
);
create table rewards.card (
  card_id uuid primary key,
  terms jsonb not null,
  until_on date,
  created_at timestamptz not null
);
-- Stamps given for a purchase or a day. When more is due later, the difference is a line of the next generation.
create table rewards.stamp (
  party_id uuid not null,
  card_id uuid not null,
  line_key text not null,
  generation integer not null,
  issued integer not null check (issued > 0),
  kept integer not null,
  primary key (party_id, card_id, line_key, generation),
  constraint stamp_kept check (0 <= kept and kept <= issued)
);
