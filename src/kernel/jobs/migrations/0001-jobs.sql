-- What long work was asked for and how far it is; the queue itself belongs to graphile-worker.
create schema jobs;
create table jobs.run (
  run_id uuid primary key,
  name text not null,
  key text,
  state text not null check (state in ('waiting', 'running', 'done', 'failed')),
  done bigint not null default 0,
  total bigint,
  unit text,
  words_key text,
  words jsonb,
  result jsonb,
  failure text,
  created_at timestamptz not null,
  started_at timestamptz,
  ended_at timestamptz
);
create index run_created on jobs.run (created_at desc);
create unique index run_waiting_key on jobs.run (name, key) where state = 'waiting' and key is not null;
