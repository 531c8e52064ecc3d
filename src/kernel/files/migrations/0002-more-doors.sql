-- More kinds of files, mended rows, who has the word about a customer, saved mappings, and folders that are watched.
alter table files.import drop constraint import_format_check;
alter table files.import add constraint import_format_check check (format in ('csv', 'xlsx', 'parquet', 'jsonl'));
alter table files.import add column fingerprint text;
alter table files.import add column folder_id uuid;
-- What the import had found before rows of it were mended; gone once the mended file has been read.
alter table files.import add column mended_totals jsonb;
alter table files.rejected_row add column cells jsonb;
alter table files.staged_customer add column said_at timestamptz;
-- Rows as a person corrected them: they stand in place of the file's whenever it is read.
create table files.mended_row (
  import_id uuid not null,
  row integer not null,
  cells jsonb not null,
  primary key (import_id, row)
);
-- When a file said something about a customer, for columns in which the newest has the word.
create table files.said_value (
  party_id uuid not null,
  field text not null,
  import_id uuid not null,
  said_at timestamptz not null,
  value text not null,
  primary key (party_id, field, import_id)
);
create index said_value_import on files.said_value (import_id);
create table files.saved_mapping (
  mapping_id uuid primary key,
  name text not null unique,
  fingerprint text not null,
  kind text not null check (kind in ('orders', 'customers')),
  columns jsonb not null,
  options jsonb not null,
  created_at timestamptz not null,
  changed_at timestamptz not null
);
create index saved_mapping_fingerprint on files.saved_mapping (fingerprint);
create table files.folder (
  folder_id uuid primary key,
  path text not null,
  pattern text not null,
  mapping_id uuid not null constraint folder_mapping references files.saved_mapping,
  timing jsonb not null,
  is_on boolean not null,
  failure jsonb,
  looked_at timestamptz,
  next_at timestamptz,
  created_at timestamptz not null
);
-- What was found in a folder: its size at the last look, and what became of it. A content that was taken is not taken again.
create table files.folder_file (
  file_id uuid primary key,
  folder_id uuid not null constraint folder_file_folder references files.folder on delete cascade,
  name text not null,
  bytes bigint not null,
  modified_at timestamptz not null,
  state text not null check (state in ('waiting', 'running', 'done', 'failed', 'known')),
  content_hash text,
  import_id uuid,
  failure jsonb,
  at timestamptz not null
);
create index folder_file_folder on files.folder_file (folder_id, at desc);
create unique index folder_file_waiting on files.folder_file (folder_id, name) where state in ('waiting', 'running');
