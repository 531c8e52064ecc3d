-- Who owes whom: what parties hold, in lots, and every movement of value with both of its sides in one row.
create schema ledger;
create table ledger.asset (
  asset text primary key,
  kind text not null check (kind in ('points', 'qualifying', 'stamp', 'money', 'ticket', 'right')),
  -- What is given or taken by hand beyond this needs a second pair of eyes.
  approval_above bigint not null default 1000 check (approval_above >= 0),
  created_at timestamptz not null
);
create table ledger.holding (
  party_id uuid not null,
  asset text not null,
  pending bigint not null,
  available bigint not null,
  held bigint not null,
  debt bigint not null,
  due_at timestamptz,
  primary key (party_id, asset),
  constraint holding_asset foreign key (asset) references ledger.asset (asset),
  constraint holding_never_below_zero check (pending >= 0 and available >= 0 and held >= 0 and debt >= 0),
  constraint holding_debt_first check (debt = 0 or available = 0)
);
-- Every posting rewrites its party's row; with room left on the page that touches no index.
alter table ledger.holding set (fillfactor = 70);
create index holding_due on ledger.holding (due_at) where due_at is not null;
-- One row for each party of a transaction; ids are in the order of posting, so the key is also the party's history.
create table ledger.transaction (
  party_id uuid not null,
  transaction_id uuid not null,
  asset text not null,
  key text not null,
  act text not null,
  actor text not null,
  approved_by text,
  reason text,
  occurred_at timestamptz not null,
  posted_at timestamptz not null,
  primary key (party_id, transaction_id),
  constraint transaction_second_pair_of_eyes check (approved_by <> actor)
);
-- The cause of every transaction, known for ever: the same cause never has two effects. Key and fingerprint are the first
-- 128 bits of a SHA-256.
create table ledger.key (
  key uuid primary key,
  party_id uuid not null,
  transaction_id uuid not null,
  fingerprint uuid not null
);
-- Why lots, postings and holds name no foreign key: docs/decisions/0007-one-writer-instead-of-foreign-keys.md.
create table ledger.lot (
  party_id uuid not null,
  lot_id uuid not null,
  asset text not null,
  issuer text not null,
  source text,
  parent_id uuid,
  matures_at timestamptz,
  expires_at timestamptz,
  issued bigint not null check (issued > 0),
  pending bigint not null check (pending >= 0),
  available bigint not null check (available >= 0),
  held bigint not null check (held >= 0),
  captured bigint not null check (captured >= 0),
  expired bigint not null check (expired >= 0),
  revoked bigint not null check (revoked >= 0),
  moved bigint not null check (moved >= 0),
  -- An index on the sum itself would be rewritten with every use of the lot; this changes once in a lot's life.
  is_alive boolean not null generated always as (pending + available + held > 0) stored,
  primary key (party_id, lot_id),
  constraint lot_adds_up check (issued = pending + available + held + captured + expired + revoked + moved)
);
alter table ledger.lot set (fillfactor = 80);
create index lot_alive on ledger.lot (party_id, asset) where is_alive;
create index lot_source on ledger.lot (party_id, source) where source is not null;
create table ledger.posting (
  party_id uuid not null,
  transaction_id uuid not null,
  position integer not null,
  asset text not null,
  code text not null,
  from_account text not null,
  to_account text not null,
  amount bigint not null check (amount > 0),
  lot_id uuid,
  occurred_at timestamptz not null,
  posted_at timestamptz not null,
  xid xid8 not null,
  primary key (party_id, transaction_id, position),
  constraint posting_two_sides check (from_account <> to_account)
);
create index posting_xid on ledger.posting (xid);
-- Value set aside, and what was used of it; `parts` says of which lots: [{lotId, amount, captured, returned}].
create table ledger.hold (
  party_id uuid not null,
  hold_id uuid not null,
  asset text not null,
  amount bigint not null check (amount > 0),
  captured bigint not null,
  returned bigint not null,
  until timestamptz not null,
  state text not null check (state in ('open', 'captured', 'released', 'lapsed')),
  captured_by text,
  parts jsonb not null,
  primary key (party_id, hold_id),
  constraint hold_order check (0 <= returned and returned <= captured and captured <= amount)
);
create index hold_open on ledger.hold (party_id, asset) where state = 'open';
create table ledger.source (
  party_id uuid not null,
  asset text not null,
  source text not null,
  numerator bigint not null,
  denominator bigint not null check (denominator > 0),
  revoked bigint not null check (revoked >= 0),
  primary key (party_id, asset, source),
  constraint source_share check (0 <= numerator and numerator <= denominator)
);
-- House accounts are never updated when something is posted; their postings are added up afterwards, up to an `upto`
-- below which no transaction is still open, because the order of numbers is not the order of commits.
create table ledger.house_balance (
  account text not null,
  asset text not null,
  amount bigint not null,
  postings bigint not null,
  primary key (account, asset)
);
create table ledger.house_mark (
  only_row boolean primary key default true check (only_row),
  upto xid8 not null
);
insert into ledger.house_mark (upto) values ('0');
-- What staff asked to give (above zero) or take (below), and who agreed; `threshold` is what it was when it was asked.
create table ledger.adjustment (
  party_id uuid not null,
  adjustment_id uuid not null,
  asset text not null,
  amount bigint not null check (amount <> 0),
  threshold bigint not null,
  reason text not null,
  state text not null check (state in ('waiting', 'posted', 'declined')),
  asked_by text not null,
  asked_at timestamptz not null,
  decided_by text,
  decided_at timestamptz,
  transaction_id uuid,
  primary key (party_id, adjustment_id),
  constraint adjustment_second_pair_of_eyes check (decided_by <> asked_by)
);
create index adjustment_waiting on ledger.adjustment (asked_at) where state = 'waiting';
-- What was verified when, up to which transaction, and what was found.
create table ledger.verification (
  verification_id uuid primary key,
  verified_at timestamptz not null,
  scope text not null check (scope in ('whole', 'changed')),
  parties integer,
  postings bigint not null,
  upto xid8 not null,
  took_ms integer not null,
  faults integer not null,
  findings jsonb not null
);
create index verification_latest on ledger.verification (verified_at desc);
