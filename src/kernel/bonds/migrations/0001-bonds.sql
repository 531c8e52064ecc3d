-- Who answers for somebody, how often they are to be contacted, and who belongs to whom.
create schema bonds;
-- Who of the staff answers for somebody, and by when they are next to be spoken to.
create table bonds.care (
  party_id uuid not null primary key,
  owner_id uuid,
  every_days integer constraint care_every_days check (every_days between 1 and 1000),
  due_on date,
  task_id uuid,
  constraint care_due check ((every_days is null) = (due_on is null))
);
create index care_due on bonds.care (due_on) where due_on is not null;
-- Each relation stands twice, once on each side, so that either page finds it by its own party.
create table bonds.relation (
  party_id uuid not null,
  relation_id uuid not null,
  kind text not null,
  other_party_id uuid not null,
  created_at timestamptz not null,
  primary key (party_id, relation_id)
);
create index relation_other on bonds.relation (other_party_id);
