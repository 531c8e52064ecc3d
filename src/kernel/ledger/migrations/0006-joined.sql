-- Profiles of one person: each keeps its own accounts, and what one has is there for all.
create table ledger.joined (
  party_id uuid primary key,
  holder_id uuid not null
);
create index joined_holder on ledger.joined (holder_id);
