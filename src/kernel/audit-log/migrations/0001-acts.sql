-- What staff did, and keys in their place. The act is kept for ever and says nothing personal; its content can be erased.
create schema audit_log;
create table audit_log.act (
  act_id uuid primary key,
  acted_at timestamptz not null,
  actor_kind text not null constraint act_by check (actor_kind in ('staff', 'key')),
  actor_id uuid not null,
  actor_name text not null,
  operation text not null,
  room text not null,
  subject jsonb not null,
  party_id uuid,
  merchant_id text,
  outcome text not null constraint act_outcome check (outcome in ('done', 'refused', 'failed')),
  code text
);
create index act_by_time on audit_log.act (acted_at desc, act_id desc);
create index act_by_actor on audit_log.act (actor_id, acted_at desc);
create index act_by_party on audit_log.act (party_id, acted_at desc) where party_id is not null;
create table audit_log.content (
  act_id uuid primary key,
  party_ids uuid[] not null,
  asked jsonb not null,
  changes jsonb not null
);
create index content_by_party on audit_log.content using gin (party_ids);
