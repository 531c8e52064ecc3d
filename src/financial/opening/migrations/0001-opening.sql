-- Balances taken over from older systems: the files, the lots found in them, and the rows that could not be taken.
create schema opening;
create table opening.import (
  import_id uuid primary key,
  name text not null,
  -- The same file is taken over once, unless it was taken back.
  file_hash text not null,
  format text not null check (format in ('csv', 'xlsx')),
  gzip boolean not null,
  delimiter text not null,
  encoding text,
  state text not null
    check (state in ('mapped', 'checking', 'checked', 'running', 'done', 'undoing', 'undone', 'failed')),
  columns jsonb not null,
  asset text not null,
  date_order text check (date_order in ('ymd', 'dmy', 'mdy')),
  totals jsonb,
  posted bigint not null default 0,
  taken_back bigint not null default 0,
  kept bigint not null default 0,
  done bigint not null default 0,
  failure text,
  created_at timestamptz not null,
  created_by text not null
);
create table opening.line (
  party_id uuid not null,
  import_id uuid not null,
  row integer not null,
  asset text not null,
  amount bigint not null check (amount > 0),
  earned_at timestamptz not null,
  expires_at timestamptz,
  reference text,
  state text not null check (state in ('ready', 'posted', 'refused', 'taken-back', 'kept')),
  primary key (party_id, import_id, row)
);
create index line_import on opening.line (import_id, state, party_id, row);
create table opening.problem (
  import_id uuid not null,
  row integer not null,
  code text not null,
  cells jsonb not null,
  primary key (import_id, row)
);
