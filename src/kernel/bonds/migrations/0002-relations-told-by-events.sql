-- Which relations stand because an event said so; one of them that somebody took away stays away.
alter table bonds.relation add column is_from_log boolean not null default false;
alter table bonds.relation add column removed_at timestamptz;
