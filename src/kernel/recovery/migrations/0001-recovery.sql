create schema recovery;
-- Backups made by this server, for the page and for retention. It is about files on this machine, so it is not in them.
create table recovery.backup (
  backup_id uuid primary key,
  folder text not null,
  name text not null,
  made_by text not null check (made_by in ('schedule', 'staff', 'command')),
  made_at timestamptz not null,
  took_ms integer not null,
  verified_at timestamptz,
  drilled_at timestamptz,
  size_bytes bigint not null,
  tables integer not null,
  rows bigint not null,
  is_encrypted boolean not null,
  state_hash text,
  failure text
);
create index backup_by_time on recovery.backup (made_at);
