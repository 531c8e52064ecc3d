-- What people should do for a customer: who, by when, why, and how it went.
create schema tasks;
create table tasks.task (
  party_id uuid not null,
  task_id uuid not null,
  programme text not null,
  words_key text not null,
  words jsonb not null,
  suggestion_key text not null,
  owner_id uuid,
  due_on date not null,
  rank double precision not null default 0,
  state text not null check (state in ('open', 'postponed', 'done', 'withdrawn')),
  outcome text,
  created_at timestamptz not null,
  closed_at timestamptz,
  primary key (party_id, task_id)
);
create index task_open on tasks.task (due_on, rank desc) where state in ('open', 'postponed');
create index task_closed on tasks.task (closed_at desc) where state = 'done';
-- What was said is personal: it can be erased, and events only point to the task.
create table tasks.note (
  party_id uuid not null,
  task_id uuid not null,
  note text not null,
  written_by uuid,
  written_at timestamptz not null,
  primary key (party_id, task_id),
  constraint note_task foreign key (party_id, task_id) references tasks.task (party_id, task_id) on delete cascade
);
