-- Addresses to which shop and payment systems send signed messages, what they sign with, and what arrived.
create schema receivers;
create table receivers.receiver (
  receiver_id uuid primary key,
  system text not null check (system in ('shopify', 'woocommerce', 'stripe')),
  name text not null,
  merchant_id text,
  is_paused boolean not null default false,
  refused_count bigint not null default 0,
  last_refused_at timestamptz,
  created_at timestamptz not null,
  created_by uuid,
  closed_at timestamptz
);
create table receivers.secret (
  secret_id uuid primary key,
  receiver_id uuid not null,
  secret text not null,
  created_at timestamptz not null,
  ends_at timestamptz,
  constraint secret_receiver foreign key (receiver_id) references receivers.receiver (receiver_id)
);
create index secret_of_receiver on receivers.secret (receiver_id);
create table receivers.delivery (
  receiver_id uuid not null,
  delivery_key text not null,
  delivery_id uuid not null,
  received_at timestamptz not null,
  topic text not null,
  outcome text not null check (outcome in ('taken', 'duplicate', 'ignored', 'problem', 'test')),
  reason text,
  order_ref text,
  times integer not null default 1,
  constraint delivery_pk primary key (receiver_id, delivery_key),
  constraint delivery_receiver foreign key (receiver_id) references receivers.receiver (receiver_id)
);
create index delivery_received on receivers.delivery (receiver_id, received_at desc);
create table receivers.tally (
  receiver_id uuid not null,
  outcome text not null,
  deliveries bigint not null,
  constraint tally_pk primary key (receiver_id, outcome),
  constraint tally_receiver foreign key (receiver_id) references receivers.receiver (receiver_id)
);
