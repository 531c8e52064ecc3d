-- The tables as the migrations leave them, for reading and for reviews; a test compares. Written by
-- GUANXI_WRITE_SCHEMA=yes npm test -- scripts/data-rules

create table access.api_key (
  key_id uuid not null,
  name text not null,
  prefix text not null,
  secret_hash bytea not null,
  permissions text[] not null,
  created_by uuid,
  created_at timestamp with time zone not null,
  last_used_at timestamp with time zone,
  revoked_at timestamp with time zone,
  merchant_id text,
  expires_at timestamp with time zone,
  replaces uuid,
  kind text not null default 'server'::text,
  constraint api_key_pkey PRIMARY KEY (key_id),
  constraint api_key_browser CHECK (((kind = 'server'::text) OR (cardinality(permissions) = 0))),
  constraint api_key_kind_check CHECK ((kind = ANY (ARRAY['server'::text, 'browser'::text])))
);
CREATE UNIQUE INDEX api_key_secret ON access.api_key (secret_hash);

create table access.code_to_deliver (
  subject bytea not null,
  party_id uuid not null,
  code text not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  constraint code_to_deliver_pkey PRIMARY KEY (subject)
);
CREATE INDEX code_to_deliver_by_party ON access.code_to_deliver (party_id);

create table access.known_device (
  token_hash bytea not null,
  staff_id uuid not null,
  known_since timestamp with time zone not null,
  constraint known_device_pkey PRIMARY KEY (token_hash),
  constraint device_of_staff FOREIGN KEY (staff_id) REFERENCES access.staff(staff_id) ON DELETE CASCADE
);
CREATE INDEX known_device_by_staff ON access.known_device (staff_id);

create table access.member_code (
  subject bytea not null,
  party_id uuid,
  code_hash bytea not null,
  expires_at timestamp with time zone not null,
  tries_left integer not null,
  hour_began_at timestamp with time zone not null,
  made_this_hour integer not null,
  constraint member_code_pkey PRIMARY KEY (subject)
);
CREATE INDEX member_code_by_party ON access.member_code (party_id);

create table access.member_link (
  token_hash bytea not null,
  party_id uuid not null,
  created_by text not null,
  created_at timestamp with time zone not null,
  used_at timestamp with time zone,
  constraint member_link_pkey PRIMARY KEY (token_hash)
);
CREATE INDEX member_link_by_party ON access.member_link (party_id);

create table access.member_session (
  token_hash bytea not null,
  party_id uuid not null,
  begun_by text not null,
  began_at timestamp with time zone not null,
  seen_at timestamp with time zone not null,
  constraint member_session_pkey PRIMARY KEY (token_hash),
  constraint member_session_begun_by CHECK ((begun_by = ANY (ARRAY['link'::text, 'code'::text])))
);
CREATE INDEX member_session_by_party ON access.member_session (party_id);

create table access.provider_person (
  issuer text not null,
  subject text not null,
  staff_id uuid not null,
  constraint provider_person_pkey PRIMARY KEY (issuer, subject),
  constraint provider_person_of_staff FOREIGN KEY (staff_id) REFERENCES access.staff(staff_id) ON DELETE CASCADE
);

create table access.provider_sign_in (
  state_hash bytea not null,
  browser_hash bytea not null,
  nonce text not null,
  verifier text not null,
  expires_at timestamp with time zone not null,
  constraint provider_sign_in_pkey PRIMARY KEY (state_hash)
);

create table access.second_step (
  staff_id uuid not null,
  secret text not null,
  begun_at timestamp with time zone not null,
  confirmed_at timestamp with time zone,
  last_counter bigint not null,
  recovery_hashes bytea[] not null,
  constraint second_step_pkey PRIMARY KEY (staff_id),
  constraint second_step_of_staff FOREIGN KEY (staff_id) REFERENCES access.staff(staff_id) ON DELETE CASCADE
);

create table access.session (
  token_hash bytea not null,
  staff_id uuid not null,
  begun_by text not null,
  began_at timestamp with time zone not null,
  seen_at timestamp with time zone not null,
  session_id uuid not null,
  device text,
  former_hash bytea,
  former_until timestamp with time zone,
  rotated_at timestamp with time zone not null,
  constraint session_pkey PRIMARY KEY (token_hash),
  constraint session_begun_by CHECK ((begun_by = ANY (ARRAY['link'::text, 'password'::text, 'provider'::text]))),
  constraint session_of_staff FOREIGN KEY (staff_id) REFERENCES access.staff(staff_id) ON DELETE CASCADE
);
CREATE INDEX session_by_former ON access.session (former_hash) WHERE (former_hash IS NOT NULL);
CREATE UNIQUE INDEX session_by_id ON access.session (session_id);
CREATE INDEX session_by_staff ON access.session (staff_id);

create table access.sign_in_link (
  token_hash bytea not null,
  staff_id uuid,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  is_from_machine boolean not null default false,
  constraint sign_in_link_pkey PRIMARY KEY (token_hash),
  constraint link_of_staff FOREIGN KEY (staff_id) REFERENCES access.staff(staff_id) ON DELETE CASCADE
);

create table access.staff (
  staff_id uuid not null,
  name text not null,
  email text,
  role text not null,
  language text,
  password_hash text,
  created_at timestamp with time zone not null,
  last_seen_at timestamp with time zone,
  removed_at timestamp with time zone,
  merchant_id text,
  constraint staff_pkey PRIMARY KEY (staff_id)
);
CREATE UNIQUE INDEX staff_email ON access.staff (email) WHERE (removed_at IS NULL);

create table audit_log.act (
  act_id uuid not null,
  acted_at timestamp with time zone not null,
  actor_kind text not null,
  actor_id uuid not null,
  actor_name text not null,
  operation text not null,
  room text not null,
  subject jsonb not null,
  party_id uuid,
  merchant_id text,
  outcome text not null,
  code text,
  constraint act_pkey PRIMARY KEY (act_id),
  constraint act_by CHECK ((actor_kind = ANY (ARRAY['staff'::text, 'key'::text, 'machine'::text]))),
  constraint act_outcome CHECK ((outcome = ANY (ARRAY['done'::text, 'refused'::text, 'failed'::text])))
);
CREATE INDEX act_by_actor ON audit_log.act (actor_id, acted_at DESC);
CREATE INDEX act_by_party ON audit_log.act (party_id, acted_at DESC) WHERE (party_id IS NOT NULL);
CREATE INDEX act_by_time ON audit_log.act (acted_at DESC, act_id DESC);

create table audit_log.content (
  act_id uuid not null,
  party_ids uuid[] not null,
  asked jsonb not null,
  changes jsonb not null,
  constraint content_pkey PRIMARY KEY (act_id)
);
CREATE INDEX content_by_party ON audit_log.content USING gin (party_ids);

create table bonds.care (
  party_id uuid not null,
  owner_id uuid,
  every_days integer,
  due_on date,
  task_id uuid,
  constraint care_pkey PRIMARY KEY (party_id),
  constraint care_due CHECK (((every_days IS NULL) = (due_on IS NULL))),
  constraint care_every_days CHECK (((every_days >= 1) AND (every_days <= 1000)))
);
CREATE INDEX care_due ON bonds.care (due_on) WHERE (due_on IS NOT NULL);

create table bonds.relation (
  party_id uuid not null,
  relation_id uuid not null,
  kind text not null,
  other_party_id uuid not null,
  created_at timestamp with time zone not null,
  is_from_log boolean not null default false,
  removed_at timestamp with time zone,
  constraint relation_pkey PRIMARY KEY (party_id, relation_id)
);
CREATE INDEX relation_other ON bonds.relation (other_party_id);

create table catalogue.product (
  sku text not null,
  name text not null,
  category text,
  constraint product_pkey PRIMARY KEY (sku)
);

create table coalition.award (
  party_id uuid not null,
  benefit_id uuid not null,
  window_key text not null,
  generation integer not null,
  earned_on date not null,
  is_kept boolean not null,
  constraint award_pkey PRIMARY KEY (party_id, benefit_id, window_key, generation)
);

create table coalition.benefit (
  benefit_id uuid not null,
  rules jsonb not null,
  until_on date,
  created_at timestamp with time zone not null,
  created_by text not null,
  constraint benefit_pkey PRIMARY KEY (benefit_id)
);

create table coalition.dispute (
  dispute_id uuid not null,
  month text not null,
  merchant_id text not null,
  line_id text not null,
  reason text not null,
  state text not null,
  opened_by text not null,
  opened_at timestamp with time zone not null,
  answer text,
  correction_minor bigint,
  answered_by text,
  answered_at timestamp with time zone,
  booked_month text,
  constraint dispute_pkey PRIMARY KEY (dispute_id),
  constraint dispute_answered CHECK (((state = 'open'::text) = (answered_at IS NULL))),
  constraint dispute_booked FOREIGN KEY (booked_month) REFERENCES coalition.month(month),
  constraint dispute_corrected CHECK (((state = 'corrected'::text) = (correction_minor IS NOT NULL))),
  constraint dispute_line FOREIGN KEY (month, merchant_id, line_id) REFERENCES coalition.line(month, merchant_id, line_id),
  constraint dispute_state_check CHECK ((state = ANY (ARRAY['open'::text, 'rejected'::text, 'corrected'::text])))
);
CREATE UNIQUE INDEX dispute_open ON coalition.dispute (month, merchant_id, line_id) WHERE (state = 'open'::text);

create table coalition.line (
  month text not null,
  merchant_id text not null,
  line_id text not null,
  position integer not null,
  kind text not null,
  terms_id uuid,
  dispute_id uuid,
  points bigint not null,
  rate_minor bigint not null,
  percent smallint not null,
  amount_minor bigint not null,
  transaction_id uuid,
  constraint line_pkey PRIMARY KEY (month, merchant_id, line_id),
  constraint line_kind_check CHECK ((kind = ANY (ARRAY['issued'::text, 'revoked'::text, 'redeemed'::text, 'returned'::text, 'expired'::text, 'correction'::text]))),
  constraint line_month FOREIGN KEY (month) REFERENCES coalition.month(month),
  constraint line_terms FOREIGN KEY (terms_id) REFERENCES coalition.terms(terms_id)
);

create table coalition.member (
  party_id uuid not null,
  seen_at timestamp with time zone not null,
  constraint member_pkey PRIMARY KEY (party_id)
);

create table coalition.merchant (
  merchant_id text not null,
  party_id uuid not null,
  joined_at timestamp with time zone not null,
  low_task_id uuid,
  constraint merchant_pkey PRIMARY KEY (merchant_id),
  constraint merchant_party_id_key UNIQUE (party_id)
);

create table coalition.month (
  month text not null,
  zone text not null,
  currency text not null,
  starts_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  closed_at timestamp with time zone not null,
  closed_by text not null,
  upto xid8 not null,
  next_xid xid8 not null,
  pool_minor bigint not null,
  margin_minor bigint not null,
  breakage_minor bigint not null,
  disputes_until timestamp with time zone not null,
  flows jsonb not null,
  outside jsonb not null,
  constraint month_pkey PRIMARY KEY (month),
  constraint month_month_check CHECK ((month ~ '^[0-9]{4}-[0-9]{2}$'::text))
);

create table coalition.payment (
  payment_id uuid not null,
  merchant_id text not null,
  month text,
  amount_minor bigint not null,
  currency text not null,
  reference text not null,
  paid_on date not null,
  recorded_at timestamp with time zone not null,
  recorded_by text not null,
  constraint payment_pkey PRIMARY KEY (payment_id),
  constraint payment_amount_minor_check CHECK ((amount_minor <> 0)),
  constraint payment_merchant FOREIGN KEY (merchant_id) REFERENCES coalition.merchant(merchant_id),
  constraint payment_month FOREIGN KEY (month) REFERENCES coalition.month(month)
);
CREATE INDEX payment_of ON coalition.payment (merchant_id, month);

create table coalition.terms (
  terms_id uuid not null,
  merchant_id text not null,
  number integer not null,
  from_on date not null,
  until_on date,
  fund_minor bigint not null,
  redeem_minor bigint not null,
  currency text not null,
  payment text not null,
  deposit_minor bigint not null,
  breakage_merchant smallint not null,
  breakage_pool smallint not null,
  breakage_coalition smallint not null,
  accepts text[],
  published_at timestamp with time zone not null,
  published_by text not null,
  constraint terms_pkey PRIMARY KEY (terms_id),
  constraint terms_breakage CHECK ((((breakage_merchant + breakage_pool) + breakage_coalition) = 100)),
  constraint terms_breakage_coalition_check CHECK ((breakage_coalition >= 0)),
  constraint terms_breakage_merchant_check CHECK ((breakage_merchant >= 0)),
  constraint terms_breakage_pool_check CHECK ((breakage_pool >= 0)),
  constraint terms_days CHECK (((until_on IS NULL) OR (until_on >= from_on))),
  constraint terms_deposit_minor_check CHECK ((deposit_minor >= 0)),
  constraint terms_fund_minor_check CHECK ((fund_minor >= 0)),
  constraint terms_merchant FOREIGN KEY (merchant_id) REFERENCES coalition.merchant(merchant_id),
  constraint terms_number UNIQUE (merchant_id, number),
  constraint terms_payment_check CHECK ((payment = ANY (ARRAY['prepaid'::text, 'postpaid'::text]))),
  constraint terms_redeem_minor_check CHECK ((redeem_minor >= 0))
);

create table credit.card (
  card_id text not null,
  terms jsonb not null,
  created_at timestamp with time zone not null,
  changed_at timestamp with time zone not null,
  constraint card_pkey PRIMARY KEY (card_id)
);

create table credit.sold_card (
  party_id uuid not null,
  sold_card_id uuid not null,
  card_id text not null,
  visits integer not null,
  price_minor bigint not null,
  currency text not null,
  refund_percent integer not null,
  method text not null,
  merchant text,
  sold_at timestamp with time zone not null,
  expires_at timestamp with time zone,
  refunded_visits integer not null default 0,
  refunded_minor bigint not null default 0,
  constraint sold_card_pkey PRIMARY KEY (party_id, sold_card_id),
  constraint sold_card_price_minor_check CHECK ((price_minor > 0)),
  constraint sold_card_refund_percent_check CHECK (((refund_percent >= 0) AND (refund_percent <= 100))),
  constraint sold_card_refunds CHECK ((((refunded_visits >= 0) AND (refunded_visits <= visits)) AND ((refunded_minor >= 0) AND (refunded_minor <= price_minor)))),
  constraint sold_card_visits_check CHECK ((visits > 0))
);

create table credit.top_up (
  party_id uuid not null,
  top_up_id uuid not null,
  currency text not null,
  amount_minor bigint not null,
  bonus_minor bigint not null,
  bonus_points bigint not null,
  method text not null,
  merchant text,
  occurred_at timestamp with time zone not null,
  constraint top_up_pkey PRIMARY KEY (party_id, top_up_id),
  constraint top_up_amount_minor_check CHECK ((amount_minor > 0)),
  constraint top_up_bonus_minor_check CHECK ((bonus_minor >= 0)),
  constraint top_up_bonus_points_check CHECK ((bonus_points >= 0))
);

create table credit.withdrawal (
  party_id uuid not null,
  withdrawal_id uuid not null,
  currency text not null,
  amount_minor bigint not null,
  method text not null,
  threshold bigint not null,
  state text not null,
  money_minor bigint,
  kept_minor bigint,
  bonus_minor bigint,
  asked_by text not null,
  asked_at timestamp with time zone not null,
  decided_by text,
  decided_at timestamp with time zone,
  constraint withdrawal_pkey PRIMARY KEY (party_id, withdrawal_id),
  constraint withdrawal_amount_minor_check CHECK ((amount_minor > 0)),
  constraint withdrawal_second_pair_of_eyes CHECK ((decided_by <> asked_by)),
  constraint withdrawal_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'posted'::text, 'declined'::text])))
);
CREATE INDEX withdrawal_waiting ON credit.withdrawal (asked_at) WHERE (state = 'waiting'::text);

create table draw.award (
  draw_id uuid not null,
  award_order integer not null,
  serial bigint not null,
  party_id uuid not null,
  prize_id text not null,
  replaces integer,
  state text not null,
  claim_until timestamp with time zone,
  ended_at timestamp with time zone,
  ended_by text,
  constraint award_pkey PRIMARY KEY (draw_id, award_order),
  constraint award_award_order_check CHECK ((award_order > 0)),
  constraint award_of_result FOREIGN KEY (draw_id) REFERENCES draw.result(draw_id),
  constraint award_of_ticket FOREIGN KEY (draw_id, serial) REFERENCES draw.ticket(draw_id, serial),
  constraint award_once UNIQUE (draw_id, serial),
  constraint award_replaced_once UNIQUE (draw_id, replaces),
  constraint award_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'claimed'::text, 'posted'::text, 'lapsed'::text])))
);
CREATE INDEX award_party ON draw.award (party_id);
CREATE INDEX award_waiting ON draw.award (claim_until) WHERE (state = 'waiting'::text);

create table draw.draw (
  draw_id uuid not null,
  terms jsonb not null,
  zone text not null,
  opens_at timestamp with time zone not null,
  closes_at timestamp with time zone not null,
  seed_hash text not null,
  announced_at timestamp with time zone not null,
  announced_by text not null,
  cancelled_at timestamp with time zone,
  cancelled_reason text,
  closed_at timestamp with time zone,
  tickets bigint,
  list_hash text,
  constraint draw_pkey PRIMARY KEY (draw_id),
  constraint draw_called_off_before CHECK (((cancelled_at IS NULL) OR (closed_at IS NULL))),
  constraint draw_in_order CHECK (((opens_at < closes_at) AND (closed_at >= closes_at))),
  constraint draw_list_of_closed CHECK (((closed_at IS NULL) = (list_hash IS NULL))),
  constraint draw_seed_hash_check CHECK ((seed_hash ~ '^[0-9a-f]{64}$'::text))
);
CREATE INDEX draw_unclosed ON draw.draw (closes_at) WHERE ((closed_at IS NULL) AND (cancelled_at IS NULL));

create table draw.entry (
  party_id uuid not null,
  draw_id uuid not null,
  entry_key text not null,
  generation integer not null,
  occurred_at timestamp with time zone not null,
  issued bigint not null,
  kept bigint not null,
  constraint entry_pkey PRIMARY KEY (party_id, draw_id, entry_key, generation),
  constraint entry_check CHECK (((kept >= 0) AND (kept <= issued))),
  constraint entry_issued_check CHECK ((issued > 0))
);

create table draw.given (
  party_id uuid not null,
  draw_id uuid not null,
  given_key text not null,
  tickets bigint not null,
  occurred_at timestamp with time zone not null,
  constraint given_pkey PRIMARY KEY (party_id, draw_id, given_key),
  constraint given_tickets_check CHECK ((tickets > 0))
);

create table draw.member (
  party_id uuid not null,
  draw_id uuid not null,
  tickets bigint not null,
  constraint member_pkey PRIMARY KEY (party_id, draw_id),
  constraint member_tickets_check CHECK ((tickets >= 0))
);
CREATE INDEX member_draw ON draw.member (draw_id);

create table draw.result (
  draw_id uuid not null,
  seed text not null,
  public_value text,
  drawn_at timestamp with time zone not null,
  drawn_by text not null,
  constraint result_pkey PRIMARY KEY (draw_id),
  constraint result_seed_check CHECK ((seed ~ '^[0-9a-f]{64}$'::text))
);

create table draw.seed (
  draw_id uuid not null,
  seed bytea not null,
  constraint seed_pkey PRIMARY KEY (draw_id),
  constraint seed_seed_check CHECK ((length(seed) = 32))
);

create table draw.ticket (
  draw_id uuid not null,
  serial bigint not null,
  ticket text not null,
  holder text not null,
  party_id uuid not null,
  constraint ticket_pkey PRIMARY KEY (draw_id, serial),
  constraint ticket_serial_check CHECK ((serial > 0))
);
CREATE INDEX ticket_party ON draw.ticket (party_id, draw_id);

create table effect.assignment (
  party_id uuid not null,
  programme text not null,
  treatment text not null,
  is_held_out boolean not null,
  assigned_at timestamp with time zone not null,
  constraint assignment_pkey PRIMARY KEY (party_id, programme, treatment)
);
CREATE INDEX assignment_treatment ON effect.assignment (programme, treatment, assigned_at);

create table effect.treatment (
  programme text not null,
  treatment text not null,
  name text,
  held_out_share double precision not null,
  horizon_days integer not null,
  cost_each_minor bigint not null,
  cost_sources text,
  cost_minor_per_100 bigint,
  constraint treatment_pkey PRIMARY KEY (programme, treatment),
  constraint treatment_cost_each_minor_check CHECK ((cost_each_minor >= 0)),
  constraint treatment_held_out_share_check CHECK (((held_out_share >= (0)::double precision) AND (held_out_share <= (0.9)::double precision))),
  constraint treatment_horizon_days_check CHECK (((horizon_days >= 1) AND (horizon_days <= 730)))
);

create table events.event (
  party_id uuid not null,
  occurred_at timestamp with time zone not null,
  event_id uuid not null,
  kind text not null,
  payload jsonb not null,
  source_id uuid not null,
  received_at timestamp with time zone not null,
  origin_party_id uuid,
  constraint event_pkey PRIMARY KEY (party_id, occurred_at, event_id)
);
CREATE INDEX event_received ON ONLY events.event USING brin (received_at);

create table events.key (
  key uuid not null,
  party_id uuid not null,
  occurred_at timestamp with time zone not null,
  event_id uuid not null,
  source_id uuid not null,
  constraint key_pkey PRIMARY KEY (key)
);
CREATE INDEX key_source ON events.key USING brin (source_id);

create table events.problem (
  problem_id uuid not null,
  source_id uuid not null,
  received_at timestamp with time zone not null,
  code text not null,
  details jsonb not null,
  event text not null,
  is_cut boolean not null default false,
  place text not null default ''::text,
  source_kind text not null default 'key'::text,
  merchant text,
  sent_at timestamp with time zone,
  fingerprint uuid,
  times integer not null default 1,
  waits_for text,
  state text not null default 'waiting'::text,
  settled_at timestamp with time zone,
  constraint problem_pkey PRIMARY KEY (problem_id),
  constraint problem_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'replayed'::text, 'dismissed'::text])))
);
CREATE UNIQUE INDEX problem_fingerprint ON events.problem (fingerprint);
CREATE INDEX problem_state ON events.problem (state, code, received_at DESC, problem_id DESC);
CREATE INDEX problem_waits ON events.problem (waits_for) WHERE ((state = 'waiting'::text) AND (waits_for IS NOT NULL));

create table events.property (
  party_id uuid not null,
  event_id uuid not null,
  properties jsonb not null,
  constraint property_pkey PRIMARY KEY (party_id, event_id)
);

create table events.source (
  source_id uuid not null,
  kind text not null,
  constraint source_pkey PRIMARY KEY (source_id),
  constraint source_kind_check CHECK ((kind = ANY (ARRAY['import'::text, 'key'::text, 'browser'::text, 'receiver'::text, 'staff'::text, 'member'::text, 'system'::text])))
);

create table events.withdrawal (
  source_id uuid not null,
  events integer not null,
  withdrawn_at timestamp with time zone not null,
  constraint withdrawal_pkey PRIMARY KEY (source_id)
);

create table files.folder (
  folder_id uuid not null,
  path text not null,
  pattern text not null,
  mapping_id uuid not null,
  timing jsonb not null,
  is_on boolean not null,
  failure jsonb,
  looked_at timestamp with time zone,
  next_at timestamp with time zone,
  created_at timestamp with time zone not null,
  constraint folder_pkey PRIMARY KEY (folder_id),
  constraint folder_mapping FOREIGN KEY (mapping_id) REFERENCES files.saved_mapping(mapping_id)
);

create table files.folder_file (
  file_id uuid not null,
  folder_id uuid not null,
  name text not null,
  bytes bigint not null,
  modified_at timestamp with time zone not null,
  state text not null,
  content_hash text,
  import_id uuid,
  failure jsonb,
  at timestamp with time zone not null,
  constraint folder_file_pkey PRIMARY KEY (file_id),
  constraint folder_file_folder FOREIGN KEY (folder_id) REFERENCES files.folder(folder_id) ON DELETE CASCADE,
  constraint folder_file_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'running'::text, 'done'::text, 'failed'::text, 'known'::text])))
);
CREATE INDEX folder_file_folder ON files.folder_file (folder_id, at DESC);
CREATE UNIQUE INDEX folder_file_waiting ON files.folder_file (folder_id, name) WHERE (state = ANY (ARRAY['waiting'::text, 'running'::text]));

create table files.import (
  import_id uuid not null,
  number integer not null,
  name text not null,
  bytes bigint not null,
  format text not null,
  gzip boolean not null,
  state text not null,
  kind text not null,
  columns jsonb not null,
  options jsonb not null,
  questions jsonb not null,
  preview jsonb not null,
  failure jsonb,
  progress jsonb,
  totals jsonb,
  taken_customers text not null default ''::text,
  taken_orders integer not null default 0,
  caller_id text,
  created_at timestamp with time zone not null,
  checked_at timestamp with time zone,
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  undone_at timestamp with time zone,
  fingerprint text,
  folder_id uuid,
  mended_totals jsonb,
  constraint import_pkey PRIMARY KEY (import_id),
  constraint import_format_check CHECK ((format = ANY (ARRAY['csv'::text, 'xlsx'::text, 'parquet'::text, 'jsonl'::text]))),
  constraint import_kind_check CHECK ((kind = ANY (ARRAY['orders'::text, 'customers'::text]))),
  constraint import_number_key UNIQUE (number),
  constraint import_state_check CHECK ((state = ANY (ARRAY['mapping'::text, 'checking'::text, 'checked'::text, 'running'::text, 'done'::text, 'undoing'::text, 'undone'::text, 'failed'::text])))
);

create table files.mended_row (
  import_id uuid not null,
  row integer not null,
  cells jsonb not null,
  constraint mended_row_pkey PRIMARY KEY (import_id, "row")
);

create table files.named_party (
  party_id uuid not null,
  import_id uuid not null,
  created boolean not null,
  before jsonb,
  after jsonb,
  constraint named_party_pkey PRIMARY KEY (party_id, import_id)
);
CREATE INDEX named_party_import ON files.named_party (import_id);

create table files.recorded_order (
  order_key uuid not null,
  event_id uuid not null,
  import_id uuid not null,
  party_id uuid not null,
  digest uuid not null,
  constraint recorded_order_pkey PRIMARY KEY (order_key, event_id)
);
CREATE INDEX recorded_order_import ON files.recorded_order (import_id, party_id);

create table files.rejected_row (
  import_id uuid not null,
  row integer not null,
  column integer,
  code text not null,
  details jsonb not null,
  value text,
  cells jsonb,
  constraint rejected_row_pkey PRIMARY KEY (import_id, "row")
);

create table files.said_value (
  party_id uuid not null,
  field text not null,
  import_id uuid not null,
  said_at timestamp with time zone not null,
  value text not null,
  constraint said_value_pkey PRIMARY KEY (party_id, field, import_id)
);
CREATE INDEX said_value_import ON files.said_value (import_id);

create table files.saved_mapping (
  mapping_id uuid not null,
  name text not null,
  fingerprint text not null,
  kind text not null,
  columns jsonb not null,
  options jsonb not null,
  created_at timestamp with time zone not null,
  changed_at timestamp with time zone not null,
  constraint saved_mapping_pkey PRIMARY KEY (mapping_id),
  constraint saved_mapping_kind_check CHECK ((kind = ANY (ARRAY['orders'::text, 'customers'::text]))),
  constraint saved_mapping_name_key UNIQUE (name)
);
CREATE INDEX saved_mapping_fingerprint ON files.saved_mapping (fingerprint);

create table files.set_aside_line (
  import_id uuid not null,
  row integer not null,
  part smallint not null,
  order_ref text not null,
  occurred_at timestamp with time zone not null,
  sku text not null,
  quantity bigint not null,
  amount_minor bigint not null,
  constraint set_aside_line_pkey PRIMARY KEY (import_id, "row")
);

create table files.staged_customer (
  import_number integer not null,
  row integer not null,
  customer_key text not null,
  customer_id text,
  email text,
  phone text,
  name text,
  family_name text,
  given_name text,
  birthday text,
  city text,
  country text,
  party_id uuid,
  said_at timestamp with time zone
);

create table files.staged_line (
  import_number integer not null,
  row integer not null,
  part smallint not null,
  order_ref text not null,
  customer_key text,
  occurred_at timestamp with time zone not null,
  sku text not null,
  quantity bigint not null,
  unit_price text not null,
  amount_minor bigint not null
);

create table files.staged_order (
  import_number integer not null,
  order_no integer not null,
  order_key uuid not null,
  part smallint not null,
  order_ref text not null,
  customer_key text,
  occurred_at timestamp with time zone not null,
  amount_minor bigint not null,
  line_count integer not null,
  lines text not null,
  digest uuid not null
);

create table files.staged_product (
  import_number integer not null,
  row integer not null,
  sku text not null,
  name text not null,
  category text
);

create table files.unattributed_order (
  order_key uuid not null,
  import_id uuid not null,
  part smallint not null,
  order_ref text not null,
  occurred_at timestamp with time zone not null,
  amount_minor bigint not null,
  currency text not null,
  lines integer not null,
  digest uuid not null,
  attributed_by uuid,
  constraint unattributed_order_pkey PRIMARY KEY (order_key, import_id)
);
CREATE INDEX unattributed_order_import ON files.unattributed_order (import_id, order_key);

create table guarantee.claim (
  party_id uuid not null,
  case_id uuid not null,
  origin text not null,
  state text not null,
  is_believed boolean not null default false,
  claimed_at timestamp with time zone not null,
  answer_by timestamp with time zone,
  decided_at timestamp with time zone,
  decided_by text,
  task_id uuid,
  constraint claim_pkey PRIMARY KEY (party_id, case_id),
  constraint claim_case FOREIGN KEY (party_id, case_id) REFERENCES guarantee.promise_case(party_id, case_id),
  constraint claim_origin_check CHECK ((origin = ANY (ARRAY['facts'::text, 'customer'::text, 'staff'::text]))),
  constraint claim_state_check CHECK ((state = ANY (ARRAY['granted'::text, 'waiting'::text, 'declined'::text])))
);
CREATE INDEX claim_waiting ON guarantee.claim (answer_by) WHERE (state = 'waiting'::text);

create table guarantee.compensation (
  party_id uuid not null,
  case_id uuid not null,
  kind text not null,
  asset text,
  amount bigint not null,
  worth_minor bigint not null,
  currency text,
  state text not null,
  owed_at timestamp with time zone not null,
  due_on date,
  paid_at timestamp with time zone,
  paid_by text,
  payment_reference text,
  transaction_id uuid,
  task_id uuid,
  constraint compensation_pkey PRIMARY KEY (party_id, case_id),
  constraint compensation_amount_check CHECK ((amount >= 0)),
  constraint compensation_claim FOREIGN KEY (party_id, case_id) REFERENCES guarantee.claim(party_id, case_id),
  constraint compensation_due CHECK (((state <> 'owed'::text) OR (due_on IS NOT NULL))),
  constraint compensation_kind_check CHECK ((kind = ANY (ARRAY['points'::text, 'money'::text, 'right'::text, 'apology'::text]))),
  constraint compensation_paid CHECK (((state = 'paid'::text) = ((paid_at IS NOT NULL) AND (paid_by IS NOT NULL)))),
  constraint compensation_paid_by_check CHECK ((paid_by = ANY (ARRAY['at-once'::text, 'transfer'::text, 'credit'::text, 'call'::text]))),
  constraint compensation_state_check CHECK ((state = ANY (ARRAY['paid'::text, 'owed'::text, 'retracted'::text])))
);
CREATE INDEX compensation_owed ON guarantee.compensation (due_on) WHERE (state = 'owed'::text);
CREATE INDEX compensation_task ON guarantee.compensation (party_id, task_id) WHERE (task_id IS NOT NULL);

create table guarantee.customer (
  party_id uuid not null,
  constraint customer_pkey PRIMARY KEY (party_id)
);

create table guarantee.edition (
  edition_id uuid not null,
  promise_id uuid not null,
  number integer not null,
  terms jsonb,
  zone text not null,
  starts_at timestamp with time zone not null,
  published_at timestamp with time zone not null,
  published_by text not null,
  constraint edition_pkey PRIMARY KEY (edition_id),
  constraint edition_number UNIQUE (promise_id, number)
);

create table guarantee.promise_case (
  party_id uuid not null,
  case_id uuid not null,
  promise_id uuid not null,
  edition_id uuid not null,
  reference text not null,
  merchant text,
  order_minor bigint,
  order_currency text,
  state text not null,
  started_at timestamp with time zone,
  start_event_id uuid,
  due_at timestamp with time zone,
  judge_at timestamp with time zone,
  stopped_at timestamp with time zone,
  stop_event_id uuid,
  minutes_taken double precision,
  decided_at timestamp with time zone,
  broken_at timestamp with time zone,
  detected_at timestamp with time zone,
  reason text,
  late_evidence text,
  late_evidence_at timestamp with time zone,
  constraint promise_case_pkey PRIMARY KEY (party_id, case_id),
  constraint promise_case_broken CHECK (((state = 'broken'::text) = ((broken_at IS NOT NULL) AND (detected_at IS NOT NULL) AND (reason IS NOT NULL)))),
  constraint promise_case_late_evidence_check CHECK ((late_evidence = ANY (ARRAY['kept'::text, 'void'::text, 'gone'::text]))),
  constraint promise_case_once UNIQUE (party_id, promise_id, reference),
  constraint promise_case_reason_check CHECK ((reason = ANY (ARRAY['late'::text, 'missing'::text, 'reported'::text, 'claimed'::text, 'unanswered'::text]))),
  constraint promise_case_state_check CHECK ((state = ANY (ARRAY['open'::text, 'kept'::text, 'broken'::text, 'void'::text])))
);
CREATE INDEX promise_case_broken_start ON guarantee.promise_case (start_event_id) WHERE (state = 'broken'::text);
CREATE INDEX promise_case_decided ON guarantee.promise_case (decided_at);
CREATE INDEX promise_case_due ON guarantee.promise_case (judge_at) WHERE ((state = 'open'::text) AND (judge_at IS NOT NULL));

create table health.finding (
  model text not null,
  found_on date not null,
  found_at timestamp with time zone not null,
  fit_id text not null,
  drift jsonb,
  slow_drift jsonb,
  constraint finding_pkey PRIMARY KEY (model, found_on)
);

create table health.forecast (
  party_id uuid not null,
  model text not null,
  made_on date not null,
  raw double precision not null,
  corrected double precision not null,
  constraint forecast_pkey PRIMARY KEY (party_id, model, made_on)
);
CREATE INDEX forecast_of_day ON health.forecast (model, made_on);

create table health.request (
  run_id uuid not null,
  model text not null,
  because text not null,
  asked_by text,
  asked_at timestamp with time zone not null,
  details jsonb,
  constraint request_pkey PRIMARY KEY (run_id),
  constraint request_because_check CHECK ((because = ANY (ARRAY['hand'::text, 'drift'::text])))
);

create table health.review (
  model text not null,
  fit_id text not null,
  reviewed_at timestamp with time zone not null,
  because text not null,
  asked_by text,
  run_id uuid,
  profile_on date not null,
  profile jsonb,
  holdout jsonb,
  change jsonb,
  constraint review_pkey PRIMARY KEY (model, fit_id),
  constraint review_because_check CHECK ((because = ANY (ARRAY['schedule'::text, 'data'::text, 'hand'::text, 'drift'::text])))
);

create table health.snapshot (
  model text not null,
  made_on date not null,
  horizon_days integer not null,
  fit_id text not null,
  customers integer not null,
  matured_at timestamp with time zone,
  matured jsonb,
  constraint snapshot_pkey PRIMARY KEY (model, made_on)
);

create table indices.mean (
  measured_on date not null,
  index_name text not null,
  mean double precision not null,
  low double precision,
  high double precision,
  customers integer not null,
  constraint mean_pkey PRIMARY KEY (measured_on, index_name),
  constraint mean_measurement FOREIGN KEY (measured_on) REFERENCES indices.measurement(measured_on)
);

create table indices.measurement (
  measured_on date not null,
  measured_at timestamp with time zone not null,
  customers integer not null,
  looked_at integer not null,
  seen text[] not null,
  constraint measurement_pkey PRIMARY KEY (measured_on)
);

create table jobs.run (
  run_id uuid not null,
  name text not null,
  key text,
  state text not null,
  done bigint not null default 0,
  total bigint,
  unit text,
  words_key text,
  words jsonb,
  result jsonb,
  failure text,
  created_at timestamp with time zone not null,
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  constraint run_pkey PRIMARY KEY (run_id),
  constraint run_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'running'::text, 'done'::text, 'failed'::text])))
);
CREATE INDEX run_created ON jobs.run (created_at DESC);
CREATE UNIQUE INDEX run_waiting_key ON jobs.run (name, key) WHERE ((state = 'waiting'::text) AND (key IS NOT NULL));

create table kernel.migration (
  room text not null,
  file text not null,
  applied_at timestamp with time zone not null default now(),
  constraint migration_pkey PRIMARY KEY (room, file)
);

create table ledger.adjustment (
  party_id uuid not null,
  adjustment_id uuid not null,
  asset text not null,
  amount bigint not null,
  threshold bigint not null,
  reason text not null,
  state text not null,
  asked_by text not null,
  asked_at timestamp with time zone not null,
  decided_by text,
  decided_at timestamp with time zone,
  transaction_id uuid,
  expires_at timestamp with time zone,
  constraint adjustment_pkey PRIMARY KEY (party_id, adjustment_id),
  constraint adjustment_amount_check CHECK ((amount <> 0)),
  constraint adjustment_second_pair_of_eyes CHECK ((decided_by <> asked_by)),
  constraint adjustment_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'posted'::text, 'declined'::text])))
);
CREATE INDEX adjustment_waiting ON ledger.adjustment (asked_at) WHERE (state = 'waiting'::text);

create table ledger.asset (
  asset text not null,
  kind text not null,
  approval_above bigint not null default 1000,
  created_at timestamp with time zone not null,
  constraint asset_pkey PRIMARY KEY (asset),
  constraint asset_approval_above_check CHECK ((approval_above >= 0)),
  constraint asset_kind_check CHECK ((kind = ANY (ARRAY['points'::text, 'qualifying'::text, 'stamp'::text, 'money'::text, 'ticket'::text, 'right'::text])))
);

create table ledger.hold (
  party_id uuid not null,
  hold_id uuid not null,
  asset text not null,
  amount bigint not null,
  captured bigint not null,
  returned bigint not null,
  until timestamp with time zone not null,
  state text not null,
  captured_by text,
  parts jsonb not null,
  constraint hold_pkey PRIMARY KEY (party_id, asset, hold_id),
  constraint hold_amount_check CHECK ((amount > 0)),
  constraint hold_order CHECK (((0 <= returned) AND (returned <= captured) AND (captured <= amount))),
  constraint hold_state_check CHECK ((state = ANY (ARRAY['open'::text, 'captured'::text, 'released'::text, 'lapsed'::text])))
);
CREATE INDEX hold_open ON ledger.hold (party_id, asset) WHERE (state = 'open'::text);

create table ledger.holding (
  party_id uuid not null,
  asset text not null,
  pending bigint not null,
  available bigint not null,
  held bigint not null,
  debt bigint not null,
  due_at timestamp with time zone,
  posted_at timestamp with time zone,
  constraint holding_pkey PRIMARY KEY (party_id, asset),
  constraint holding_asset FOREIGN KEY (asset) REFERENCES ledger.asset(asset),
  constraint holding_debt_first CHECK (((debt = 0) OR (available = 0))),
  constraint holding_never_below_zero CHECK (((pending >= 0) AND (available >= 0) AND (held >= 0) AND (debt >= 0)))
);
CREATE INDEX holding_due ON ledger.holding (due_at) WHERE (due_at IS NOT NULL);

create table ledger.house_balance (
  account text not null,
  asset text not null,
  amount bigint not null,
  postings bigint not null,
  constraint house_balance_pkey PRIMARY KEY (account, asset)
);

create table ledger.house_mark (
  only_row boolean not null default true,
  upto xid8 not null,
  constraint house_mark_pkey PRIMARY KEY (only_row),
  constraint house_mark_only_row_check CHECK (only_row)
);

create table ledger.joined (
  party_id uuid not null,
  holder_id uuid not null,
  constraint joined_pkey PRIMARY KEY (party_id)
);
CREATE INDEX joined_holder ON ledger.joined (holder_id);

create table ledger.key (
  key uuid not null,
  party_id uuid not null,
  transaction_id uuid not null,
  fingerprint uuid not null,
  constraint key_pkey PRIMARY KEY (key)
);

create table ledger.lot (
  party_id uuid not null,
  lot_id uuid not null,
  asset text not null,
  issuer text not null,
  source text,
  parent_id uuid,
  matures_at timestamp with time zone,
  expires_at timestamp with time zone,
  issued bigint not null,
  pending bigint not null,
  available bigint not null,
  held bigint not null,
  captured bigint not null,
  expired bigint not null,
  revoked bigint not null,
  moved bigint not null,
  is_alive boolean not null generated always as ((((pending + available) + held) > 0)) stored,
  constraint lot_pkey PRIMARY KEY (party_id, lot_id),
  constraint lot_adds_up CHECK ((issued = ((((((pending + available) + held) + captured) + expired) + revoked) + moved))),
  constraint lot_available_check CHECK ((available >= 0)),
  constraint lot_captured_check CHECK ((captured >= 0)),
  constraint lot_expired_check CHECK ((expired >= 0)),
  constraint lot_held_check CHECK ((held >= 0)),
  constraint lot_issued_check CHECK ((issued > 0)),
  constraint lot_moved_check CHECK ((moved >= 0)),
  constraint lot_pending_check CHECK ((pending >= 0)),
  constraint lot_revoked_check CHECK ((revoked >= 0))
);
CREATE INDEX lot_alive ON ledger.lot (party_id, asset) WHERE is_alive;
CREATE INDEX lot_source ON ledger.lot (party_id, source) WHERE (source IS NOT NULL);

create table ledger.posting (
  party_id uuid not null,
  transaction_id uuid not null,
  position integer not null,
  asset text not null,
  code text not null,
  from_account text not null,
  to_account text not null,
  amount bigint not null,
  lot_id uuid,
  occurred_at timestamp with time zone not null,
  posted_at timestamp with time zone not null,
  xid xid8 not null,
  constraint posting_pkey PRIMARY KEY (party_id, transaction_id, "position"),
  constraint posting_amount_check CHECK ((amount > 0)),
  constraint posting_two_sides CHECK ((from_account <> to_account))
);
CREATE INDEX posting_xid ON ledger.posting (xid);

create table ledger.source (
  party_id uuid not null,
  asset text not null,
  source text not null,
  numerator bigint not null,
  denominator bigint not null,
  revoked bigint not null,
  constraint source_pkey PRIMARY KEY (party_id, asset, source),
  constraint source_denominator_check CHECK ((denominator > 0)),
  constraint source_revoked_check CHECK ((revoked >= 0)),
  constraint source_share CHECK (((0 <= numerator) AND (numerator <= denominator)))
);

create table ledger.transaction (
  party_id uuid not null,
  transaction_id uuid not null,
  asset text not null,
  key text not null,
  act text not null,
  actor text not null,
  approved_by text,
  reason text,
  occurred_at timestamp with time zone not null,
  posted_at timestamp with time zone not null,
  postings integer not null,
  is_cause boolean not null,
  key_id uuid not null generated always as ((encode(substr(sha256(decode(replace(key, '\'::text, '\\'::text), 'escape'::text)), 1, 16), 'hex'::text))::uuid) stored,
  constraint transaction_pkey PRIMARY KEY (party_id, transaction_id),
  constraint transaction_second_pair_of_eyes CHECK ((approved_by <> actor))
);

create table ledger.verification (
  verification_id uuid not null,
  verified_at timestamp with time zone not null,
  scope text not null,
  parties integer,
  postings bigint not null,
  upto xid8 not null,
  took_ms integer not null,
  faults integer not null,
  findings jsonb not null,
  constraint verification_pkey PRIMARY KEY (verification_id),
  constraint verification_scope_check CHECK ((scope = ANY (ARRAY['whole'::text, 'changed'::text])))
);
CREATE INDEX verification_latest ON ledger.verification (verified_at DESC);

create table liability.assumption (
  number integer not null,
  told jsonb not null,
  told_at timestamp with time zone not null,
  told_by text not null,
  constraint assumption_pkey PRIMARY KEY (number)
);

create table liability.report (
  report_id uuid not null,
  as_of_at timestamp with time zone not null,
  made_at timestamp with time zone not null,
  made_by text not null,
  is_month_end boolean not null,
  digest text not null,
  body text not null,
  constraint report_pkey PRIMARY KEY (report_id),
  constraint report_as_of_at_key UNIQUE (as_of_at)
);

create table merchants.merchant (
  merchant_id text not null,
  name text not null,
  is_active boolean not null,
  created_at timestamp with time zone not null,
  constraint merchant_pkey PRIMARY KEY (merchant_id),
  constraint merchant_merchant_id_check CHECK ((merchant_id ~ '^[a-z0-9][a-z0-9-]{0,59}$'::text))
);

create table merges.block (
  party_id uuid not null,
  block_key text not null,
  constraint block_pkey PRIMARY KEY (party_id, block_key)
);
CREATE INDEX block_key ON merges.block (block_key, party_id);

create table merges.candidate (
  candidate_id uuid not null,
  one_party_id uuid not null,
  other_party_id uuid not null,
  weight double precision not null,
  reasons jsonb not null,
  state text not null,
  found_at timestamp with time zone not null,
  decided_by text,
  decided_at timestamp with time zone,
  constraint candidate_pkey PRIMARY KEY (candidate_id),
  constraint candidate_check CHECK ((one_party_id < other_party_id)),
  constraint candidate_check1 CHECK (((state = 'waiting'::text) = (decided_at IS NULL))),
  constraint candidate_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'different'::text, 'merged'::text])))
);
CREATE INDEX candidate_other ON merges.candidate (other_party_id);
CREATE UNIQUE INDEX candidate_pair ON merges.candidate (one_party_id, other_party_id);
CREATE INDEX candidate_waiting ON merges.candidate (weight DESC, candidate_id) WHERE (state = 'waiting'::text);

create table merges.looked (
  only_row boolean not null default true,
  through_at timestamp with time zone not null,
  constraint looked_pkey PRIMARY KEY (only_row),
  constraint looked_only_row_check CHECK (only_row)
);

create table merges.merge (
  merge_id uuid not null,
  kept_party_id uuid not null,
  other_party_id uuid not null,
  reasons jsonb not null,
  merged_by text not null,
  merged_at timestamp with time zone not null,
  before jsonb not null,
  after jsonb not null,
  undone_by text,
  undone_at timestamp with time zone,
  constraint merge_pkey PRIMARY KEY (merge_id),
  constraint merge_check CHECK ((kept_party_id <> other_party_id)),
  constraint merge_check1 CHECK (((undone_by IS NULL) = (undone_at IS NULL)))
);
CREATE INDEX merge_kept ON merges.merge (kept_party_id) WHERE (undone_at IS NULL);
CREATE INDEX merge_latest ON merges.merge (merged_at DESC, merge_id DESC);
CREATE UNIQUE INDEX merge_open ON merges.merge (other_party_id) WHERE (undone_at IS NULL);

create table opening.import (
  import_id uuid not null,
  name text not null,
  file_hash text not null,
  format text not null,
  gzip boolean not null,
  delimiter text not null,
  encoding text,
  state text not null,
  columns jsonb not null,
  asset text not null,
  date_order text,
  totals jsonb,
  posted bigint not null default 0,
  taken_back bigint not null default 0,
  kept bigint not null default 0,
  done bigint not null default 0,
  failure text,
  created_at timestamp with time zone not null,
  created_by text not null,
  constraint import_pkey PRIMARY KEY (import_id),
  constraint import_date_order_check CHECK ((date_order = ANY (ARRAY['ymd'::text, 'dmy'::text, 'mdy'::text]))),
  constraint import_format_check CHECK ((format = ANY (ARRAY['csv'::text, 'xlsx'::text]))),
  constraint import_state_check CHECK ((state = ANY (ARRAY['mapped'::text, 'checking'::text, 'checked'::text, 'running'::text, 'done'::text, 'undoing'::text, 'undone'::text, 'failed'::text])))
);

create table opening.line (
  party_id uuid not null,
  import_id uuid not null,
  row integer not null,
  asset text not null,
  amount bigint not null,
  earned_at timestamp with time zone not null,
  expires_at timestamp with time zone,
  reference text,
  state text not null,
  constraint line_pkey PRIMARY KEY (party_id, import_id, "row"),
  constraint line_amount_check CHECK ((amount > 0)),
  constraint line_state_check CHECK ((state = ANY (ARRAY['ready'::text, 'posted'::text, 'refused'::text, 'taken-back'::text, 'kept'::text])))
);
CREATE INDEX line_import ON opening.line (import_id, state, party_id, "row");

create table opening.problem (
  import_id uuid not null,
  row integer not null,
  code text not null,
  cells jsonb not null,
  constraint problem_pkey PRIMARY KEY (import_id, "row")
);

create table parties.consent (
  party_id uuid not null,
  consent_id uuid not null,
  channel text not null,
  purpose text not null,
  is_given boolean not null,
  text_version text not null,
  evidence jsonb not null,
  at timestamp with time zone not null,
  confirmation text not null default 'none'::text,
  language text,
  profiles uuid[],
  constraint consent_pkey PRIMARY KEY (party_id, consent_id),
  constraint consent_confirmation CHECK ((confirmation = ANY (ARRAY['none'::text, 'asked'::text, 'confirmed'::text])))
);

create table parties.identifier (
  value_key text not null,
  kind text not null,
  party_id uuid not null,
  value text not null,
  constraint identifier_pkey PRIMARY KEY (value_key, kind),
  constraint identifier_kind_check CHECK (((kind = ANY (ARRAY['customer_id'::text, 'email'::text, 'phone'::text, 'card'::text, 'anonymous_id'::text])) OR (kind ~ '^external:[a-z0-9][a-z0-9_.-]{0,39}$'::text)))
);
CREATE INDEX identifier_party ON parties.identifier (party_id);

create table parties.identifier_change (
  party_id uuid not null,
  change_id uuid not null,
  kind text not null,
  is_added boolean not null,
  reason text,
  changed_by text not null,
  changed_at timestamp with time zone not null,
  constraint identifier_change_pkey PRIMARY KEY (party_id, change_id)
);

create table parties.party (
  party_id uuid not null,
  kind text not null,
  name text not null,
  family_name text,
  given_name text,
  say text,
  birthday text,
  roles text[] not null,
  details jsonb not null,
  grams text[] not null,
  source_id uuid not null,
  canonical_party_id uuid,
  created_at timestamp with time zone not null,
  changed_at timestamp with time zone not null,
  title text,
  preferred_name text,
  constraint party_pkey PRIMARY KEY (party_id),
  constraint party_birthday_check CHECK ((birthday ~ '^(lunar:([0-9]{4}|-)-[0-9]{2}[+]?-[0-9]{2}|([0-9]{4}|-)-[0-9]{2}-[0-9]{2})$'::text)),
  constraint party_kind_check CHECK ((kind = ANY (ARRAY['person'::text, 'organisation'::text])))
);
CREATE INDEX party_alias ON parties.party (canonical_party_id) WHERE (canonical_party_id IS NOT NULL);
CREATE INDEX party_changed ON parties.party (changed_at, party_id);
CREATE INDEX party_source ON parties.party (source_id);

create table parties.search_key (
  party_id uuid not null,
  key text not null,
  constraint search_key_pkey PRIMARY KEY (party_id, key)
);
CREATE INDEX search_key_range ON parties.search_key (key, party_id);

create table points.budget (
  budget_key text not null,
  used bigint not null,
  constraint budget_pkey PRIMARY KEY (budget_key),
  constraint budget_used_check CHECK ((used >= 0))
);

create table points.edition (
  edition_id uuid not null,
  number integer not null,
  rules jsonb not null,
  zone text not null,
  starts_at timestamp with time zone not null,
  published_at timestamp with time zone not null,
  published_by text not null,
  constraint edition_pkey PRIMARY KEY (edition_id),
  constraint edition_number_key UNIQUE (number)
);

create table points.line (
  party_id uuid not null,
  line_key text not null,
  generation integer not null,
  edition_id uuid not null,
  rule_id text not null,
  event_id uuid,
  occurred_at timestamp with time zone not null,
  issued bigint not null,
  kept bigint not null,
  reason jsonb not null,
  constraint line_pkey PRIMARY KEY (party_id, line_key, generation),
  constraint line_issued_check CHECK ((issued > 0)),
  constraint line_kept CHECK (((0 <= kept) AND (kept <= issued)))
);

create table points.member (
  party_id uuid not null,
  joined_at timestamp with time zone not null,
  plain_at timestamp with time zone,
  constraint member_pkey PRIMARY KEY (party_id)
);

create table privacy.request (
  party_id uuid not null,
  request_id uuid not null,
  kind text not null,
  state text not null,
  asked_by text not null,
  asked_at timestamp with time zone not null,
  due_on date not null,
  handled_by uuid,
  handled_at timestamp with time zone,
  settlement text,
  rows_forgotten integer,
  seconds_taken double precision,
  constraint request_pkey PRIMARY KEY (party_id, request_id),
  constraint request_asked_by CHECK ((asked_by = ANY (ARRAY['member'::text, 'staff'::text]))),
  constraint request_kind CHECK ((kind = ANY (ARRAY['access'::text, 'erasure'::text]))),
  constraint request_state CHECK ((state = ANY (ARRAY['open'::text, 'working'::text, 'done'::text, 'declined'::text])))
);
CREATE INDEX request_due ON privacy.request (due_on) WHERE (state = ANY (ARRAY['open'::text, 'working'::text]));
CREATE INDEX request_id ON privacy.request (request_id);

create table receivers.delivery (
  receiver_id uuid not null,
  delivery_key text not null,
  delivery_id uuid not null,
  received_at timestamp with time zone not null,
  topic text not null,
  outcome text not null,
  reason text,
  order_ref text,
  times integer not null default 1,
  constraint delivery_pk PRIMARY KEY (receiver_id, delivery_key),
  constraint delivery_outcome_check CHECK ((outcome = ANY (ARRAY['taken'::text, 'duplicate'::text, 'ignored'::text, 'problem'::text, 'test'::text]))),
  constraint delivery_receiver FOREIGN KEY (receiver_id) REFERENCES receivers.receiver(receiver_id)
);
CREATE INDEX delivery_received ON receivers.delivery (receiver_id, received_at DESC);

create table receivers.receiver (
  receiver_id uuid not null,
  system text not null,
  name text not null,
  merchant_id text,
  is_paused boolean not null default false,
  refused_count bigint not null default 0,
  last_refused_at timestamp with time zone,
  created_at timestamp with time zone not null,
  created_by uuid,
  closed_at timestamp with time zone,
  constraint receiver_pkey PRIMARY KEY (receiver_id),
  constraint receiver_system_check CHECK ((system = ANY (ARRAY['shopify'::text, 'woocommerce'::text, 'stripe'::text])))
);

create table receivers.secret (
  secret_id uuid not null,
  receiver_id uuid not null,
  secret text not null,
  created_at timestamp with time zone not null,
  ends_at timestamp with time zone,
  constraint secret_pkey PRIMARY KEY (secret_id),
  constraint secret_receiver FOREIGN KEY (receiver_id) REFERENCES receivers.receiver(receiver_id)
);
CREATE INDEX secret_of_receiver ON receivers.secret (receiver_id);

create table receivers.tally (
  receiver_id uuid not null,
  outcome text not null,
  deliveries bigint not null,
  constraint tally_pk PRIMARY KEY (receiver_id, outcome),
  constraint tally_receiver FOREIGN KEY (receiver_id) REFERENCES receivers.receiver(receiver_id)
);

create table recovery.backup (
  backup_id uuid not null,
  folder text not null,
  name text not null,
  made_by text not null,
  made_at timestamp with time zone not null,
  took_ms integer not null,
  verified_at timestamp with time zone,
  drilled_at timestamp with time zone,
  size_bytes bigint not null,
  tables integer not null,
  rows bigint not null,
  is_encrypted boolean not null,
  state_hash text,
  failure text,
  constraint backup_pkey PRIMARY KEY (backup_id),
  constraint backup_made_by_check CHECK ((made_by = ANY (ARRAY['schedule'::text, 'staff'::text, 'command'::text])))
);
CREATE INDEX backup_by_time ON recovery.backup (made_at);

create table replies.reply (
  caller text not null,
  key text not null,
  fingerprint bytea not null,
  began_at timestamp with time zone not null,
  status smallint,
  body text,
  constraint reply_pkey PRIMARY KEY (caller, key)
);
CREATE INDEX reply_began ON replies.reply (began_at);

create table rewards.card (
  card_id uuid not null,
  terms jsonb not null,
  until_on date,
  created_at timestamp with time zone not null,
  constraint card_pkey PRIMARY KEY (card_id)
);

create table rewards.code (
  code_hash bytea not null,
  party_id uuid not null,
  taken_id uuid not null,
  constraint code_pkey PRIMARY KEY (code_hash)
);

create table rewards.collector (
  party_id uuid not null,
  constraint collector_pkey PRIMARY KEY (party_id)
);

create table rewards.reserved (
  reward_id uuid not null,
  taken_id uuid not null,
  until timestamp with time zone not null,
  constraint reserved_pkey PRIMARY KEY (reward_id, taken_id),
  constraint reserved_reward FOREIGN KEY (reward_id) REFERENCES rewards.reward(reward_id)
);

create table rewards.reward (
  reward_id uuid not null,
  version integer not null,
  terms jsonb not null,
  is_active boolean not null,
  stock bigint generated always as (((terms ->> 'stock'::text))::bigint) stored,
  gone bigint not null,
  created_at timestamp with time zone not null,
  constraint reward_pkey PRIMARY KEY (reward_id),
  constraint reward_gone_check CHECK ((gone >= 0)),
  constraint reward_stock CHECK ((gone <= stock))
);

create table rewards.secret (
  only_row boolean not null default true,
  secret bytea not null,
  constraint secret_pkey PRIMARY KEY (only_row),
  constraint secret_only_row_check CHECK (only_row)
);

create table rewards.stamp (
  party_id uuid not null,
  card_id uuid not null,
  line_key text not null,
  generation integer not null,
  issued integer not null,
  kept integer not null,
  constraint stamp_pkey PRIMARY KEY (party_id, card_id, line_key, generation),
  constraint stamp_issued_check CHECK ((issued > 0)),
  constraint stamp_kept CHECK (((0 <= kept) AND (kept <= issued)))
);

create table rewards.taken (
  party_id uuid not null,
  taken_id uuid not null,
  reward_id uuid not null,
  state text not null,
  price bigint not null,
  card_id uuid,
  stamps integer,
  merchant text,
  merchants text[] not null,
  taken_at timestamp with time zone not null,
  reserved_until timestamp with time zone,
  expires_at timestamp with time zone,
  use_id uuid,
  used_at timestamp with time zone,
  used_by text,
  used_merchant text,
  constraint taken_pkey PRIMARY KEY (party_id, taken_id),
  constraint taken_by_card CHECK ((((card_id IS NULL) = (stamps IS NULL)) AND ((card_id IS NULL) OR (price = 0)))),
  constraint taken_price_check CHECK ((price >= 0)),
  constraint taken_state_check CHECK ((state = ANY (ARRAY['reserved'::text, 'voided'::text, 'lapsed'::text, 'taken'::text, 'used'::text, 'expired'::text, 'returned'::text]))),
  constraint taken_used_once CHECK (((state = 'used'::text) = (use_id IS NOT NULL)))
);
CREATE INDEX taken_ending ON rewards.taken (expires_at) WHERE ((state = 'taken'::text) AND (expires_at IS NOT NULL));
CREATE INDEX taken_of_reward ON rewards.taken (reward_id, state);
CREATE INDEX taken_waiting ON rewards.taken (reserved_until) WHERE (state = 'reserved'::text);

create table rewards.taker (
  party_id uuid not null,
  constraint taker_pkey PRIMARY KEY (party_id)
);

create table rewards.wrong_code (
  actor text not null,
  since timestamp with time zone not null,
  tries integer not null,
  constraint wrong_code_pkey PRIMARY KEY (actor)
);

create table rhythm.cycle_due (
  party_id uuid not null,
  rule_id uuid not null,
  last_on date not null,
  due_on date not null,
  noted_for date,
  constraint cycle_due_pkey PRIMARY KEY (party_id, rule_id)
);
CREATE INDEX cycle_due_open ON rhythm.cycle_due (due_on) WHERE (noted_for IS DISTINCT FROM last_on);

create table rhythm.cycle_rule (
  rule_id uuid not null,
  name text not null,
  days integer not null,
  match jsonb not null,
  constraint cycle_rule_pkey PRIMARY KEY (rule_id),
  constraint cycle_rule_days_check CHECK ((days > 0))
);

create table rhythm.model (
  model_no integer not null,
  model_id uuid not null,
  kind text not null,
  fitted_at timestamp with time zone not null,
  as_of_on date not null,
  customers integer not null,
  parameters jsonb not null,
  log_likelihood double precision,
  warnings text[] not null,
  calibration jsonb,
  constraint model_pkey PRIMARY KEY (model_no),
  constraint model_kind_check CHECK ((kind = ANY (ARRAY['prior'::text, 'fitted'::text])))
);

create table rhythm.state (
  party_id uuid not null,
  version bigint not null,
  model_no integer not null,
  purchase_days integer not null,
  purchases integer not null,
  first_on date,
  last_on date,
  gap_days_sum integer not null,
  log_gap_sum double precision not null,
  spend_minor bigint not null,
  last_day_minor bigint not null,
  spend_squares double precision not null,
  refund_minor bigint not null,
  refunds integer not null,
  late_on date,
  dormant_on date,
  lost_on date,
  late_noted_for date,
  constraint state_pkey PRIMARY KEY (party_id),
  constraint state_check CHECK (((purchase_days = 0) = (last_on IS NULL)))
);
CREATE INDEX state_becoming_late ON rhythm.state (late_on) WHERE (late_noted_for IS DISTINCT FROM last_on);
CREATE INDEX state_last ON rhythm.state (last_on DESC, party_id);

create table settings.setting (
  name text not null,
  value jsonb not null,
  changed_at timestamp with time zone not null,
  constraint setting_pkey PRIMARY KEY (name)
);

create table sharing.code (
  code_hash bytea not null,
  kind text not null,
  party_id uuid not null,
  subject uuid not null,
  until timestamp with time zone not null,
  used_by uuid,
  constraint code_pkey PRIMARY KEY (code_hash),
  constraint code_kind_check CHECK ((kind = ANY (ARRAY['gift'::text, 'household'::text])))
);

create table sharing.gift (
  party_id uuid not null,
  gift_id uuid not null,
  to_party_id uuid,
  asset text not null,
  amount bigint not null,
  state text not null,
  given_at timestamp with time zone not null,
  given_by text not null,
  until timestamp with time zone,
  ended_at timestamp with time zone,
  constraint gift_pkey PRIMARY KEY (party_id, gift_id),
  constraint gift_amount_check CHECK ((amount > 0)),
  constraint gift_has_a_receiver CHECK (((to_party_id IS NULL) = (state = ANY (ARRAY['waiting'::text, 'returned'::text])))),
  constraint gift_state_check CHECK ((state = ANY (ARRAY['given'::text, 'waiting'::text, 'claimed'::text, 'returned'::text]))),
  constraint gift_to_somebody_else CHECK ((to_party_id <> party_id))
);
CREATE INDEX gift_given ON sharing.gift (party_id, given_at);
CREATE INDEX gift_received ON sharing.gift (to_party_id) WHERE (to_party_id IS NOT NULL);

create table sharing.household (
  household_id uuid not null,
  name text not null,
  founder_id uuid not null,
  founded_at timestamp with time zone not null,
  closed_at timestamp with time zone,
  constraint household_pkey PRIMARY KEY (household_id)
);

create table sharing.household_member (
  party_id uuid not null,
  household_id uuid not null,
  contributes text not null,
  joined_at timestamp with time zone not null,
  left_at timestamp with time zone,
  constraint household_member_pkey PRIMARY KEY (party_id, household_id),
  constraint household_member_contributes_check CHECK ((contributes = ANY (ARRAY['by-hand'::text, 'automatically'::text])))
);
CREATE INDEX household_member_automatic ON sharing.household_member (party_id) WHERE ((left_at IS NULL) AND (contributes = 'automatically'::text));
CREATE INDEX household_member_of ON sharing.household_member (household_id);
CREATE UNIQUE INDEX household_member_one ON sharing.household_member (party_id) WHERE (left_at IS NULL);

create table sharing.member (
  party_id uuid not null,
  constraint member_pkey PRIMARY KEY (party_id)
);

create table sharing.miss (
  party_id uuid not null,
  missed_at timestamp with time zone not null,
  miss_id uuid not null,
  constraint miss_pkey PRIMARY KEY (party_id, missed_at, miss_id)
);

create table sharing.spending (
  household_id uuid not null,
  spending_id uuid not null,
  party_id uuid not null,
  asset text not null,
  amount bigint not null,
  returned bigint not null,
  spent_at timestamp with time zone not null,
  constraint spending_pkey PRIMARY KEY (household_id, spending_id),
  constraint spending_amount_check CHECK ((amount > 0)),
  constraint spending_check CHECK (((returned >= 0) AND (returned <= amount)))
);
CREATE INDEX spending_of ON sharing.spending (party_id, spent_at);

create table stage.change (
  party_id uuid not null,
  changed_on date not null,
  from_stage text not null,
  to_stage text not null,
  reason text not null,
  days integer,
  purchase_days integer not null,
  constraint change_pkey PRIMARY KEY (party_id, changed_on),
  constraint change_check CHECK ((from_stage <> to_stage)),
  constraint change_reason_check CHECK ((reason = ANY (ARRAY['first-purchase'::text, 'bought-again'::text, 'came-back'::text, 'silent'::text, 'learned-anew'::text])))
);
CREATE INDEX change_by_day ON stage.change (changed_on);

create table stage.epoch (
  epoch_no integer not null,
  from_on date,
  until_on date,
  model_no integer not null,
  said_on date not null,
  told_at timestamp with time zone,
  constraint epoch_pkey PRIMARY KEY (epoch_no)
);

create table stage.standing (
  party_id uuid not null,
  version bigint not null,
  epoch_no integer not null,
  purchase_days integer not null,
  first_on date not null,
  last_on date not null,
  stage text not null,
  since_on date not null,
  next_on date,
  constraint standing_pkey PRIMARY KEY (party_id),
  constraint standing_purchase_days_check CHECK ((purchase_days > 0))
);
CREATE INDEX standing_next ON stage.standing (next_on) WHERE (next_on IS NOT NULL);

create table tasks.note (
  party_id uuid not null,
  task_id uuid not null,
  note text not null,
  written_by uuid,
  written_at timestamp with time zone not null,
  constraint note_pkey PRIMARY KEY (party_id, task_id),
  constraint note_task FOREIGN KEY (party_id, task_id) REFERENCES tasks.task(party_id, task_id) ON DELETE CASCADE
);

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
  state text not null,
  outcome text,
  created_at timestamp with time zone not null,
  closed_at timestamp with time zone,
  constraint task_pkey PRIMARY KEY (party_id, task_id),
  constraint task_state_check CHECK ((state = ANY (ARRAY['open'::text, 'postponed'::text, 'done'::text, 'withdrawn'::text])))
);
CREATE INDEX task_closed ON tasks.task (closed_at DESC) WHERE (state = 'done'::text);
CREATE INDEX task_open ON tasks.task (due_on, rank DESC) WHERE (state = ANY (ARRAY['open'::text, 'postponed'::text]));

create table tiers.edition (
  edition_id uuid not null,
  number integer not null,
  rules jsonb,
  starts_on date not null,
  published_at timestamp with time zone not null,
  published_by text not null,
  constraint edition_pkey PRIMARY KEY (edition_id),
  constraint edition_number_key UNIQUE (number)
);

create table tiers.standing (
  party_id uuid not null,
  tier_id text,
  since_on date not null,
  drops_on date,
  notice_on date,
  noticed_for date,
  due_on date,
  constraint standing_pkey PRIMARY KEY (party_id)
);
CREATE INDEX standing_due ON tiers.standing (due_on) WHERE (due_on IS NOT NULL);
CREATE INDEX standing_tier ON tiers.standing (tier_id) WHERE (tier_id IS NOT NULL);

create table till.hold (
  party_id uuid not null,
  hold_id uuid not null,
  merchant text,
  points bigint not null,
  points_minor bigint not null,
  credit_minor bigint not null,
  currency text,
  visits text[] not null,
  rewards jsonb not null,
  state text not null,
  until timestamp with time zone not null,
  order_ref text,
  created_at timestamp with time zone not null,
  constraint hold_pkey PRIMARY KEY (party_id, hold_id),
  constraint hold_credit_minor_check CHECK ((credit_minor >= 0)),
  constraint hold_points_check CHECK ((points >= 0)),
  constraint hold_points_minor_check CHECK ((points_minor >= 0)),
  constraint hold_state_check CHECK ((state = ANY (ARRAY['open'::text, 'captured'::text, 'voided'::text])))
);
CREATE INDEX hold_number ON till.hold (hold_id);

create table till.offline_item (
  party_id uuid not null,
  item_id uuid not null,
  fingerprint uuid not null,
  kind text not null,
  merchant text,
  currency text,
  state text not null,
  code text,
  first_missing_points bigint not null,
  first_missing_minor bigint not null,
  missing_points bigint not null,
  missing_minor bigint not null,
  occurred_at timestamp with time zone not null,
  received_at timestamp with time zone not null,
  constraint offline_item_pkey PRIMARY KEY (party_id, item_id)
);
CREATE INDEX offline_item_missing ON till.offline_item (party_id) WHERE ((missing_points + missing_minor) > 0);

create table till.refund (
  party_id uuid not null,
  refund_id uuid not null,
  sale_id uuid not null,
  amount_minor bigint not null,
  points bigint not null,
  points_minor bigint not null,
  credit_minor bigint not null,
  visits text[] not null,
  taken_back_points bigint not null,
  left_minor bigint not null,
  occurred_at timestamp with time zone not null,
  constraint refund_pkey PRIMARY KEY (party_id, refund_id),
  constraint refund_amount_minor_check CHECK ((amount_minor > 0))
);

create table till.sale (
  party_id uuid not null,
  sale_id uuid not null,
  uses_id uuid not null,
  merchant text,
  order_ref text not null,
  amount_minor bigint not null,
  currency text not null,
  points bigint not null,
  points_minor bigint not null,
  credit_minor bigint not null,
  visits text[] not null,
  rewards uuid[] not null,
  earned_points bigint not null,
  earned_lines jsonb not null,
  refunded_minor bigint not null default 0,
  exchange_of uuid,
  occurred_at timestamp with time zone not null,
  constraint sale_pkey PRIMARY KEY (party_id, sale_id),
  constraint sale_amount_minor_check CHECK ((amount_minor > 0)),
  constraint sale_refunds CHECK (((refunded_minor >= 0) AND (refunded_minor <= amount_minor)))
);
CREATE INDEX sale_latest ON till.sale (occurred_at);
CREATE INDEX sale_number ON till.sale (sale_id);
CREATE INDEX sale_order ON till.sale (order_ref);

create table value.bridge (
  snapshot_no integer not null,
  from_on date not null,
  to_on date not null,
  parts jsonb not null,
  constraint bridge_pkey PRIMARY KEY (snapshot_no, from_on, to_on)
);

create table value.customer (
  party_id uuid not null,
  snapshot_no integer not null,
  as_of_on date not null,
  worth_minor bigint not null,
  year_minor bigint not null,
  lifetime_minor bigint,
  at_stake_minor bigint,
  alive double precision,
  expected_purchases double precision not null,
  spend_minor bigint not null,
  constraint customer_pkey PRIMARY KEY (party_id)
);
CREATE INDEX customer_at_stake ON value.customer (at_stake_minor DESC, party_id) WHERE (at_stake_minor > 0);
CREATE INDEX customer_worth ON value.customer (worth_minor DESC, party_id);

create table value.model (
  fit_no integer not null,
  model text not null,
  parameters jsonb not null,
  log_covariance double precision[] not null,
  spend jsonb not null,
  fitted_at timestamp with time zone not null,
  as_of_on date not null,
  customers integer not null,
  candidates jsonb not null,
  rivals jsonb not null,
  holdout jsonb,
  warnings text[] not null,
  lifetime text not null,
  correction double precision not null,
  constraint model_pkey PRIMARY KEY (fit_no),
  constraint model_lifetime_check CHECK ((lifetime = ANY (ARRAY['known'::text, 'not-identified'::text, 'no-dropout'::text, 'out-of-sight'::text])))
);

create table value.past (
  snapshot_no integer not null,
  as_of_on date not null,
  equity_minor bigint not null,
  customers integer not null,
  constraint past_pkey PRIMARY KEY (snapshot_no, as_of_on)
);

create table value.refresh (
  snapshot_no integer not null,
  through timestamp with time zone not null,
  constraint refresh_pkey PRIMARY KEY (snapshot_no)
);

create table value.snapshot (
  snapshot_no integer not null,
  fit_no integer not null,
  as_of_on date not null,
  valued_at timestamp with time zone not null,
  customers integer not null,
  equity_minor bigint not null,
  currency text not null,
  settings jsonb not null,
  findings jsonb not null,
  constraint snapshot_pkey PRIMARY KEY (snapshot_no)
);
CREATE INDEX snapshot_day ON value.snapshot (as_of_on, snapshot_no);

create table warnings.alert (
  party_id uuid not null,
  alert_id uuid not null,
  kind text not null,
  gap_start_on date not null,
  cycle_days integer,
  state text not null,
  raised_at timestamp with time zone not null,
  horizon_days integer not null,
  usual_days double precision,
  no_purchase double precision,
  spend_per_year_minor bigint not null,
  spend_at_risk_minor bigint not null,
  held_out boolean not null,
  selected_at timestamp with time zone,
  selected_on date,
  task_id uuid,
  outcome text,
  closed_by text,
  closed_at timestamp with time zone,
  returned_on date,
  constraint alert_pkey PRIMARY KEY (party_id, alert_id),
  constraint alert_check CHECK (((state = 'closed'::text) = (outcome IS NOT NULL))),
  constraint alert_check1 CHECK (((selected_at IS NULL) = (selected_on IS NULL))),
  constraint alert_closed_by_check CHECK ((closed_by = ANY (ARRAY['person'::text, 'purchase'::text, 'time'::text]))),
  constraint alert_kind_check CHECK ((kind = ANY (ARRAY['rhythm'::text, 'cycle'::text]))),
  constraint alert_outcome_check CHECK ((outcome = ANY (ARRAY['reached'::text, 'came-back'::text, 'not-interested'::text, 'wrong-alarm'::text, 'passed'::text]))),
  constraint alert_party_id_gap_start_on_key UNIQUE (party_id, gap_start_on),
  constraint alert_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'contact'::text, 'held-out'::text, 'closed'::text])))
);
CREATE INDEX alert_closed ON warnings.alert (closed_at) WHERE (state = 'closed'::text);
CREATE INDEX alert_selected ON warnings.alert (selected_at) WHERE (selected_at IS NOT NULL);
CREATE INDEX alert_waiting ON warnings.alert (spend_at_risk_minor DESC) WHERE (state = 'waiting'::text);

create table webhooks.attempt (
  endpoint_id uuid not null,
  message_id uuid not null,
  attempt integer not null,
  at timestamp with time zone not null,
  milliseconds integer not null,
  status integer,
  fault text,
  answer text not null,
  constraint attempt_pkey PRIMARY KEY (endpoint_id, message_id, attempt),
  constraint attempt_of_delivery FOREIGN KEY (endpoint_id, message_id) REFERENCES webhooks.delivery(endpoint_id, message_id) ON DELETE CASCADE
);
CREATE INDEX attempt_at ON webhooks.attempt (endpoint_id, at);

create table webhooks.delivery (
  endpoint_id uuid not null,
  message_id uuid not null,
  party_id uuid,
  kind text not null,
  body text not null,
  state text not null,
  attempts integer not null,
  tries integer not null,
  created_at timestamp with time zone not null,
  next_at timestamp with time zone,
  leased_until timestamp with time zone,
  last_at timestamp with time zone,
  status integer,
  fault text,
  constraint delivery_pkey PRIMARY KEY (endpoint_id, message_id),
  constraint delivery_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'delivered'::text, 'failed'::text]))),
  constraint delivery_to_endpoint FOREIGN KEY (endpoint_id) REFERENCES webhooks.endpoint(endpoint_id) ON DELETE CASCADE
);
CREATE INDEX delivery_due ON webhooks.delivery (endpoint_id, next_at) WHERE (state = 'waiting'::text);
CREATE INDEX delivery_party ON webhooks.delivery (party_id);

create table webhooks.endpoint (
  endpoint_id uuid not null,
  url text not null,
  description text not null,
  kinds text[] not null,
  state text not null,
  reason text,
  created_at timestamp with time zone not null,
  stopped_at timestamp with time zone,
  failing_since timestamp with time zone,
  failures integer not null,
  rests_until timestamp with time zone,
  last_delivered_at timestamp with time zone,
  constraint endpoint_pkey PRIMARY KEY (endpoint_id),
  constraint endpoint_reason_check CHECK ((reason = ANY (ARRAY['by-hand'::text, 'unreachable'::text, 'gone'::text]))),
  constraint endpoint_state_check CHECK ((state = ANY (ARRAY['active'::text, 'paused'::text, 'disabled'::text])))
);

create table webhooks.secret (
  endpoint_id uuid not null,
  secret_id uuid not null,
  secret text not null,
  created_at timestamp with time zone not null,
  ends_at timestamp with time zone,
  constraint secret_pkey PRIMARY KEY (endpoint_id, secret_id),
  constraint secret_of_endpoint FOREIGN KEY (endpoint_id) REFERENCES webhooks.endpoint(endpoint_id) ON DELETE CASCADE
);
