-- Published ladders, never changed; no rules means that there are no tiers from that day on.
create table tiers.edition (
  edition_id uuid primary key,
  number integer not null unique,
  rules jsonb,
  starts_on date not null,
  published_at timestamptz not null,
  published_by text not null
);
