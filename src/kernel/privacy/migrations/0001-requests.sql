-- Who asked for their data or to be forgotten, by when it is due, and what became of it. Holds no name: what remains of a
-- request after an erasure proves only that it was done.
create schema privacy;
create table privacy.request (
  party_id uuid not null,
  request_id uuid not null,
  kind text not null constraint request_kind check (kind in ('access', 'erasure')),
  state text not null constraint request_state check (state in ('open', 'working', 'done', 'declined')),
  asked_by text not null constraint request_asked_by check (asked_by in ('member', 'staff')),
  asked_at timestamptz not null,
  due_on date not null,
  handled_by uuid,
  handled_at timestamptz,
  settlement text,
  rows_forgotten integer,
  seconds_taken double precision,
  primary key (party_id, request_id)
);
create index request_due on privacy.request (due_on) where state in ('open', 'working');
create index request_id on privacy.request (request_id);
