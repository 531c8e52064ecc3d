-- The service guarantee: what is promised in editions, every case of it, the claims, and what breaking it gave.
create schema guarantee;
create table guarantee.edition (
  edition_id uuid primary key,
  promise_id uuid not null,
  number integer not null,
  terms jsonb,
  zone text not null,
  starts_at timestamptz not null,
  published_at timestamptz not null,
  published_by text not null,
  constraint edition_number unique (promise_id, number)
);
-- Whoever works out a customer's cases locks this row first.
create table guarantee.customer (
  party_id uuid primary key
);
-- One promise to one customer about one thing. A case that was found broken stays so; what is learned later is noted beside.
create table guarantee.promise_case (
  party_id uuid not null,
  case_id uuid not null,
  promise_id uuid not null,
  edition_id uuid not null,
  reference text not null,
  merchant text,
  order_minor bigint,
  order_currency text,
  state text not null check (state in ('open', 'kept', 'broken', 'void')),
  started_at timestamptz,
  start_event_id uuid,
  due_at timestamptz,
  judge_at timestamptz,
  stopped_at timestamptz,
  stop_event_id uuid,
  minutes_taken double precision,
  decided_at timestamptz,
  broken_at timestamptz,
  detected_at timestamptz,
  reason text check (reason in ('late', 'missing', 'reported', 'claimed', 'unanswered')),
  late_evidence text check (late_evidence in ('kept', 'void', 'gone')),
  late_evidence_at timestamptz,
  primary key (party_id, case_id),
  constraint promise_case_once unique (party_id, promise_id, reference),
  constraint promise_case_broken check ((state = 'broken') = (broken_at is not null and detected_at is not null and reason is not null))
);
create index promise_case_due on guarantee.promise_case (judge_at) where state = 'open' and judge_at is not null;
create index promise_case_decided on guarantee.promise_case (decided_at);
-- Who said that a promise was broken: the facts, the customer, or somebody of the house. One for each case.
create table guarantee.claim (
  party_id uuid not null,
  case_id uuid not null,
  origin text not null check (origin in ('facts', 'customer', 'staff')),
  state text not null check (state in ('granted', 'waiting', 'declined')),
  is_believed boolean not null default false,
  claimed_at timestamptz not null,
  answer_by timestamptz,
  decided_at timestamptz,
  decided_by text,
  task_id uuid,
  primary key (party_id, case_id),
  constraint claim_case foreign key (party_id, case_id) references guarantee.promise_case (party_id, case_id)
);
create index claim_waiting on guarantee.claim (answer_by) where state = 'waiting';
-- What a broken promise gave. One for each broken case: the key is the case.
create table guarantee.compensation (
  party_id uuid not null,
  case_id uuid not null,
  kind text not null check (kind in ('points', 'money', 'right', 'apology')),
  asset text,
  amount bigint not null check (amount >= 0),
  worth_minor bigint not null,
  currency text,
  state text not null check (state in ('paid', 'owed', 'retracted')),
  owed_at timestamptz not null,
  due_on date,
  paid_at timestamptz,
  paid_by text check (paid_by in ('at-once', 'transfer', 'credit', 'call')),
  payment_reference text,
  transaction_id uuid,
  task_id uuid,
  primary key (party_id, case_id),
  constraint compensation_claim foreign key (party_id, case_id) references guarantee.claim (party_id, case_id),
  constraint compensation_paid check ((state = 'paid') = (paid_at is not null and paid_by is not null)),
  constraint compensation_due check (state <> 'owed' or due_on is not null)
);
create index compensation_owed on guarantee.compensation (due_on) where state = 'owed';
create index compensation_task on guarantee.compensation (party_id, task_id) where task_id is not null;
