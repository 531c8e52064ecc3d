-- At which tier each customer stands, since when, and when time alone will change that.
create schema tiers;
create table tiers.standing (
  party_id uuid primary key,
  tier_id text,
  since_on date not null,
  drops_on date,
  notice_on date,
  noticed_for date,
  due_on date
);
create index standing_due on tiers.standing (due_on) where due_on is not null;
create index standing_tier on tiers.standing (tier_id) where tier_id is not null;
