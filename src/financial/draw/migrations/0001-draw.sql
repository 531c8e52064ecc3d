-- Lucky draws: what was promised before, who has how many tickets, the list as it was fixed, the one result, who won.
create schema draw;
create table draw.draw (
  draw_id uuid primary key,
  terms jsonb not null,
  zone text not null,
  opens_at timestamptz not null,
  closes_at timestamptz not null,
  seed_hash text not null check (seed_hash ~ '^[0-9a-f]{64}$'),
  announced_at timestamptz not null,
  announced_by text not null,
  cancelled_at timestamptz,
  cancelled_reason text,
  closed_at timestamptz,
  tickets bigint,
  list_hash text,
  constraint draw_in_order check (opens_at < closes_at and closed_at >= closes_at),
  constraint draw_list_of_closed check ((closed_at is null) = (list_hash is null)),
  constraint draw_called_off_before check (cancelled_at is null or closed_at is null)
);
create index draw_unclosed on draw.draw (closes_at) where closed_at is null and cancelled_at is null;
-- Apart from everything that is shown: read in the moment of the draw and never before.
create table draw.seed (
  draw_id uuid primary key,
  seed bytea not null check (length(seed) = 32)
);
create table draw.member (
  party_id uuid not null,
  draw_id uuid not null,
  tickets bigint not null check (tickets >= 0),
  primary key (party_id, draw_id)
);
create index member_draw on draw.member (draw_id);
-- What each order, day or fact brought; what comes again after it was taken back is a new generation.
create table draw.entry (
  party_id uuid not null,
  draw_id uuid not null,
  entry_key text not null,
  generation integer not null,
  occurred_at timestamptz not null,
  issued bigint not null check (issued > 0),
  kept bigint not null check (kept >= 0 and kept <= issued),
  primary key (party_id, draw_id, entry_key, generation)
);
-- What other programmes gave.
create table draw.given (
  party_id uuid not null,
  draw_id uuid not null,
  given_key text not null,
  tickets bigint not null check (tickets > 0),
  occurred_at timestamptz not null,
  primary key (party_id, draw_id, given_key)
);
-- Serials are given out at the closing, without gaps, in the order in which the tickets were earned.
create table draw.ticket (
  draw_id uuid not null,
  serial bigint not null check (serial > 0),
  ticket text not null,
  holder text not null,
  party_id uuid not null,
  primary key (draw_id, serial)
);
create index ticket_party on draw.ticket (party_id, draw_id);
-- One row for a draw and never a second: drawing again is impossible.
create table draw.result (
  draw_id uuid primary key,
  seed text not null check (seed ~ '^[0-9a-f]{64}$'),
  public_value text,
  drawn_at timestamptz not null,
  drawn_by text not null
);
create table draw.award (
  draw_id uuid not null,
  award_order integer not null check (award_order > 0),
  serial bigint not null,
  party_id uuid not null,
  prize_id text not null,
  replaces integer,
  state text not null check (state in ('waiting', 'claimed', 'posted', 'lapsed')),
  claim_until timestamptz,
  ended_at timestamptz,
  ended_by text,
  primary key (draw_id, award_order),
  constraint award_once unique (draw_id, serial),
  constraint award_replaced_once unique (draw_id, replaces),
  constraint award_of_result foreign key (draw_id) references draw.result (draw_id),
  constraint award_of_ticket foreign key (draw_id, serial) references draw.ticket (draw_id, serial)
);
create index award_waiting on draw.award (claim_until) where state = 'waiting';
create index award_party on draw.award (party_id);
