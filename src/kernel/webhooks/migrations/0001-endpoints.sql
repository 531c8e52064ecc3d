-- Where events are sent to, and every message with its attempts: written with the event, sent after it.
create schema webhooks;
create table webhooks.endpoint (
  endpoint_id uuid primary key,
  url text not null,
  description text not null,
  -- Kinds of events (`purchase.recorded`), families (`promise.*`), or everything (`*`).
  kinds text[] not null,
  state text not null check (state in ('active', 'paused', 'disabled')),
  reason text check (reason in ('by-hand', 'unreachable', 'gone')),
  created_at timestamptz not null,
  stopped_at timestamptz,
  -- Since when, and how often in a row, it has not taken what was sent; until when it is left in peace.
  failing_since timestamptz,
  failures integer not null,
  rests_until timestamptz,
  last_delivered_at timestamptz
);
create table webhooks.secret (
  endpoint_id uuid not null constraint secret_of_endpoint references webhooks.endpoint (endpoint_id) on delete cascade,
  secret_id uuid not null,
  -- In the clear, since it must sign: whoever can read this database can also write the events.
  secret text not null,
  created_at timestamptz not null,
  ends_at timestamptz,
  primary key (endpoint_id, secret_id)
);
create table webhooks.delivery (
  endpoint_id uuid not null constraint delivery_to_endpoint references webhooks.endpoint (endpoint_id) on delete cascade,
  -- The id of the event: constant over attempts and replays, so that the receiver can drop what it knows.
  message_id uuid not null,
  -- Whom it is about; no foreign key, as a test is about nobody.
  party_id uuid,
  kind text not null,
  -- The very bytes that are signed.
  body text not null,
  state text not null check (state in ('waiting', 'delivered', 'failed')),
  -- Attempts begun, ever: the fencing token. Who comes back with an older number is not believed.
  attempts integer not null,
  -- Attempts since it was last asked for: the place in the schedule.
  tries integer not null,
  created_at timestamptz not null,
  next_at timestamptz,
  leased_until timestamptz,
  last_at timestamptz,
  status integer,
  fault text,
  primary key (endpoint_id, message_id)
);
create index delivery_due on webhooks.delivery (endpoint_id, next_at) where state = 'waiting';
create index delivery_party on webhooks.delivery (party_id);
create table webhooks.attempt (
  endpoint_id uuid not null,
  message_id uuid not null,
  attempt integer not null,
  at timestamptz not null,
  milliseconds integer not null,
  status integer,
  fault text,
  -- The first kilobyte of what was answered.
  answer text not null,
  primary key (endpoint_id, message_id, attempt),
  constraint attempt_of_delivery foreign key (endpoint_id, message_id)
    references webhooks.delivery (endpoint_id, message_id) on delete cascade
);
create index attempt_at on webhooks.attempt (endpoint_id, at);
