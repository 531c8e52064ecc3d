-- A rejected event knows who sent it, how it was read, where the trouble is and what became of it; signed messages of shops are a source too.
alter table events.source drop constraint source_kind_check;
alter table events.source add constraint source_kind_check
  check (kind in ('import', 'key', 'receiver', 'staff', 'member', 'system'));
alter table events.problem alter column event type text using event::text;
alter table events.problem add column is_cut boolean not null default false;
alter table events.problem add column place text not null default '';
alter table events.problem add column source_kind text not null default 'key';
alter table events.problem add column merchant text;
alter table events.problem add column sent_at timestamptz;
alter table events.problem add column fingerprint uuid;
alter table events.problem add column times integer not null default 1;
alter table events.problem add column waits_for text;
alter table events.problem add column state text not null default 'waiting' check (state in ('waiting', 'replayed', 'dismissed'));
alter table events.problem add column settled_at timestamptz;
drop index events.problem_received;
create unique index problem_fingerprint on events.problem (fingerprint);
create index problem_state on events.problem (state, code, received_at desc, problem_id desc);
create index problem_waits on events.problem (waits_for) where state = 'waiting' and waits_for is not null;
