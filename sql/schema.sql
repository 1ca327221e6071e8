-- Vieta's schema after all migrations. Written by `npm run schema`, never by hand; a test holds it to the migrations.
-- Read it as one picture; to change it, add a file to sql/migrations.

-- extensions
create extension btree_gist;
create extension pg_trgm;
create extension unaccent;

-- domains
create domain calendar_month as text constraint calendar_month_is_a_month CHECK ((VALUE ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'::text));

create table absence (
  seller_id            uuid not null,
  placement_id         uuid not null,
  id                   uuid not null,
  buyer_id             uuid not null,
  kind                 text not null,
  valid_from           date not null,
  valid_to             date not null,
  note                 text not null default ''::text,
  recorded_at          timestamp with time zone not null,
  recorded_by          uuid,
  withdrawn_at         timestamp with time zone,
  constraint absence_pkey PRIMARY KEY (seller_id, placement_id, id),
  constraint absence_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES person(id),
  constraint absence_seller_id_placement_id_fkey FOREIGN KEY (seller_id, placement_id) REFERENCES placement_record(seller_id, id),
  constraint absence_dates_in_order CHECK ((valid_from <= valid_to)),
  constraint absence_kind_plain CHECK ((kind ~ '^[a-z0-9_]+$'::text)),
  constraint absence_periods_do_not_overlap EXCLUDE USING gist (seller_id WITH =, placement_id WITH =, daterange(valid_from, valid_to, '[]'::text) WITH &&) WHERE ((withdrawn_at IS NULL))
);
CREATE INDEX absence_buyer ON absence USING btree (buyer_id, valid_from);
CREATE INDEX absence_id ON absence USING btree (id);
CREATE INDEX absence_recorded_by ON absence USING btree (recorded_by);
CREATE INDEX absence_until ON absence USING btree (seller_id, valid_to) WHERE (withdrawn_at IS NULL);

create table account (
  organisation_id      uuid not null,
  role                 text not null,
  kind_code            text not null default ''::text,
  code                 text not null,
  name                 text not null,
  economic_code        text,
  functional_code      text,
  changed_at           timestamp with time zone not null,
  changed_by           uuid,
  constraint account_pkey PRIMARY KEY (organisation_id, role, kind_code),
  constraint account_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES person(id),
  constraint account_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id),
  constraint account_code_given CHECK (((length(TRIM(BOTH FROM code)) >= 1) AND (length(TRIM(BOTH FROM code)) <= 20))),
  constraint account_economic_code_short CHECK ((length(economic_code) <= 20)),
  constraint account_functional_code_short CHECK ((length(functional_code) <= 20)),
  constraint account_name_given CHECK (((length(TRIM(BOTH FROM name)) >= 1) AND (length(TRIM(BOTH FROM name)) <= 200)))
);
CREATE INDEX account_changed_by ON account USING btree (changed_by);

create table agreed_credit (
  seller_id            uuid not null,
  placement_id         uuid not null,
  service_month        calendar_month not null,
  dispute_id           uuid not null,
  buyer_id             uuid not null,
  amount               numeric(14,2) not null,
  rated                numeric(14,2) not null,
  document_id          uuid,
  agreed_at            timestamp with time zone not null,
  constraint agreed_credit_pkey PRIMARY KEY (seller_id, placement_id, service_month, dispute_id),
  constraint agreed_credit_seller_id_dispute_id_fkey FOREIGN KEY (seller_id, dispute_id) REFERENCES dispute(seller_id, id),
  constraint agreed_credit_seller_id_document_id_fkey FOREIGN KEY (seller_id, document_id) REFERENCES document(seller_id, id),
  constraint agreed_credit_seller_id_placement_id_fkey FOREIGN KEY (seller_id, placement_id) REFERENCES placement_record(seller_id, id),
  constraint agreed_credit_positive CHECK ((amount > (0)::numeric))
);
CREATE INDEX agreed_credit_buyer ON agreed_credit USING btree (buyer_id, service_month);
CREATE INDEX agreed_credit_dispute ON agreed_credit USING btree (seller_id, dispute_id);
CREATE INDEX agreed_credit_document ON agreed_credit USING btree (seller_id, document_id);

create table agreement (
  seller_id            uuid not null,
  id                   uuid not null,
  buyer_id             uuid not null,
  drafted_by_id        uuid not null,
  number               text not null,
  valid_from           date not null,
  valid_to             date,
  confirmation         text not null,
  answer_days          integer not null,
  netting              boolean not null default false,
  pay_days             integer not null,
  price_class          text,
  year_ceiling         numeric(14,2),
  note                 text not null default ''::text,
  status               text not null default 'drafted'::text,
  version              integer not null default 1,
  seller_signed_on     date,
  seller_signer        text,
  buyer_signed_on      date,
  buyer_signer         text,
  end_reason           text,
  proposed_at          timestamp with time zone,
  created_at           timestamp with time zone not null,
  changed_at           timestamp with time zone not null,
  changed_by           uuid,
  follows_seller_id    uuid,
  follows_id           uuid,
  constraint agreement_pkey PRIMARY KEY (seller_id, id),
  constraint agreement_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES organisation(id),
  constraint agreement_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES person(id),
  constraint agreement_drafted_by_id_fkey FOREIGN KEY (drafted_by_id) REFERENCES organisation(id),
  constraint agreement_follows_an_agreement FOREIGN KEY (follows_seller_id, follows_id) REFERENCES agreement(seller_id, id),
  constraint agreement_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES organisation(id),
  constraint agreement_answer_days_sane CHECK (((answer_days >= 0) AND (answer_days <= 60))),
  constraint agreement_confirmation_known CHECK ((confirmation = ANY (ARRAY['silence_confirms'::text, 'silence_withholds'::text]))),
  constraint agreement_dates_in_order CHECK ((valid_from <= valid_to)),
  constraint agreement_drafted_by_a_party CHECK (((drafted_by_id = seller_id) OR (drafted_by_id = buyer_id))),
  constraint agreement_ended_on_a_date CHECK (((status <> 'ended'::text) OR (valid_to IS NOT NULL))),
  constraint agreement_number_given CHECK ((length(TRIM(BOTH FROM number)) > 0)),
  constraint agreement_of_two CHECK ((seller_id <> buyer_id)),
  constraint agreement_pay_days_sane CHECK (((pay_days >= 0) AND (pay_days <= 180))),
  constraint agreement_price_class_plain CHECK ((price_class ~ '^[a-z0-9_]+$'::text)),
  constraint agreement_signed_by_both CHECK (((status <> ALL (ARRAY['signed'::text, 'ended'::text])) OR ((seller_signed_on IS NOT NULL) AND (buyer_signed_on IS NOT NULL)))),
  constraint agreement_signed_with_a_name CHECK ((((seller_signed_on IS NULL) = (seller_signer IS NULL)) AND ((buyer_signed_on IS NULL) = (buyer_signer IS NULL)))),
  constraint agreement_status_known CHECK ((status = ANY (ARRAY['drafted'::text, 'proposed'::text, 'signed'::text, 'ended'::text, 'withdrawn'::text]))),
  constraint agreement_year_ceiling_not_negative CHECK ((year_ceiling >= (0)::numeric)),
  constraint agreement_one_in_force EXCLUDE USING gist (seller_id WITH =, buyer_id WITH =, daterange(valid_from, valid_to, '[]'::text) WITH &&) WHERE ((status = ANY (ARRAY['signed'::text, 'ended'::text])))
);
CREATE INDEX agreement_buyer ON agreement USING btree (buyer_id, status);
CREATE INDEX agreement_changed_by ON agreement USING btree (changed_by);
CREATE INDEX agreement_drafted_by ON agreement USING btree (drafted_by_id);
CREATE INDEX agreement_follows ON agreement USING btree (follows_seller_id, follows_id);
CREATE INDEX agreement_id ON agreement USING btree (id);

create table agreement_template (
  seller_id            uuid not null,
  confirmation         text not null,
  answer_days          integer not null,
  netting              boolean not null default false,
  pay_days             integer not null,
  price_class          text,
  note                 text not null default ''::text,
  changed_at           timestamp with time zone not null,
  changed_by           uuid,
  constraint agreement_template_pkey PRIMARY KEY (seller_id),
  constraint agreement_template_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES person(id),
  constraint agreement_template_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES organisation(id),
  constraint agreement_template_answer_days_sane CHECK (((answer_days >= 0) AND (answer_days <= 60))),
  constraint agreement_template_confirmation_known CHECK ((confirmation = ANY (ARRAY['silence_confirms'::text, 'silence_withholds'::text]))),
  constraint agreement_template_pay_days_sane CHECK (((pay_days >= 0) AND (pay_days <= 180))),
  constraint agreement_template_price_class_plain CHECK ((price_class ~ '^[a-z0-9_]+$'::text))
);
CREATE INDEX agreement_template_changed_by ON agreement_template USING btree (changed_by);

create table api_token (
  id                   uuid not null,
  organisation_id      uuid not null,
  role                 text not null,
  name                 text not null,
  token_hash           text not null,
  created_by           uuid,
  created_at           timestamp with time zone not null,
  expires_at           timestamp with time zone,
  revoked_at           timestamp with time zone,
  last_used_at         timestamp with time zone,
  constraint api_token_pkey PRIMARY KEY (id),
  constraint api_token_hash_unique UNIQUE (token_hash),
  constraint api_token_created_by_fkey FOREIGN KEY (created_by) REFERENCES person(id),
  constraint api_token_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id),
  constraint api_token_name_given CHECK ((length(TRIM(BOTH FROM name)) > 0)),
  constraint api_token_role_known CHECK ((role = ANY (ARRAY['lister'::text, 'buyer'::text, 'finance'::text, 'coordinator'::text, 'auditor'::text, 'administrator'::text])))
);
CREATE INDEX api_token_created_by ON api_token USING btree (created_by);
CREATE INDEX api_token_organisation ON api_token USING btree (organisation_id);

create table audit_event (
  organisation_id      uuid,
  id                   uuid not null,
  at                   timestamp with time zone not null,
  person_id            uuid,
  token_id             uuid,
  action               text not null,
  subject_type         text not null,
  subject_id           text not null,
  seller_id            uuid,
  buyer_id             uuid,
  before               jsonb,
  after                jsonb,
  part_of              uuid,
  constraint audit_event_pkey PRIMARY KEY (id)
);
CREATE INDEX audit_event_buyer ON audit_event USING btree (buyer_id, at);
CREATE INDEX audit_event_organisation ON audit_event USING btree (organisation_id, at);
CREATE INDEX audit_event_parts ON audit_event USING btree (part_of) WHERE (part_of IS NOT NULL);
CREATE INDEX audit_event_seal ON audit_event USING btree (subject_id) WHERE (action = 'sealDocument'::text);
CREATE INDEX audit_event_seller ON audit_event USING btree (seller_id, at);
CREATE INDEX audit_event_subject ON audit_event USING btree (subject_type, subject_id, at);

create table balance_confirmation (
  organisation_id      uuid not null,
  id                   uuid not null,
  counterparty_id      uuid not null,
  number               text not null,
  stated_on            date not null,
  is_owed              numeric(14,2) not null,
  owes                 numeric(14,2) not null,
  balance              numeric(14,2) not null,
  figures              jsonb not null,
  note                 text not null default ''::text,
  status               text not null default 'sent'::text,
  sent_at              timestamp with time zone not null,
  sent_by              uuid,
  sender_signer        text not null,
  answered_at          timestamp with time zone,
  answered_by          uuid,
  answer_signer        text,
  answer_balance       numeric(14,2),
  answer_note          text,
  answer_items         jsonb not null default '[]'::jsonb,
  settled_at           timestamp with time zone,
  settled_by           uuid,
  settled_note         text,
  constraint balance_confirmation_pkey PRIMARY KEY (organisation_id, id),
  constraint balance_confirmation_answered_by_fkey FOREIGN KEY (answered_by) REFERENCES person(id),
  constraint balance_confirmation_counterparty_id_fkey FOREIGN KEY (counterparty_id) REFERENCES organisation(id),
  constraint balance_confirmation_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id),
  constraint balance_confirmation_sent_by_fkey FOREIGN KEY (sent_by) REFERENCES person(id),
  constraint balance_confirmation_settled_by_fkey FOREIGN KEY (settled_by) REFERENCES person(id),
  constraint balance_confirmation_adds_up CHECK (((is_owed - owes) = balance)),
  constraint balance_confirmation_answered CHECK ((((status = ANY (ARRAY['confirmed'::text, 'differs'::text, 'settled'::text])) = (answered_at IS NOT NULL)) AND ((answered_at IS NULL) = (answer_signer IS NULL)))),
  constraint balance_confirmation_differs_with_a_balance CHECK (((status = ANY (ARRAY['differs'::text, 'settled'::text])) = (answer_balance IS NOT NULL))),
  constraint balance_confirmation_of_two CHECK ((organisation_id <> counterparty_id)),
  constraint balance_confirmation_settled_when CHECK (((status = 'settled'::text) = (settled_at IS NOT NULL))),
  constraint balance_confirmation_stated_on_sane CHECK ((stated_on > '2000-01-01'::date)),
  constraint balance_confirmation_status_known CHECK ((status = ANY (ARRAY['sent'::text, 'confirmed'::text, 'differs'::text, 'settled'::text, 'withdrawn'::text])))
);
CREATE INDEX balance_confirmation_answered_by ON balance_confirmation USING btree (answered_by);
CREATE INDEX balance_confirmation_counterparty ON balance_confirmation USING btree (counterparty_id, stated_on);
CREATE INDEX balance_confirmation_id ON balance_confirmation USING btree (id);
CREATE UNIQUE INDEX balance_confirmation_once ON balance_confirmation USING btree (LEAST(organisation_id, counterparty_id), GREATEST(organisation_id, counterparty_id), stated_on) WHERE (status <> 'withdrawn'::text);
CREATE INDEX balance_confirmation_sent_by ON balance_confirmation USING btree (sent_by);
CREATE INDEX balance_confirmation_settled_by ON balance_confirmation USING btree (settled_by);

create table bank_account (
  organisation_id      uuid not null,
  iban                 text not null,
  name                 text not null default ''::text,
  bic                  text,
  closed_on            date,
  changed_at           timestamp with time zone not null,
  changed_by           uuid,
  constraint bank_account_pkey PRIMARY KEY (organisation_id, iban),
  constraint bank_account_of_one UNIQUE (iban),
  constraint bank_account_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES person(id),
  constraint bank_account_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id),
  constraint bank_account_bic_plain CHECK ((bic ~ '^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$'::text)),
  constraint bank_account_iban_plain CHECK ((iban ~ '^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$'::text))
);
CREATE INDEX bank_account_changed_by ON bank_account USING btree (changed_by);

create table bank_movement (
  organisation_id      uuid not null,
  id                   uuid not null,
  statement_id         uuid not null,
  iban                 text not null,
  place                integer not null,
  booked_on            date not null,
  amount               numeric(16,2) not null,
  charges              numeric(14,2) not null default 0,
  returned             boolean not null default false,
  counterparty_name    text,
  counterparty_iban    text,
  creditor_references  text[] not null default '{}'::text[],
  end_to_end_id        text,
  text                 text not null default ''::text,
  key                  text not null,
  status               text not null,
  reason               text not null,
  proposal             jsonb,
  payment_id           uuid,
  matched_by           uuid,
  received_ids         uuid[] not null default '{}'::uuid[],
  order_id             uuid,
  decided_at           timestamp with time zone,
  forgotten_at         timestamp with time zone,
  constraint bank_movement_pkey PRIMARY KEY (organisation_id, id),
  constraint bank_movement_once UNIQUE (organisation_id, iban, key),
  constraint bank_movement_matched_by_fkey FOREIGN KEY (matched_by) REFERENCES person(id),
  constraint bank_movement_order_fkey FOREIGN KEY (organisation_id, order_id) REFERENCES payment_order(organisation_id, id),
  constraint bank_movement_organisation_id_statement_id_fkey FOREIGN KEY (organisation_id, statement_id) REFERENCES bank_statement(organisation_id, id),
  constraint bank_movement_matched_with_something CHECK (
CASE status
    WHEN 'matched'::text THEN (((((payment_id IS NOT NULL))::integer + ((cardinality(received_ids) > 0))::integer) + ((reason = 'charge'::text))::integer) = 1)
    ELSE ((payment_id IS NULL) AND (cardinality(received_ids) = 0))
END),
  constraint bank_movement_status_known CHECK ((status = ANY (ARRAY['matched'::text, 'proposed'::text, 'unknown'::text, 'ignored'::text])))
);
CREATE INDEX bank_movement_id ON bank_movement USING btree (id);
CREATE INDEX bank_movement_matched_by ON bank_movement USING btree (matched_by);
CREATE INDEX bank_movement_order ON bank_movement USING btree (organisation_id, order_id);
CREATE INDEX bank_movement_payment ON bank_movement USING btree (payment_id);
CREATE INDEX bank_movement_remembered ON bank_movement USING btree (organisation_id) WHERE (forgotten_at IS NULL);
CREATE INDEX bank_movement_statement ON bank_movement USING btree (organisation_id, statement_id, place);
CREATE INDEX bank_movement_waiting ON bank_movement USING btree (organisation_id, booked_on) WHERE (status = ANY (ARRAY['proposed'::text, 'unknown'::text]));

create table bank_statement (
  organisation_id      uuid not null,
  id                   uuid not null,
  iban                 text not null,
  statement_id         text not null,
  format               text not null,
  sequence             integer,
  from_on              date,
  to_on                date,
  opening              numeric(16,2),
  closing              numeric(16,2),
  file_name            text not null,
  findings             jsonb not null default '[]'::jsonb,
  imported_at          timestamp with time zone not null,
  imported_by          uuid,
  constraint bank_statement_pkey PRIMARY KEY (organisation_id, id),
  constraint bank_statement_once UNIQUE (organisation_id, iban, statement_id),
  constraint bank_statement_imported_by_fkey FOREIGN KEY (imported_by) REFERENCES person(id),
  constraint bank_statement_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id)
);
CREATE INDEX bank_statement_id ON bank_statement USING btree (id);
CREATE INDEX bank_statement_imported_by ON bank_statement USING btree (imported_by);

create table bridge (
  buyer_id             uuid not null,
  id                   uuid not null,
  resident_id          uuid not null,
  awaits               text not null,
  awaited_id           uuid not null,
  kinds                text[] not null,
  seller_id            uuid,
  placement_id         uuid,
  place_seller_id      uuid,
  place_id             uuid,
  shortened            boolean not null default false,
  last_on              date,
  created_at           timestamp with time zone not null,
  created_by           uuid,
  constraint bridge_pkey PRIMARY KEY (buyer_id, id),
  constraint bridge_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES organisation(id),
  constraint bridge_buyer_id_resident_id_fkey FOREIGN KEY (buyer_id, resident_id) REFERENCES resident(organisation_id, id),
  constraint bridge_created_by_fkey FOREIGN KEY (created_by) REFERENCES person(id),
  constraint bridge_place_seller_id_place_id_fkey FOREIGN KEY (place_seller_id, place_id) REFERENCES placement_record(seller_id, id),
  constraint bridge_seller_id_placement_id_fkey FOREIGN KEY (seller_id, placement_id) REFERENCES placement_record(seller_id, id),
  constraint bridge_awaits_known CHECK ((awaits = ANY (ARRAY['request'::text, 'referral'::text, 'queue_entry'::text]))),
  constraint bridge_kinds_named CHECK ((cardinality(kinds) > 0)),
  constraint bridge_place_after_stay CHECK (((place_id IS NULL) OR (placement_id IS NOT NULL))),
  constraint bridge_shortened_by_place CHECK (((NOT shortened) OR (place_id IS NOT NULL)))
);
CREATE INDEX bridge_awaited ON bridge USING btree (awaited_id);
CREATE INDEX bridge_created_by ON bridge USING btree (created_by);
CREATE INDEX bridge_place ON bridge USING btree (place_seller_id, place_id);
CREATE INDEX bridge_placement ON bridge USING btree (seller_id, placement_id);
CREATE INDEX bridge_resident ON bridge USING btree (buyer_id, resident_id);

create table capacity (
  seller_id            uuid not null,
  id                   uuid not null,
  offer_id             uuid not null,
  valid_from           date not null,
  valid_to             date,
  places               integer not null,
  made_up              boolean not null default false,
  recorded_at          timestamp with time zone not null,
  constraint capacity_pkey PRIMARY KEY (seller_id, id),
  constraint capacity_seller_id_offer_id_fkey FOREIGN KEY (seller_id, offer_id) REFERENCES offer(seller_id, id),
  constraint capacity_dates_in_order CHECK ((valid_from <= valid_to)),
  constraint capacity_places_sane CHECK (((places >= 0) AND (places <= 100000))),
  constraint capacity_periods_do_not_overlap EXCLUDE USING gist (seller_id WITH =, offer_id WITH =, daterange(valid_from, valid_to, '[]'::text) WITH &&)
);

create table capacity_part (
  seller_id            uuid not null,
  id                   uuid not null,
  offer_id             uuid not null,
  places               integer not null,
  valid_from           date not null,
  valid_to             date,
  buyer_id             uuid,
  target_group         text,
  funder               text,
  note                 text not null default ''::text,
  recorded_at          timestamp with time zone not null,
  recorded_by          uuid,
  constraint capacity_part_pkey PRIMARY KEY (seller_id, id),
  constraint capacity_part_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES organisation(id),
  constraint capacity_part_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES person(id),
  constraint capacity_part_seller_id_offer_id_fkey FOREIGN KEY (seller_id, offer_id) REFERENCES offer(seller_id, id),
  constraint capacity_part_target_group_fkey FOREIGN KEY (target_group) REFERENCES target_group(code),
  constraint capacity_part_dates_in_order CHECK ((valid_from <= valid_to)),
  constraint capacity_part_for_one CHECK ((num_nonnulls(buyer_id, target_group) < 2)),
  constraint capacity_part_funder_plain CHECK (((length(TRIM(BOTH FROM funder)) >= 1) AND (length(TRIM(BOTH FROM funder)) <= 60))),
  constraint capacity_part_of_something CHECK ((num_nonnulls(buyer_id, target_group, funder) > 0)),
  constraint capacity_part_places_sane CHECK (((places >= 1) AND (places <= 100000)))
);
CREATE INDEX capacity_part_buyer ON capacity_part USING btree (buyer_id);
CREATE INDEX capacity_part_id ON capacity_part USING btree (id);
CREATE INDEX capacity_part_of_offer ON capacity_part USING btree (offer_id);
CREATE INDEX capacity_part_offer ON capacity_part USING btree (seller_id, offer_id, valid_from);
CREATE INDEX capacity_part_recorded_by ON capacity_part USING btree (recorded_by);
CREATE INDEX capacity_part_target_group ON capacity_part USING btree (target_group);

create table catalogue_version (
  seller_id            uuid not null,
  version              uuid not null default gen_random_uuid(),
  constraint catalogue_version_pkey PRIMARY KEY (seller_id)
);

create table catalogue_word (
  word                 text not null
);
CREATE INDEX catalogue_word_found ON catalogue_word USING gin (word gin_trgm_ops);
CREATE INDEX catalogue_word_known ON catalogue_word USING btree (word);

create table charge (
  seller_id            uuid not null,
  close_month          text not null,
  id                   uuid not null,
  line_no              integer not null,
  document_id          uuid,
  buyer_id             uuid not null,
  placement_id         uuid not null,
  offer_id             uuid not null,
  service_month        text not null,
  kind                 text not null,
  price_id             uuid,
  tier_step            integer,
  quantity             numeric,
  base_quantity        numeric,
  unit_price           numeric,
  percent              numeric,
  gross                numeric(14,2),
  shares               json not null default '[]'::json,
  buyer_amount         numeric(14,2) not null,
  vat_category         text not null,
  vat_rate             numeric,
  explanation          jsonb,
  constraint charge_pkey PRIMARY KEY (seller_id, placement_id, service_month, id),
  constraint charge_kind_known CHECK ((kind = ANY (ARRAY['standard'::text, 'absence'::text, 'no_show'::text, 'minimum'::text, 'adjustment'::text])))
);
CREATE INDEX charge_document ON charge USING btree (seller_id, document_id, line_no);

create table close_run (
  seller_id            uuid not null,
  month                calendar_month not null,
  started_at           timestamp with time zone not null,
  started_by           uuid,
  beat_at              timestamp with time zone not null,
  step                 text not null,
  done                 integer not null,
  of                   integer not null,
  finished_at          timestamp with time zone,
  failed               text,
  constraint close_run_pkey PRIMARY KEY (seller_id, month),
  constraint close_run_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES organisation(id),
  constraint close_run_started_by_fkey FOREIGN KEY (started_by) REFERENCES person(id),
  constraint close_run_failed_when_finished CHECK (((failed IS NULL) OR (finished_at IS NOT NULL))),
  constraint close_run_step_known CHECK ((step = ANY (ARRAY['waiting'::text, 'reading'::text, 'rating'::text, 'writing'::text, 'proving'::text])))
);
CREATE INDEX close_run_started_by ON close_run USING btree (started_by);

create table closed_offer (
  seller_id            uuid not null,
  close_month          calendar_month not null,
  offer_id             uuid not null,
  facts                text not null,
  constraint closed_offer_pkey PRIMARY KEY (seller_id, close_month, offer_id)
);

create table commitment (
  buyer_id             uuid not null,
  id                   uuid not null,
  seller_id            uuid not null,
  referral_id          uuid,
  per_month            numeric(14,2) not null,
  in_all               numeric(14,2) not null,
  status               text not null,
  asked_by             uuid,
  asked_at             timestamp with time zone not null,
  answered_by          uuid,
  answered_at          timestamp with time zone,
  note                 text not null default ''::text,
  placement_id         uuid,
  queue_entry_id       uuid,
  move_id              uuid,
  offer_seller_id      uuid not null,
  offer_id             uuid not null,
  resident_token       text,
  places               integer not null,
  wanted_from          date not null,
  wanted_to            date,
  constraint commitment_pkey PRIMARY KEY (buyer_id, id),
  constraint commitment_answered_by_fkey FOREIGN KEY (answered_by) REFERENCES person(id),
  constraint commitment_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES person(id),
  constraint commitment_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES organisation(id),
  constraint commitment_move_fkey FOREIGN KEY (seller_id, move_id) REFERENCES stay_move(seller_id, id),
  constraint commitment_offer_fkey FOREIGN KEY (offer_seller_id, offer_id) REFERENCES offer(seller_id, id),
  constraint commitment_placement_fkey FOREIGN KEY (seller_id, placement_id) REFERENCES placement_record(seller_id, id),
  constraint commitment_queue_entry_fkey FOREIGN KEY (seller_id, queue_entry_id) REFERENCES queue_entry(seller_id, id),
  constraint commitment_seller_id_referral_id_fkey FOREIGN KEY (seller_id, referral_id) REFERENCES referral(seller_id, id) ON DELETE CASCADE,
  constraint commitment_answered_when CHECK (((status = 'asked'::text) = (answered_at IS NULL))),
  constraint commitment_of_one CHECK ((num_nonnulls(referral_id, placement_id, queue_entry_id, move_id) = 1)),
  constraint commitment_status_known CHECK ((status = ANY (ARRAY['asked'::text, 'approved'::text, 'declined'::text])))
);
CREATE INDEX commitment_answered_by ON commitment USING btree (answered_by);
CREATE INDEX commitment_asked_by ON commitment USING btree (asked_by);
CREATE UNIQUE INDEX commitment_asked_once ON commitment USING btree (seller_id, COALESCE(referral_id, placement_id, queue_entry_id, move_id), buyer_id) WHERE (status = 'asked'::text);
CREATE INDEX commitment_id ON commitment USING btree (id);
CREATE INDEX commitment_move ON commitment USING btree (seller_id, move_id);
CREATE INDEX commitment_offer ON commitment USING btree (offer_seller_id, offer_id);
CREATE INDEX commitment_placement ON commitment USING btree (seller_id, placement_id);
CREATE INDEX commitment_queue_entry ON commitment USING btree (seller_id, queue_entry_id);
CREATE INDEX commitment_referral ON commitment USING btree (seller_id, referral_id);

create table counter_offer (
  seller_id            uuid not null,
  id                   uuid not null,
  referral_id          uuid not null,
  buyer_id             uuid not null,
  offer_id             uuid not null,
  wanted_from          date not null,
  wanted_to            date,
  price_class          text,
  surcharges           text[] not null default '{}'::text[],
  conditions           text not null default ''::text,
  status               text not null default 'open'::text,
  made_at              timestamp with time zone not null,
  made_by              uuid,
  answered_at          timestamp with time zone,
  answered_by          uuid,
  answer_note          text not null default ''::text,
  weekdays             integer[],
  constraint counter_offer_pkey PRIMARY KEY (seller_id, id),
  constraint counter_offer_answered_by_fkey FOREIGN KEY (answered_by) REFERENCES person(id),
  constraint counter_offer_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES organisation(id),
  constraint counter_offer_made_by_fkey FOREIGN KEY (made_by) REFERENCES person(id),
  constraint counter_offer_seller_id_offer_id_fkey FOREIGN KEY (seller_id, offer_id) REFERENCES offer(seller_id, id),
  constraint counter_offer_seller_id_referral_id_fkey FOREIGN KEY (seller_id, referral_id) REFERENCES referral(seller_id, id),
  constraint counter_offer_answered_when CHECK (((status = 'open'::text) = (answered_at IS NULL))),
  constraint counter_offer_dates_in_order CHECK ((wanted_from <= wanted_to)),
  constraint counter_offer_status_known CHECK ((status = ANY (ARRAY['open'::text, 'accepted'::text, 'declined'::text, 'withdrawn'::text]))),
  constraint counter_offer_weekdays_known CHECK (are_weekdays(weekdays))
);
CREATE INDEX counter_offer_answered_by ON counter_offer USING btree (answered_by);
CREATE INDEX counter_offer_buyer ON counter_offer USING btree (buyer_id, status);
CREATE INDEX counter_offer_made_by ON counter_offer USING btree (made_by);
CREATE INDEX counter_offer_offer ON counter_offer USING btree (seller_id, offer_id);
CREATE UNIQUE INDEX counter_offer_open_once ON counter_offer USING btree (seller_id, referral_id) WHERE (status = 'open'::text);
CREATE INDEX counter_offer_referral ON counter_offer USING btree (seller_id, referral_id);

create table day_confirmation (
  seller_id            uuid not null,
  placement_id         uuid not null,
  id                   uuid not null,
  buyer_id             uuid not null,
  given_on             date not null,
  verdict              text not null,
  delivered            numeric,
  no_show              numeric,
  absence              text,
  reason               text,
  note                 text not null default ''::text,
  said_at              timestamp with time zone not null,
  said_by              uuid,
  replaced_at          timestamp with time zone,
  constraint day_confirmation_pkey PRIMARY KEY (seller_id, placement_id, id),
  constraint day_confirmation_said_by_fkey FOREIGN KEY (said_by) REFERENCES person(id),
  constraint day_confirmation_seller_id_placement_id_fkey FOREIGN KEY (seller_id, placement_id) REFERENCES placement_record(seller_id, id),
  constraint day_confirmation_objected_with_reason CHECK (((verdict = 'objected'::text) = (reason IS NOT NULL))),
  constraint day_confirmation_reason_known CHECK ((reason = ANY (ARRAY['not_resident'::text, 'not_delivered'::text, 'wrong_quantity'::text, 'wrong_absence'::text, 'double'::text, 'other'::text]))),
  constraint day_confirmation_verdict_known CHECK ((verdict = ANY (ARRAY['confirmed'::text, 'objected'::text])))
);
CREATE INDEX day_confirmation_buyer ON day_confirmation USING btree (buyer_id, given_on) WHERE (replaced_at IS NULL);
CREATE UNIQUE INDEX day_confirmation_one_word ON day_confirmation USING btree (seller_id, placement_id, given_on) WHERE (replaced_at IS NULL);
CREATE INDEX day_confirmation_said_by ON day_confirmation USING btree (said_by);

create table delivery (
  seller_id            uuid not null,
  placement_id         uuid not null,
  id                   uuid not null,
  buyer_id             uuid not null,
  delivered_on         date not null,
  kind                 text not null,
  quantity             numeric not null,
  note                 text not null default ''::text,
  recorded_at          timestamp with time zone not null,
  recorded_by          uuid,
  withdrawn_at         timestamp with time zone,
  constraint delivery_pkey PRIMARY KEY (seller_id, placement_id, id),
  constraint delivery_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES person(id),
  constraint delivery_seller_id_placement_id_fkey FOREIGN KEY (seller_id, placement_id) REFERENCES placement_record(seller_id, id),
  constraint delivery_kind_known CHECK ((kind = ANY (ARRAY['delivered'::text, 'no_show'::text]))),
  constraint delivery_quantity_positive CHECK ((quantity > (0)::numeric))
);
CREATE INDEX delivery_buyer ON delivery USING btree (buyer_id, delivered_on);
CREATE INDEX delivery_by_date ON delivery USING btree (seller_id, placement_id, delivered_on);
CREATE INDEX delivery_id ON delivery USING btree (id);
CREATE INDEX delivery_of_month ON delivery USING btree (seller_id, delivered_on) WHERE (withdrawn_at IS NULL);
CREATE INDEX delivery_recorded_by ON delivery USING btree (recorded_by);

create table dispute (
  seller_id            uuid not null,
  id                   uuid not null,
  buyer_id             uuid not null,
  document_id          uuid not null,
  charge_id            uuid not null,
  line_no              integer not null,
  placement_id         uuid not null,
  service_month        calendar_month not null,
  reason               text not null,
  amount               numeric(14,2) not null,
  in_doubt             numeric(14,2) not null,
  quantity             numeric,
  rated                numeric(14,2) not null,
  status               text not null,
  raised_at            timestamp with time zone not null,
  raised_on            date not null,
  due_on               date,
  region_id            uuid,
  agreed               numeric(14,2),
  credit_id            uuid,
  settled_on           date,
  constraint dispute_pkey PRIMARY KEY (seller_id, id),
  constraint dispute_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES organisation(id),
  constraint dispute_region_id_fkey FOREIGN KEY (region_id) REFERENCES organisation(id),
  constraint dispute_seller_id_credit_id_fkey FOREIGN KEY (seller_id, credit_id) REFERENCES document(seller_id, id),
  constraint dispute_seller_id_document_id_fkey FOREIGN KEY (seller_id, document_id) REFERENCES document(seller_id, id),
  constraint dispute_seller_id_placement_id_fkey FOREIGN KEY (seller_id, placement_id) REFERENCES placement_record(seller_id, id),
  constraint dispute_agreed_when_settled CHECK (((status = ANY (ARRAY['accepted'::text, 'resolved'::text])) = (agreed IS NOT NULL))),
  constraint dispute_agreed_within_amount CHECK (((agreed >= (0)::numeric) AND (agreed <= amount))),
  constraint dispute_amount_positive CHECK ((amount > (0)::numeric)),
  constraint dispute_escalated_to_a_region CHECK (((status <> ALL (ARRAY['escalated'::text, 'resolved'::text])) OR (region_id IS NOT NULL))),
  constraint dispute_quantity_positive CHECK ((quantity > (0)::numeric)),
  constraint dispute_reason_known CHECK ((reason = ANY (ARRAY['not_resident'::text, 'not_delivered'::text, 'wrong_price'::text, 'wrong_absence'::text, 'wrong_share'::text, 'double'::text, 'other'::text]))),
  constraint dispute_settled_on_a_date CHECK (((status = ANY (ARRAY['accepted'::text, 'resolved'::text, 'withdrawn'::text])) = (settled_on IS NOT NULL))),
  constraint dispute_status_known CHECK ((status = ANY (ARRAY['raised'::text, 'answered'::text, 'accepted'::text, 'rejected'::text, 'escalated'::text, 'resolved'::text, 'withdrawn'::text])))
);
CREATE INDEX dispute_buyer ON dispute USING btree (buyer_id, status);
CREATE INDEX dispute_credit ON dispute USING btree (seller_id, credit_id);
CREATE INDEX dispute_document ON dispute USING btree (seller_id, document_id);
CREATE INDEX dispute_id ON dispute USING btree (id);
CREATE INDEX dispute_in_doubt ON dispute USING btree (document_id) WHERE (status = ANY (ARRAY['raised'::text, 'answered'::text, 'escalated'::text]));
CREATE INDEX dispute_placement ON dispute USING btree (seller_id, placement_id, service_month);
CREATE INDEX dispute_region ON dispute USING btree (region_id);

create table dispute_file (
  seller_id            uuid not null,
  dispute_id           uuid not null,
  id                   uuid not null,
  buyer_id             uuid not null,
  step_id              uuid not null,
  name                 text not null,
  content_type         text not null,
  size                 integer not null,
  content              bytea not null,
  sent_at              timestamp with time zone not null,
  constraint dispute_file_pkey PRIMARY KEY (seller_id, dispute_id, id),
  constraint dispute_file_seller_id_dispute_id_step_id_fkey FOREIGN KEY (seller_id, dispute_id, step_id) REFERENCES dispute_step(seller_id, dispute_id, id),
  constraint dispute_file_size_sane CHECK (((size >= 1) AND (size <= 1500000))),
  constraint dispute_file_type_known CHECK ((content_type = ANY (ARRAY['application/pdf'::text, 'image/png'::text, 'image/jpeg'::text, 'image/webp'::text, 'text/plain'::text, 'text/csv'::text, 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'::text, 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'::text, 'application/vnd.etsi.asic-e+zip'::text])))
);
CREATE INDEX dispute_file_id ON dispute_file USING btree (id);
CREATE INDEX dispute_file_step ON dispute_file USING btree (seller_id, dispute_id, step_id);

create table dispute_step (
  seller_id            uuid not null,
  dispute_id           uuid not null,
  id                   uuid not null,
  buyer_id             uuid not null,
  kind                 text not null,
  organisation_id      uuid not null,
  person_id            uuid,
  at                   timestamp with time zone not null,
  note                 text not null default ''::text,
  amount               numeric(14,2),
  constraint dispute_step_pkey PRIMARY KEY (seller_id, dispute_id, id),
  constraint dispute_step_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id),
  constraint dispute_step_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint dispute_step_seller_id_dispute_id_fkey FOREIGN KEY (seller_id, dispute_id) REFERENCES dispute(seller_id, id),
  constraint dispute_step_kind_known CHECK ((kind = ANY (ARRAY['raised'::text, 'answered'::text, 'accepted'::text, 'rejected'::text, 'escalated'::text, 'resolved'::text, 'withdrawn'::text, 'message'::text])))
);
CREATE INDEX dispute_step_organisation ON dispute_step USING btree (organisation_id);
CREATE INDEX dispute_step_person ON dispute_step USING btree (person_id);

create table dispute_terms (
  seller_id            uuid not null,
  object_days          integer not null,
  answer_days          integer not null,
  escalate_days        integer not null,
  decide_days          integer not null,
  changed_at           timestamp with time zone not null,
  changed_by           uuid,
  constraint dispute_terms_pkey PRIMARY KEY (seller_id),
  constraint dispute_terms_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES person(id),
  constraint dispute_terms_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES organisation(id),
  constraint dispute_terms_days_sane CHECK ((((object_days >= 1) AND (object_days <= 365)) AND ((answer_days >= 1) AND (answer_days <= 90)) AND ((escalate_days >= 1) AND (escalate_days <= 90)) AND ((decide_days >= 1) AND (decide_days <= 180))))
);
CREATE INDEX dispute_terms_changed_by ON dispute_terms USING btree (changed_by);

create table document (
  seller_id            uuid not null,
  id                   uuid not null,
  buyer_id             uuid not null,
  type                 text not null,
  number               text not null,
  year                 integer not null,
  sequence             integer not null,
  close_month          calendar_month not null,
  issued_on            date not null,
  due_on               date not null,
  corrects_id          uuid,
  net                  numeric(14,2) not null,
  vat                  numeric(14,2) not null,
  total                numeric(14,2) not null,
  vat_summary          jsonb not null,
  record               json not null,
  issued_at            timestamp with time zone not null,
  dispute_id           uuid,
  constraint document_pkey PRIMARY KEY (seller_id, id),
  constraint document_number_unique UNIQUE (seller_id, number),
  constraint document_sequence_unique UNIQUE (seller_id, year, sequence),
  constraint document_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES organisation(id),
  constraint document_seller_id_corrects_id_fkey FOREIGN KEY (seller_id, corrects_id) REFERENCES document(seller_id, id),
  constraint document_seller_id_dispute_id_fkey FOREIGN KEY (seller_id, dispute_id) REFERENCES dispute(seller_id, id),
  constraint document_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES organisation(id),
  constraint document_adds_up CHECK (((net + vat) = total)),
  constraint document_credit_note_corrects CHECK (((type = 'credit_note'::text) = (corrects_id IS NOT NULL))),
  constraint document_not_negative CHECK ((total >= (0)::numeric)),
  constraint document_type_known CHECK ((type = ANY (ARRAY['invoice'::text, 'credit_note'::text])))
);
CREATE INDEX document_buyer ON document USING btree (buyer_id, close_month);
CREATE INDEX document_corrects ON document USING btree (seller_id, corrects_id);
CREATE INDEX document_dispute ON document USING btree (seller_id, dispute_id) WHERE (dispute_id IS NOT NULL);
CREATE INDEX document_id ON document USING btree (id);
CREATE INDEX document_issued_by ON document USING btree (seller_id, issued_on DESC, id DESC);
CREATE INDEX document_issued_to ON document USING btree (buyer_id, issued_on DESC, id DESC);
CREATE INDEX document_month ON document USING btree (seller_id, close_month);

create table document_wish (
  buyer_id             uuid not null,
  id                   uuid not null,
  seller_id            uuid,
  channel              text,
  email                text,
  einvoice_scheme      text,
  einvoice_id          text,
  institution_code     text,
  budget_code          text,
  agreement_number     text,
  order_number         text,
  lines                text,
  pdf_in_xml           boolean,
  changed_at           timestamp with time zone not null,
  changed_by           uuid,
  constraint document_wish_pkey PRIMARY KEY (buyer_id, id),
  constraint document_wish_once UNIQUE NULLS NOT DISTINCT (buyer_id, seller_id),
  constraint document_wish_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES organisation(id),
  constraint document_wish_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES person(id),
  constraint document_wish_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES organisation(id),
  constraint document_wish_address_whole CHECK (((einvoice_scheme IS NULL) = (einvoice_id IS NULL))),
  constraint document_wish_channel_known CHECK ((channel = ANY (ARRAY['download'::text, 'email'::text, 'access_point'::text, 'file_drop'::text]))),
  constraint document_wish_lines_known CHECK ((lines = ANY (ARRAY['cases'::text, 'totals'::text]))),
  constraint document_wish_of_another CHECK ((seller_id <> buyer_id))
);
CREATE INDEX document_wish_changed_by ON document_wish USING btree (changed_by);
CREATE INDEX document_wish_id ON document_wish USING btree (id);
CREATE INDEX document_wish_seller ON document_wish USING btree (seller_id);

create table feedback (
  seller_id            uuid not null,
  placement_id         uuid not null,
  buyer_id             uuid not null,
  offer_id             uuid not null,
  care                 integer not null,
  information          integer not null,
  agreed               integer not null,
  note                 text not null default ''::text,
  given_at             timestamp with time zone not null,
  given_by             uuid,
  answer               text,
  answered_at          timestamp with time zone,
  answered_by          uuid,
  constraint feedback_pkey PRIMARY KEY (seller_id, placement_id),
  constraint feedback_answered_by_fkey FOREIGN KEY (answered_by) REFERENCES person(id),
  constraint feedback_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES organisation(id),
  constraint feedback_given_by_fkey FOREIGN KEY (given_by) REFERENCES person(id),
  constraint feedback_seller_id_placement_id_fkey FOREIGN KEY (seller_id, placement_id) REFERENCES placement_record(seller_id, id),
  constraint feedback_agreed_one_to_five CHECK (((agreed >= 1) AND (agreed <= 5))),
  constraint feedback_answered_when CHECK (((answer IS NULL) = (answered_at IS NULL))),
  constraint feedback_care_one_to_five CHECK (((care >= 1) AND (care <= 5))),
  constraint feedback_information_one_to_five CHECK (((information >= 1) AND (information <= 5))),
  constraint feedback_of_another CHECK ((seller_id <> buyer_id))
);
CREATE INDEX feedback_answered_by ON feedback USING btree (answered_by);
CREATE INDEX feedback_buyer ON feedback USING btree (buyer_id);
CREATE INDEX feedback_given_by ON feedback USING btree (given_by);
CREATE INDEX feedback_offer ON feedback USING btree (offer_id);

create table file_upload (
  stored_key           text not null,
  started_at           timestamp with time zone not null,
  constraint file_upload_pkey PRIMARY KEY (stored_key)
);

create table funder_claim (
  organisation_id      uuid not null,
  id                   uuid not null,
  source               text not null,
  number               integer not null,
  until_month          calendar_month not null,
  status               text not null default 'drafted'::text,
  drafted_at           timestamp with time zone not null,
  drafted_by           uuid,
  claimed_on           date,
  answered_on          date,
  paid_on              date,
  payment_note         text,
  constraint funder_claim_pkey PRIMARY KEY (organisation_id, id),
  constraint funder_claim_number_once UNIQUE (organisation_id, source, number),
  constraint funder_claim_drafted_by_fkey FOREIGN KEY (drafted_by) REFERENCES person(id),
  constraint funder_claim_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id),
  constraint funder_claim_answered_on_a_day CHECK (((status = ANY (ARRAY['approved'::text, 'cut'::text, 'paid'::text])) = (answered_on IS NOT NULL))),
  constraint funder_claim_claimed_on_a_day CHECK (((status = ANY (ARRAY['claimed'::text, 'approved'::text, 'cut'::text, 'paid'::text])) = (claimed_on IS NOT NULL))),
  constraint funder_claim_paid_on_a_day CHECK (((status = 'paid'::text) = (paid_on IS NOT NULL))),
  constraint funder_claim_status_known CHECK ((status = ANY (ARRAY['drafted'::text, 'claimed'::text, 'approved'::text, 'cut'::text, 'paid'::text, 'withdrawn'::text])))
);
CREATE INDEX funder_claim_drafted_by ON funder_claim USING btree (drafted_by);
CREATE INDEX funder_claim_id ON funder_claim USING btree (id);

create table funder_claim_line (
  organisation_id      uuid not null,
  claim_id             uuid not null,
  line_no              integer not null,
  seller_id            uuid not null,
  buyer_id             uuid not null,
  placement_id         uuid not null,
  service_month        calendar_month not null,
  token                text,
  service              text not null,
  unit                 text not null,
  quantity             numeric,
  gross                numeric(14,2) not null,
  amount               numeric(14,2) not null,
  share                numeric(14,2) not null,
  difference           boolean not null,
  cut                  numeric(14,2) not null default 0,
  cut_reason           text,
  constraint funder_claim_line_pkey PRIMARY KEY (organisation_id, claim_id, line_no),
  constraint funder_claim_line_once UNIQUE (organisation_id, claim_id, seller_id, placement_id, service_month),
  constraint funder_claim_line_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES organisation(id),
  constraint funder_claim_line_organisation_id_claim_id_fkey FOREIGN KEY (organisation_id, claim_id) REFERENCES funder_claim(organisation_id, id),
  constraint funder_claim_line_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES organisation(id),
  constraint funder_claim_line_seller_id_placement_id_fkey FOREIGN KEY (seller_id, placement_id) REFERENCES placement_record(seller_id, id),
  constraint funder_claim_line_amount_given CHECK ((amount <> (0)::numeric)),
  constraint funder_claim_line_cut_with_reason CHECK (((cut > (0)::numeric) = (cut_reason IS NOT NULL))),
  constraint funder_claim_line_cut_within CHECK (((cut >= (0)::numeric) AND (cut <= GREATEST(amount, (0)::numeric))))
);
CREATE INDEX funder_claim_line_buyer ON funder_claim_line USING btree (buyer_id);
CREATE INDEX funder_claim_line_placement ON funder_claim_line USING btree (seller_id, placement_id, service_month);

create table funder_programme (
  organisation_id      uuid not null,
  source               text not null,
  name                 text not null,
  number               text,
  total                numeric(14,2) not null,
  rate                 numeric(7,4) not null,
  agreed               numeric(14,2) not null,
  valid_from           date not null,
  valid_to             date,
  changed_at           timestamp with time zone not null,
  changed_by           uuid,
  constraint funder_programme_pkey PRIMARY KEY (organisation_id, source),
  constraint funder_programme_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES person(id),
  constraint funder_programme_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id),
  constraint funder_programme_agreed_positive CHECK ((agreed > (0)::numeric)),
  constraint funder_programme_in_order CHECK (((valid_to IS NULL) OR (valid_to >= valid_from))),
  constraint funder_programme_rate_sane CHECK (((rate > (0)::numeric) AND (rate <= (100)::numeric))),
  constraint funder_programme_total_positive CHECK ((total > (0)::numeric))
);
CREATE INDEX funder_programme_changed_by ON funder_programme USING btree (changed_by);

create table funding_sum (
  seller_id            uuid not null,
  close_month          calendar_month not null,
  buyer_id             uuid not null,
  source               text not null,
  collected_by         text not null,
  amount               numeric(14,2) not null,
  constraint funding_sum_pkey PRIMARY KEY (seller_id, close_month, buyer_id, source, collected_by),
  constraint funding_sum_collector_known CHECK ((collected_by = ANY (ARRAY['seller'::text, 'buyer'::text])))
);
CREATE INDEX funding_sum_buyer ON funding_sum USING btree (buyer_id, close_month);

create table idempotency_key (
  key_hash             text not null,
  request_hash         text not null,
  created_at           timestamp with time zone not null,
  carried_out_at       timestamp with time zone,
  status               integer,
  content_type         text,
  location             text,
  body                 text,
  constraint idempotency_key_pkey PRIMARY KEY (key_hash)
);
CREATE INDEX idempotency_key_created ON idempotency_key USING btree (created_at);

create table interest_claim (
  seller_id            uuid not null,
  id                   uuid not null,
  buyer_id             uuid not null,
  document_id          uuid not null,
  from_on              date not null,
  until_on             date not null,
  amount               numeric(14,2) not null,
  parts                jsonb not null,
  claimed_on           date not null,
  claimed_at           timestamp with time zone not null,
  claimed_by           uuid,
  withdrawn_on         date,
  withdrawn_by         uuid,
  withdraw_note        text,
  constraint interest_claim_pkey PRIMARY KEY (seller_id, id),
  constraint interest_claim_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES organisation(id),
  constraint interest_claim_claimed_by_fkey FOREIGN KEY (claimed_by) REFERENCES person(id),
  constraint interest_claim_seller_id_document_id_fkey FOREIGN KEY (seller_id, document_id) REFERENCES document(seller_id, id),
  constraint interest_claim_withdrawn_by_fkey FOREIGN KEY (withdrawn_by) REFERENCES person(id),
  constraint interest_claim_amount_positive CHECK ((amount > (0)::numeric)),
  constraint interest_claim_in_order CHECK ((until_on >= from_on)),
  constraint interest_claim_withdrawn_with_reason CHECK (((withdrawn_on IS NULL) = (withdraw_note IS NULL)))
);
CREATE INDEX interest_claim_buyer ON interest_claim USING btree (buyer_id);
CREATE INDEX interest_claim_claimed_by ON interest_claim USING btree (claimed_by);
CREATE INDEX interest_claim_document ON interest_claim USING btree (seller_id, document_id);
CREATE UNIQUE INDEX interest_claim_once ON interest_claim USING btree (seller_id, document_id, from_on) WHERE (withdrawn_on IS NULL);
CREATE INDEX interest_claim_withdrawn_by ON interest_claim USING btree (withdrawn_by);

create table late_terms (
  organisation_id      uuid not null,
  reminder_days        integer[] not null default '{}'::integer[],
  interest             text not null default 'none'::text,
  percent              numeric(9,4),
  changed_at           timestamp with time zone not null,
  changed_by           uuid,
  constraint late_terms_pkey PRIMARY KEY (organisation_id),
  constraint late_terms_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES person(id),
  constraint late_terms_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id),
  constraint late_terms_interest_known CHECK ((interest = ANY (ARRAY['none'::text, 'per_day'::text, 'per_year'::text, 'commercial'::text, 'civil'::text]))),
  constraint late_terms_percent_sane CHECK (((percent > (0)::numeric) AND (percent <= (100)::numeric))),
  constraint late_terms_percent_where_agreed CHECK (((interest = ANY (ARRAY['per_day'::text, 'per_year'::text])) = (percent IS NOT NULL)))
);
CREATE INDEX late_terms_changed_by ON late_terms USING btree (changed_by);

create table ledger_entry (
  organisation_id      uuid not null,
  transaction_id       uuid not null,
  line_no              integer not null,
  booked_on            date not null,
  role                 text not null,
  counterparty_id      uuid not null,
  kind_code            text,
  funder               text,
  document_id          uuid,
  source               text not null,
  source_id            uuid not null,
  amount               numeric(14,2) not null,
  recorded_at          timestamp with time zone not null,
  constraint ledger_entry_pkey PRIMARY KEY (organisation_id, transaction_id, line_no),
  constraint ledger_entry_amount_given CHECK ((amount <> (0)::numeric)),
  constraint ledger_entry_funder_of_claims CHECK (((funder IS NULL) OR (role = 'funder_claim'::text))),
  constraint ledger_entry_role_known CHECK ((role = ANY (ARRAY['receivable'::text, 'payable'::text, 'revenue'::text, 'cost'::text, 'vat_out'::text, 'vat_in'::text, 'funder_claim'::text, 'bank'::text, 'unapplied'::text, 'set_off'::text, 'write_off'::text, 'interest_receivable'::text, 'interest_payable'::text, 'interest_income'::text, 'interest_cost'::text, 'bank_charge'::text]))),
  constraint ledger_entry_source_plain CHECK ((source ~ '^[a-z_]{1,30}$'::text))
);
CREATE INDEX ledger_entry_document ON ledger_entry USING btree (document_id);
CREATE INDEX ledger_entry_role ON ledger_entry USING btree (organisation_id, role, counterparty_id, booked_on);
CREATE INDEX ledger_entry_source ON ledger_entry USING btree (source_id);

create table ledger_export (
  organisation_id      uuid not null,
  id                   uuid not null,
  what                 text not null,
  number               integer not null,
  first_on             date not null,
  last_on              date not null,
  rows                 integer not null,
  columns              text[] not null,
  language             text not null,
  content              text not null,
  made_at              timestamp with time zone not null,
  made_by              uuid,
  constraint ledger_export_pkey PRIMARY KEY (organisation_id, id),
  constraint ledger_export_numbered UNIQUE (organisation_id, what, number),
  constraint ledger_export_made_by_fkey FOREIGN KEY (made_by) REFERENCES person(id),
  constraint ledger_export_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id),
  constraint ledger_export_language_known CHECK ((language = ANY (ARRAY['lv'::text, 'en'::text]))),
  constraint ledger_export_not_empty CHECK ((rows > 0)),
  constraint ledger_export_what_known CHECK ((what = ANY (ARRAY['journal'::text, 'documents'::text])))
);
CREATE INDEX ledger_export_made_by ON ledger_export USING btree (made_by);

create table ledger_export_columns (
  organisation_id      uuid not null,
  what                 text not null,
  columns              text[] not null,
  changed_at           timestamp with time zone not null,
  changed_by           uuid,
  constraint ledger_export_columns_pkey PRIMARY KEY (organisation_id, what),
  constraint ledger_export_columns_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES person(id),
  constraint ledger_export_columns_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id),
  constraint ledger_export_columns_given CHECK ((cardinality(columns) > 0)),
  constraint ledger_export_columns_what_known CHECK ((what = ANY (ARRAY['journal'::text, 'documents'::text])))
);
CREATE INDEX ledger_export_columns_changed_by ON ledger_export_columns USING btree (changed_by);

create table ledger_exported (
  organisation_id      uuid not null,
  what                 text not null,
  subject_id           uuid not null,
  export_id            uuid not null,
  constraint ledger_exported_pkey PRIMARY KEY (organisation_id, what, subject_id),
  constraint ledger_exported_organisation_id_export_id_fkey FOREIGN KEY (organisation_id, export_id) REFERENCES ledger_export(organisation_id, id)
);
CREATE INDEX ledger_exported_export ON ledger_exported USING btree (organisation_id, export_id);

create table locality (
  name                 text not null,
  plain                text not null generated always as (plain_text(name)) stored,
  latitude             numeric(6,4) not null,
  longitude            numeric(7,4) not null,
  constraint locality_pkey PRIMARY KEY (name),
  constraint locality_plain_unique UNIQUE (plain),
  constraint locality_latitude_sane CHECK (((latitude >= ('-90'::integer)::numeric) AND (latitude <= (90)::numeric))),
  constraint locality_longitude_sane CHECK (((longitude >= ('-180'::integer)::numeric) AND (longitude <= (180)::numeric))),
  constraint locality_name_given CHECK ((length(TRIM(BOTH FROM name)) > 0))
);

create table membership (
  organisation_id      uuid not null,
  person_id            uuid not null,
  role                 text not null,
  granted_at           timestamp with time zone not null,
  constraint membership_pkey PRIMARY KEY (organisation_id, person_id, role),
  constraint membership_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id),
  constraint membership_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint membership_role_known CHECK ((role = ANY (ARRAY['lister'::text, 'buyer'::text, 'finance'::text, 'coordinator'::text, 'auditor'::text, 'administrator'::text])))
);
CREATE INDEX membership_person ON membership USING btree (person_id);

create table merger (
  id                   uuid not null,
  region_id            uuid not null,
  successor_id         uuid not null,
  predecessor_ids      uuid[] not null,
  merged_on            date not null,
  act_number           text not null,
  act_on               date not null,
  note                 text not null default ''::text,
  status               text not null default 'recorded'::text,
  recorded_at          timestamp with time zone not null,
  recorded_by          uuid,
  withdrawn_at         timestamp with time zone,
  withdrawn_by         uuid,
  carried_out_at       timestamp with time zone,
  moved                jsonb,
  constraint merger_pkey PRIMARY KEY (id),
  constraint merger_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES person(id),
  constraint merger_region_id_fkey FOREIGN KEY (region_id) REFERENCES organisation(id),
  constraint merger_successor_id_fkey FOREIGN KEY (successor_id) REFERENCES organisation(id),
  constraint merger_withdrawn_by_fkey FOREIGN KEY (withdrawn_by) REFERENCES person(id),
  constraint merger_act_short CHECK (((length(TRIM(BOTH FROM act_number)) >= 1) AND (length(TRIM(BOTH FROM act_number)) <= 120))),
  constraint merger_carried_out_when CHECK (((status = 'carried_out'::text) = ((carried_out_at IS NOT NULL) AND (moved IS NOT NULL)))),
  constraint merger_of_others CHECK ((((cardinality(predecessor_ids) >= 1) AND (cardinality(predecessor_ids) <= 20)) AND (successor_id <> ALL (predecessor_ids)))),
  constraint merger_on_the_first CHECK ((EXTRACT(day FROM merged_on) = (1)::numeric)),
  constraint merger_status_known CHECK ((status = ANY (ARRAY['recorded'::text, 'carried_out'::text, 'withdrawn'::text]))),
  constraint merger_withdrawn_when CHECK (((status = 'withdrawn'::text) = (withdrawn_at IS NOT NULL)))
);
CREATE INDEX merger_due ON merger USING btree (merged_on) WHERE (status = 'recorded'::text);
CREATE INDEX merger_recorded_by ON merger USING btree (recorded_by);
CREATE INDEX merger_region ON merger USING btree (region_id);
CREATE INDEX merger_successor ON merger USING btree (successor_id);
CREATE INDEX merger_withdrawn_by ON merger USING btree (withdrawn_by);

create table message (
  seller_id            uuid not null,
  thread_id            uuid not null,
  id                   uuid not null,
  buyer_id             uuid not null,
  organisation_id      uuid not null,
  person_id            uuid,
  at                   timestamp with time zone not null,
  note                 text not null,
  constraint message_pkey PRIMARY KEY (seller_id, thread_id, id),
  constraint message_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id),
  constraint message_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint message_seller_id_thread_id_fkey FOREIGN KEY (seller_id, thread_id) REFERENCES message_thread(seller_id, id)
);
CREATE INDEX message_organisation ON message USING btree (organisation_id);
CREATE INDEX message_person ON message USING btree (person_id);

create table message_file (
  seller_id            uuid not null,
  thread_id            uuid not null,
  id                   uuid not null,
  buyer_id             uuid not null,
  message_id           uuid not null,
  name                 text not null,
  content_type         text not null,
  size                 integer not null,
  content              bytea,
  stored_key           text,
  hash                 text,
  constraint message_file_pkey PRIMARY KEY (seller_id, thread_id, id),
  constraint message_file_seller_id_thread_id_message_id_fkey FOREIGN KEY (seller_id, thread_id, message_id) REFERENCES message(seller_id, thread_id, id),
  constraint message_file_hash_is_sha256 CHECK ((hash ~ '^[0-9a-f]{64}$'::text)),
  constraint message_file_in_one_place CHECK (((content IS NULL) = (stored_key IS NOT NULL))),
  constraint message_file_outside_has_hash CHECK (((stored_key IS NULL) OR (hash IS NOT NULL))),
  constraint message_file_size_sane CHECK (((size >= 1) AND (size <= 1500000))),
  constraint message_file_type_known CHECK ((content_type = ANY (ARRAY['application/pdf'::text, 'image/png'::text, 'image/jpeg'::text, 'image/webp'::text, 'text/plain'::text, 'text/csv'::text, 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'::text, 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'::text, 'application/vnd.etsi.asic-e+zip'::text])))
);
CREATE INDEX message_file_id ON message_file USING btree (id);
CREATE INDEX message_file_message ON message_file USING btree (seller_id, thread_id, message_id);
CREATE UNIQUE INDEX message_file_stored_once ON message_file USING btree (stored_key) WHERE (stored_key IS NOT NULL);

create table message_read (
  seller_id            uuid not null,
  thread_id            uuid not null,
  person_id            uuid not null,
  buyer_id             uuid not null,
  organisation_id      uuid not null,
  message_id           uuid not null,
  read_at              timestamp with time zone not null,
  constraint message_read_pkey PRIMARY KEY (seller_id, thread_id, organisation_id, person_id),
  constraint message_read_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id),
  constraint message_read_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint message_read_seller_id_thread_id_fkey FOREIGN KEY (seller_id, thread_id) REFERENCES message_thread(seller_id, id)
);
CREATE INDEX message_read_organisation ON message_read USING btree (organisation_id);
CREATE INDEX message_read_person ON message_read USING btree (person_id);

create table message_thread (
  seller_id            uuid not null,
  id                   uuid not null,
  buyer_id             uuid not null,
  subject_type         text not null,
  subject_id           uuid not null,
  created_at           timestamp with time zone not null,
  last_at              timestamp with time zone not null,
  constraint message_thread_pkey PRIMARY KEY (seller_id, id),
  constraint message_thread_once UNIQUE (subject_type, subject_id, buyer_id),
  constraint message_thread_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES organisation(id),
  constraint message_thread_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES organisation(id),
  constraint message_thread_between_two CHECK ((seller_id <> buyer_id)),
  constraint message_thread_subject_known CHECK ((subject_type = ANY (ARRAY['referral'::text, 'placement'::text, 'offer'::text])))
);
CREATE INDEX message_thread_buyer ON message_thread USING btree (buyer_id, last_at DESC);
CREATE INDEX message_thread_id ON message_thread USING btree (id);
CREATE INDEX message_thread_seller ON message_thread USING btree (seller_id, last_at DESC);

create table migration (
  name                 text not null,
  applied_at           timestamp with time zone not null default now(),
  constraint migration_pkey PRIMARY KEY (name)
);

create table month_close (
  seller_id            uuid not null,
  month                calendar_month not null,
  closed_at            timestamp with time zone not null,
  closed_by            uuid,
  withheld             integer not null default 0,
  own_use              numeric(14,2) not null default 0,
  constraint month_close_pkey PRIMARY KEY (seller_id, month),
  constraint month_close_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES person(id),
  constraint month_close_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES organisation(id)
);
CREATE INDEX month_close_closed_by ON month_close USING btree (closed_by);

create table need_word (
  stem                 text not null,
  kind_code            text,
  target_group         text,
  constraint need_word_kind_code_fkey FOREIGN KEY (kind_code) REFERENCES service_kind(code),
  constraint need_word_target_group_fkey FOREIGN KEY (target_group) REFERENCES target_group(code),
  constraint need_word_means_one CHECK (((kind_code IS NULL) <> (target_group IS NULL))),
  constraint need_word_plain CHECK (((stem = plain_text(stem)) AND (length(stem) >= 3)))
);
CREATE INDEX need_word_group ON need_word USING btree (target_group);
CREATE INDEX need_word_kind ON need_word USING btree (kind_code);
CREATE UNIQUE INDEX need_word_once ON need_word USING btree (stem, COALESCE(kind_code, ''::text), COALESCE(target_group, ''::text));

create table netting (
  id                   uuid not null,
  region_id            uuid,
  status               text not null,
  netted_on            date not null,
  due_on               date not null,
  proposer_id          uuid not null,
  proposed_by          uuid,
  proposed_at          timestamp with time zone not null,
  round                integer not null default 1,
  asked_ids            uuid[] not null,
  party_ids            uuid[] not null,
  changes              jsonb not null default '[]'::jsonb,
  settled_on           date,
  settled_at           timestamp with time zone,
  reversed_on          date,
  reversed_by          uuid,
  reverse_note         text,
  constraint netting_pkey PRIMARY KEY (id),
  constraint netting_proposed_by_fkey FOREIGN KEY (proposed_by) REFERENCES person(id),
  constraint netting_proposer_id_fkey FOREIGN KEY (proposer_id) REFERENCES organisation(id),
  constraint netting_region_id_fkey FOREIGN KEY (region_id) REFERENCES organisation(id),
  constraint netting_reversed_by_fkey FOREIGN KEY (reversed_by) REFERENCES person(id),
  constraint netting_reversed_on_a_date CHECK (((status = 'reversed'::text) = (reversed_on IS NOT NULL))),
  constraint netting_settled_on_a_date CHECK (((status = ANY (ARRAY['settled'::text, 'reversed'::text])) = (settled_on IS NOT NULL))),
  constraint netting_status_known CHECK ((status = ANY (ARRAY['proposed'::text, 'settled'::text, 'rejected'::text, 'withdrawn'::text, 'reversed'::text])))
);
CREATE INDEX netting_asked ON netting USING gin (asked_ids);
CREATE INDEX netting_proposed_by ON netting USING btree (proposed_by);
CREATE INDEX netting_proposer ON netting USING btree (proposer_id);
CREATE INDEX netting_region ON netting USING btree (region_id);
CREATE INDEX netting_reversed_by ON netting USING btree (reversed_by);
CREATE INDEX netting_waiting ON netting USING btree (due_on) WHERE (status = 'proposed'::text);

create table netting_flow (
  netting_id           uuid not null,
  debtor_id            uuid not null,
  creditor_id          uuid not null,
  items                integer not null,
  amount               numeric(14,2) not null,
  constraint netting_flow_pkey PRIMARY KEY (netting_id, debtor_id, creditor_id),
  constraint netting_flow_creditor_id_fkey FOREIGN KEY (creditor_id) REFERENCES organisation(id),
  constraint netting_flow_debtor_id_fkey FOREIGN KEY (debtor_id) REFERENCES organisation(id),
  constraint netting_flow_netting_id_fkey FOREIGN KEY (netting_id) REFERENCES netting(id),
  constraint netting_flow_positive CHECK ((amount > (0)::numeric))
);
CREATE INDEX netting_flow_creditor ON netting_flow USING btree (creditor_id);
CREATE INDEX netting_flow_debtor ON netting_flow USING btree (debtor_id);

create table netting_item (
  seller_id            uuid not null,
  netting_id           uuid not null,
  document_id          uuid not null,
  buyer_id             uuid not null,
  debtor_id            uuid not null,
  creditor_id          uuid not null,
  amount               numeric(14,2) not null,
  held                 boolean not null default true,
  constraint netting_item_pkey PRIMARY KEY (seller_id, netting_id, document_id),
  constraint netting_item_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES organisation(id),
  constraint netting_item_creditor_id_fkey FOREIGN KEY (creditor_id) REFERENCES organisation(id),
  constraint netting_item_debtor_id_fkey FOREIGN KEY (debtor_id) REFERENCES organisation(id),
  constraint netting_item_netting_id_fkey FOREIGN KEY (netting_id) REFERENCES netting(id),
  constraint netting_item_seller_id_document_id_fkey FOREIGN KEY (seller_id, document_id) REFERENCES document(seller_id, id),
  constraint netting_item_positive CHECK ((amount > (0)::numeric))
);
CREATE INDEX netting_item_buyer ON netting_item USING btree (buyer_id);
CREATE INDEX netting_item_creditor ON netting_item USING btree (creditor_id);
CREATE INDEX netting_item_debtor ON netting_item USING btree (debtor_id);
CREATE INDEX netting_item_document ON netting_item USING btree (seller_id, document_id);
CREATE UNIQUE INDEX netting_item_held_once ON netting_item USING btree (document_id) WHERE held;
CREATE INDEX netting_item_netting ON netting_item USING btree (netting_id);

create table netting_member (
  organisation_id      uuid not null,
  region_id            uuid not null,
  joined_on            date not null,
  joined_by            uuid,
  constraint netting_member_pkey PRIMARY KEY (organisation_id),
  constraint netting_member_joined_by_fkey FOREIGN KEY (joined_by) REFERENCES person(id),
  constraint netting_member_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id),
  constraint netting_member_region_id_fkey FOREIGN KEY (region_id) REFERENCES organisation(id)
);
CREATE INDEX netting_member_joined_by ON netting_member USING btree (joined_by);
CREATE INDEX netting_member_region ON netting_member USING btree (region_id);

create table netting_party (
  netting_id           uuid not null,
  organisation_id      uuid not null,
  is_owed              numeric(14,2) not null,
  owes                 numeric(14,2) not null,
  "position"           numeric(14,2) not null,
  answer               text,
  answered_at          timestamp with time zone,
  answered_by          uuid,
  constraint netting_party_pkey PRIMARY KEY (netting_id, organisation_id),
  constraint netting_party_answered_by_fkey FOREIGN KEY (answered_by) REFERENCES person(id),
  constraint netting_party_netting_id_fkey FOREIGN KEY (netting_id) REFERENCES netting(id),
  constraint netting_party_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id),
  constraint netting_party_adds_up CHECK (((is_owed - owes) = "position")),
  constraint netting_party_answer_known CHECK ((answer = ANY (ARRAY['accepted'::text, 'rejected'::text, 'silent'::text])))
);
CREATE INDEX netting_party_answered_by ON netting_party USING btree (answered_by);
CREATE INDEX netting_party_organisation ON netting_party USING btree (organisation_id);

create table netting_transfer (
  netting_id           uuid not null,
  id                   uuid not null,
  debtor_id            uuid not null,
  creditor_id          uuid not null,
  amount               numeric(14,2) not null,
  due_on               date,
  paid_by              uuid,
  paid_on              date,
  constraint netting_transfer_pkey PRIMARY KEY (netting_id, id),
  constraint netting_transfer_creditor_id_fkey FOREIGN KEY (creditor_id) REFERENCES organisation(id),
  constraint netting_transfer_debtor_id_fkey FOREIGN KEY (debtor_id) REFERENCES organisation(id),
  constraint netting_transfer_netting_id_fkey FOREIGN KEY (netting_id) REFERENCES netting(id),
  constraint netting_transfer_of_two CHECK ((debtor_id <> creditor_id)),
  constraint netting_transfer_paid_on_a_date CHECK (((paid_by IS NULL) = (paid_on IS NULL))),
  constraint netting_transfer_positive CHECK ((amount > (0)::numeric))
);
CREATE INDEX netting_transfer_creditor ON netting_transfer USING btree (creditor_id);
CREATE INDEX netting_transfer_debtor ON netting_transfer USING btree (debtor_id);
CREATE UNIQUE INDEX netting_transfer_id ON netting_transfer USING btree (id);
CREATE INDEX netting_transfer_paid_by ON netting_transfer USING btree (paid_by);

create table notice (
  organisation_id      uuid not null,
  id                   uuid not null,
  kind                 text not null,
  seller_id            uuid,
  month                calendar_month,
  due_on               date,
  created_at           timestamp with time zone not null,
  permission           text,
  person_id            uuid,
  subject_type         text,
  subject_id           uuid,
  buyer_id             uuid,
  said                 jsonb not null default '{}'::jsonb,
  key                  text,
  constraint notice_pkey PRIMARY KEY (organisation_id, id),
  constraint notice_told_once UNIQUE (organisation_id, kind, key),
  constraint notice_written_once UNIQUE (organisation_id, kind, seller_id, month, due_on),
  constraint notice_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES organisation(id),
  constraint notice_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id),
  constraint notice_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint notice_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES organisation(id),
  constraint notice_due_or_told CHECK ((((subject_type IS NULL) AND (seller_id IS NOT NULL) AND (month IS NOT NULL) AND (due_on IS NOT NULL)) OR ((subject_type IS NOT NULL) AND (subject_id IS NOT NULL) AND ((permission IS NOT NULL) OR (person_id IS NOT NULL))))),
  constraint notice_kind_written CHECK ((kind ~ '^[a-z_]{1,40}$'::text))
);
CREATE INDEX notice_buyer ON notice USING btree (buyer_id);
CREATE INDEX notice_id ON notice USING btree (id);
CREATE INDEX notice_person ON notice USING btree (person_id);
CREATE INDEX notice_seller ON notice USING btree (seller_id, month);
CREATE INDEX notice_subject ON notice USING btree (subject_type, subject_id);
CREATE INDEX notice_told ON notice USING btree (organisation_id, created_at DESC) WHERE (subject_type IS NOT NULL);

create table notice_digest (
  organisation_id      uuid not null,
  person_id            uuid not null,
  told_until_at        timestamp with time zone not null,
  constraint notice_digest_pkey PRIMARY KEY (organisation_id, person_id),
  constraint notice_digest_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id),
  constraint notice_digest_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id)
);
CREATE INDEX notice_digest_person ON notice_digest USING btree (person_id);

create table notice_preference (
  person_id            uuid not null,
  group_code           text not null,
  way                  text not null,
  changed_at           timestamp with time zone not null,
  constraint notice_preference_pkey PRIMARY KEY (person_id, group_code),
  constraint notice_preference_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint notice_preference_group_written CHECK ((group_code ~ '^[a-z_]{1,40}$'::text)),
  constraint notice_preference_way_known CHECK ((way = ANY (ARRAY['at_once'::text, 'daily'::text, 'none'::text])))
);

create table notice_read (
  organisation_id      uuid not null,
  notice_id            uuid not null,
  person_id            uuid not null,
  read_at              timestamp with time zone not null,
  constraint notice_read_pkey PRIMARY KEY (organisation_id, notice_id, person_id),
  constraint notice_read_organisation_id_notice_id_fkey FOREIGN KEY (organisation_id, notice_id) REFERENCES notice(organisation_id, id),
  constraint notice_read_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id)
);
CREATE INDEX notice_read_person ON notice_read USING btree (person_id);

create table number_series (
  seller_id            uuid not null,
  year                 integer not null,
  last_number          integer not null default 0,
  constraint number_series_pkey PRIMARY KEY (seller_id, year),
  constraint number_series_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES organisation(id)
);

create table offer (
  seller_id            uuid not null,
  id                   uuid not null,
  provider_id          uuid,
  kind_code            text not null,
  title                text not null,
  description          text not null default ''::text,
  status               text not null default 'draft'::text,
  address              text,
  locality             text,
  delivery_mode        text not null default 'on_site'::text,
  target_groups        text[] not null default '{}'::text[],
  languages            text[] not null default '{lv}'::text[],
  unit                 text not null,
  departure_day_charge boolean not null default false,
  absence              jsonb not null default '{}'::jsonb,
  surcharges           jsonb not null default '{}'::jsonb,
  no_show_percent      numeric not null default 0,
  minimum_per_month    numeric,
  vat_category         text not null default 'E'::text,
  vat_rate             numeric,
  created_at           timestamp with time zone not null,
  changed_at           timestamp with time zone not null,
  accessibility        text[] not null default '{}'::text[],
  confirmed_at         timestamp with time zone,
  place                text generated always as (plain_text(locality)) stored,
  external_id          text,
  frees_bed            jsonb not null default '{}'::jsonb,
  continued_as_id      uuid,
  in_turn              boolean not null default false,
  constraint offer_pkey PRIMARY KEY (seller_id, id),
  constraint offer_external_id_unique UNIQUE (seller_id, external_id),
  constraint offer_id_unique UNIQUE (id),
  constraint offer_continued_as_id_fkey FOREIGN KEY (continued_as_id) REFERENCES offer(id),
  constraint offer_kind_code_fkey FOREIGN KEY (kind_code) REFERENCES service_kind(code),
  constraint offer_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES provider(id),
  constraint offer_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES organisation(id),
  constraint offer_delivery_mode_known CHECK ((delivery_mode = ANY (ARRAY['on_site'::text, 'outreach'::text, 'mobile_team'::text]))),
  constraint offer_external_id_sane CHECK (((length(TRIM(BOTH FROM external_id)) >= 1) AND (length(TRIM(BOTH FROM external_id)) <= 100))),
  constraint offer_frees_bed_object CHECK ((jsonb_typeof(frees_bed) = 'object'::text)),
  constraint offer_minimum_not_negative CHECK ((minimum_per_month >= (0)::numeric)),
  constraint offer_no_show_percent_not_negative CHECK ((no_show_percent >= (0)::numeric)),
  constraint offer_status_known CHECK ((status = ANY (ARRAY['draft'::text, 'published'::text, 'withdrawn'::text]))),
  constraint offer_title_given CHECK ((length(TRIM(BOTH FROM title)) > 0)),
  constraint offer_unit_known CHECK ((unit = ANY (ARRAY['calendar_day'::text, 'month'::text, 'attended_day'::text, 'hour'::text, 'session'::text, 'trip'::text, 'kilometre'::text, 'meal'::text, 'piece'::text, 'once'::text]))),
  constraint offer_vat_category_known CHECK ((vat_category = ANY (ARRAY['E'::text, 'S'::text]))),
  constraint offer_vat_rate_goes_with_category CHECK (((vat_category = 'S'::text) = (vat_rate IS NOT NULL))),
  constraint offer_vat_rate_sane CHECK (((vat_rate >= (0)::numeric) AND (vat_rate <= (100)::numeric)))
);
CREATE INDEX offer_by_title ON offer USING btree (title COLLATE lv, id) WHERE (status = 'published'::text);
CREATE INDEX offer_continued_as ON offer USING btree (continued_as_id);
CREATE INDEX offer_kind ON offer USING btree (kind_code, status);
CREATE INDEX offer_provider ON offer USING btree (provider_id);
CREATE INDEX offer_status ON offer USING btree (status);
CREATE INDEX offer_target_groups ON offer USING gin (target_groups);

create table offer_change (
  id                   bigint not null,
  offer_id             uuid,
  xid                  xid8 not null default pg_current_xact_id(),
  recorded_at          timestamp with time zone not null default clock_timestamp(),
  constraint offer_change_pkey PRIMARY KEY (id)
);
CREATE INDEX offer_change_recorded_at ON offer_change USING btree (recorded_at);
CREATE INDEX offer_change_xid ON offer_change USING btree (xid);

create table offer_standard (
  seller_id            uuid not null,
  id                   uuid not null,
  offer_id             uuid not null,
  name                 text not null,
  valid_to             date,
  link                 text,
  recorded_at          timestamp with time zone not null,
  removed_at           timestamp with time zone,
  constraint offer_standard_pkey PRIMARY KEY (seller_id, id),
  constraint offer_standard_seller_id_offer_id_fkey FOREIGN KEY (seller_id, offer_id) REFERENCES offer(seller_id, id),
  constraint offer_standard_link_is_https CHECK ((link ~ '^https://'::text)),
  constraint offer_standard_name_given CHECK ((length(TRIM(BOTH FROM name)) > 0))
);
CREATE INDEX offer_standard_id ON offer_standard USING btree (id);
CREATE INDEX offer_standard_offer ON offer_standard USING btree (seller_id, offer_id);

create table offer_text (
  offer_id             uuid not null,
  words                text not null,
  each_word            text[] not null default '{}'::text[],
  constraint offer_text_pkey PRIMARY KEY (offer_id),
  constraint offer_text_offer_id_fkey FOREIGN KEY (offer_id) REFERENCES offer(id)
);
CREATE INDEX offer_text_each_word ON offer_text USING gin (each_word);
CREATE INDEX offer_text_found ON offer_text USING gin (words gin_trgm_ops);

create table organisation (
  id                   uuid not null,
  kind                 text not null,
  code                 text not null,
  name                 text not null,
  name_en              text,
  registration_number  text,
  vat_number           text,
  address              text,
  locality             text,
  postal_code          text,
  country              text not null default 'LV'::text,
  email                text,
  phone                text,
  iban                 text,
  bank_name            text,
  einvoice_scheme      text,
  einvoice_id          text,
  region_id            uuid,
  successor_id         uuid,
  valid_from           date not null,
  valid_to             date,
  invoice_prefix       text not null,
  payment_days         integer not null default 30,
  invoice_language     text not null default 'lv'::text,
  demo                 boolean not null default false,
  trading_name         text,
  district             text,
  bic                  text,
  outside_vat          boolean not null default false,
  accent               text,
  logo_hash            text,
  constraint organisation_pkey PRIMARY KEY (id),
  constraint organisation_code_unique UNIQUE (code),
  constraint organisation_registration_number_unique UNIQUE (registration_number),
  constraint organisation_logo_there FOREIGN KEY (id, logo_hash) REFERENCES organisation_logo(organisation_id, hash),
  constraint organisation_region_id_fkey FOREIGN KEY (region_id) REFERENCES organisation(id),
  constraint organisation_successor_id_fkey FOREIGN KEY (successor_id) REFERENCES organisation(id),
  constraint organisation_accent_plain CHECK ((accent ~ '^#[0-9a-f]{6}$'::text)),
  constraint organisation_bic_plain CHECK ((bic ~ '^[A-Z0-9]{8}([A-Z0-9]{3})?$'::text)),
  constraint organisation_code_short CHECK ((code ~ '^[A-Z0-9]{2,8}$'::text)),
  constraint organisation_country_code CHECK ((country ~ '^[A-Z]{2}$'::text)),
  constraint organisation_dates_in_order CHECK ((valid_from <= valid_to)),
  constraint organisation_invoice_language_known CHECK ((invoice_language = ANY (ARRAY['lv'::text, 'en'::text]))),
  constraint organisation_invoice_prefix_short CHECK ((invoice_prefix ~ '^[A-Z0-9-]{1,12}$'::text)),
  constraint organisation_kind_known CHECK ((kind = ANY (ARRAY['municipality'::text, 'region'::text, 'state'::text]))),
  constraint organisation_name_given CHECK ((length(TRIM(BOTH FROM name)) > 0)),
  constraint organisation_not_its_own_successor CHECK ((successor_id <> id)),
  constraint organisation_outside_vat_has_no_number CHECK ((NOT (outside_vat AND (vat_number IS NOT NULL)))),
  constraint organisation_payment_days_sane CHECK (((payment_days >= 0) AND (payment_days <= 180))),
  constraint organisation_succeeded_after_its_end CHECK (((successor_id IS NULL) OR (valid_to IS NOT NULL)))
);
CREATE INDEX organisation_logo_chosen ON organisation USING btree (id, logo_hash);
CREATE INDEX organisation_region ON organisation USING btree (region_id);
CREATE INDEX organisation_successor ON organisation USING btree (successor_id);

create table organisation_logo (
  organisation_id      uuid not null,
  hash                 text not null,
  type                 text not null,
  width                integer not null,
  height               integer not null,
  content              bytea not null,
  added_at             timestamp with time zone not null,
  added_by             uuid,
  constraint organisation_logo_pkey PRIMARY KEY (organisation_id, hash),
  constraint organisation_logo_added_by_fkey FOREIGN KEY (added_by) REFERENCES person(id),
  constraint organisation_logo_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id),
  constraint organisation_logo_hash_plain CHECK ((hash ~ '^[0-9a-f]{64}$'::text)),
  constraint organisation_logo_small CHECK ((octet_length(content) <= 204800)),
  constraint organisation_logo_type_known CHECK ((type = ANY (ARRAY['image/png'::text, 'image/jpeg'::text])))
);
CREATE INDEX organisation_logo_added_by ON organisation_logo USING btree (added_by);

create table outbox (
  organisation_id      uuid not null,
  id                   uuid not null,
  kind                 text not null,
  key                  text not null,
  payload              jsonb not null,
  document_id          uuid,
  buyer_id             uuid,
  channel              text,
  endpoint_id          uuid,
  recipient            text,
  state                text not null,
  attempts             integer not null default 0,
  queued_at            timestamp with time zone not null,
  queued_by            uuid,
  next_attempt_at      timestamp with time zone,
  lease                uuid,
  sent_at              timestamp with time zone,
  delivered_at         timestamp with time zone,
  reason               text,
  answer               text,
  reference            text,
  constraint outbox_pkey PRIMARY KEY (organisation_id, id),
  constraint outbox_queued_once UNIQUE (organisation_id, kind, key),
  constraint outbox_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES organisation(id),
  constraint outbox_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id),
  constraint outbox_queued_by_fkey FOREIGN KEY (queued_by) REFERENCES person(id),
  constraint outbox_held_while_queued CHECK (((lease IS NULL) OR (state = 'queued'::text))),
  constraint outbox_kind_written CHECK ((kind ~ '^[a-z_]{1,40}$'::text)),
  constraint outbox_queued_is_tried CHECK (((state = 'queued'::text) = (next_attempt_at IS NOT NULL))),
  constraint outbox_state_known CHECK ((state = ANY (ARRAY['queued'::text, 'download'::text, 'sent'::text, 'delivered'::text, 'refused'::text, 'given_up'::text])))
);
CREATE INDEX outbox_buyer ON outbox USING btree (buyer_id, queued_at);
CREATE INDEX outbox_document ON outbox USING btree (document_id) WHERE (document_id IS NOT NULL);
CREATE INDEX outbox_due ON outbox USING btree (next_attempt_at, id) WHERE (next_attempt_at IS NOT NULL);
CREATE INDEX outbox_id ON outbox USING btree (id);
CREATE INDEX outbox_listed ON outbox USING btree (organisation_id, kind, queued_at DESC, id DESC);
CREATE INDEX outbox_queued_by ON outbox USING btree (queued_by);

create table over_rule (
  seller_id            uuid not null,
  id                   uuid not null,
  offer_id             uuid not null,
  valid_from           date not null,
  valid_to             date,
  places               integer,
  percent              integer,
  most_days            integer not null,
  reasons              text[] not null,
  recorded_at          timestamp with time zone not null,
  recorded_by          uuid,
  constraint over_rule_pkey PRIMARY KEY (seller_id, id),
  constraint over_rule_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES person(id),
  constraint over_rule_seller_id_offer_id_fkey FOREIGN KEY (seller_id, offer_id) REFERENCES offer(seller_id, id),
  constraint over_rule_by_one_measure CHECK ((num_nonnulls(places, percent) = 1)),
  constraint over_rule_dates_in_order CHECK ((valid_from <= valid_to)),
  constraint over_rule_days_sane CHECK (((most_days >= 1) AND (most_days <= 366))),
  constraint over_rule_percent_sane CHECK (((percent >= 1) AND (percent <= 100))),
  constraint over_rule_places_sane CHECK (((places >= 1) AND (places <= 1000))),
  constraint over_rule_reasons_known CHECK (((cardinality(reasons) > 0) AND (reasons <@ ARRAY['crisis'::text, 'court'::text, 'hospital'::text, 'other'::text]))),
  constraint over_rules_do_not_overlap EXCLUDE USING gist (seller_id WITH =, offer_id WITH =, daterange(valid_from, valid_to, '[]'::text) WITH &&)
);
CREATE INDEX over_rule_id ON over_rule USING btree (id);
CREATE INDEX over_rule_recorded_by ON over_rule USING btree (recorded_by);

create table paper_setting (
  seller_id            uuid not null,
  blocks               boolean not null,
  changed_at           timestamp with time zone not null,
  changed_by           uuid,
  constraint paper_setting_pkey PRIMARY KEY (seller_id),
  constraint paper_setting_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES person(id),
  constraint paper_setting_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES organisation(id)
);
CREATE INDEX paper_setting_changed_by ON paper_setting USING btree (changed_by);

create table payment (
  payee_id             uuid not null,
  id                   uuid not null,
  payer_id             uuid not null,
  amount               numeric(14,2) not null,
  paid_on              date not null,
  reference            text,
  end_to_end_id        text,
  order_id             uuid,
  unapplied            numeric(14,2) not null default 0,
  refunds_id           uuid,
  status               text not null,
  returned_on          date,
  payer_saw            boolean not null default false,
  payee_saw            boolean not null default false,
  payer_saw_return     boolean not null default false,
  payee_saw_return     boolean not null default false,
  recorded_at          timestamp with time zone not null,
  recorded_by          uuid,
  constraint payment_pkey PRIMARY KEY (payee_id, id),
  constraint payment_payee_id_fkey FOREIGN KEY (payee_id) REFERENCES organisation(id),
  constraint payment_payer_id_fkey FOREIGN KEY (payer_id) REFERENCES organisation(id),
  constraint payment_payer_id_order_id_fkey FOREIGN KEY (payer_id, order_id) REFERENCES payment_order(organisation_id, id),
  constraint payment_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES person(id),
  constraint payment_amount_positive CHECK ((amount > (0)::numeric)),
  constraint payment_between_two CHECK ((payee_id <> payer_id)),
  constraint payment_returned_on_a_date CHECK (((status = 'returned'::text) = (returned_on IS NOT NULL))),
  constraint payment_status_known CHECK ((status = ANY (ARRAY['booked'::text, 'returned'::text, 'withdrawn'::text]))),
  constraint payment_unapplied_within CHECK (((unapplied >= (0)::numeric) AND (unapplied <= amount)))
);
CREATE INDEX payment_id ON payment USING btree (id);
CREATE INDEX payment_order_paid ON payment USING btree (payer_id, order_id);
CREATE INDEX payment_payee ON payment USING btree (payee_id, paid_on);
CREATE INDEX payment_payer ON payment USING btree (payer_id, paid_on);
CREATE INDEX payment_recorded_by ON payment USING btree (recorded_by);
CREATE INDEX payment_refunds ON payment USING btree (refunds_id);

create table payment_item (
  organisation_id      uuid not null,
  proposal_id          uuid not null,
  document_id          uuid,
  seller_id            uuid,
  amount               numeric(14,2) not null,
  chosen               boolean not null default true,
  transfer_id          uuid,
  received_id          uuid,
  item_id              uuid not null generated always as (COALESCE(document_id, transfer_id, received_id)) stored,
  constraint payment_item_pkey PRIMARY KEY (organisation_id, proposal_id, item_id),
  constraint payment_item_organisation_id_proposal_id_fkey FOREIGN KEY (organisation_id, proposal_id) REFERENCES payment_proposal(organisation_id, id),
  constraint payment_item_received_fkey FOREIGN KEY (organisation_id, received_id) REFERENCES received_document(organisation_id, id),
  constraint payment_item_seller_id_document_id_fkey FOREIGN KEY (seller_id, document_id) REFERENCES document(seller_id, id),
  constraint payment_item_transfer_id_fkey FOREIGN KEY (transfer_id) REFERENCES netting_transfer(id),
  constraint payment_item_amount_positive CHECK ((amount > (0)::numeric)),
  constraint payment_item_document_with_seller CHECK (((document_id IS NULL) = (seller_id IS NULL))),
  constraint payment_item_of_one CHECK ((num_nonnulls(document_id, transfer_id, received_id) = 1))
);
CREATE INDEX payment_item_document ON payment_item USING btree (seller_id, document_id);
CREATE INDEX payment_item_received ON payment_item USING btree (organisation_id, received_id);
CREATE INDEX payment_item_transfer ON payment_item USING btree (transfer_id);

create table payment_order (
  organisation_id      uuid not null,
  id                   uuid not null,
  proposal_id          uuid not null,
  place                integer not null,
  creditor_id          uuid,
  end_to_end_id        text not null,
  amount               numeric(14,2) not null,
  reference            text,
  text                 text not null,
  creditor             jsonb not null,
  handed_out           boolean not null default false,
  paid_on              date,
  constraint payment_order_pkey PRIMARY KEY (organisation_id, id),
  constraint payment_order_place_unique UNIQUE (organisation_id, proposal_id, place),
  constraint payment_order_creditor_id_fkey FOREIGN KEY (creditor_id) REFERENCES organisation(id),
  constraint payment_order_organisation_id_proposal_id_fkey FOREIGN KEY (organisation_id, proposal_id) REFERENCES payment_proposal(organisation_id, id),
  constraint payment_order_amount_positive CHECK ((amount > (0)::numeric)),
  constraint payment_order_paid_on_for_outside CHECK (((paid_on IS NULL) OR (creditor_id IS NULL)))
);
CREATE INDEX payment_order_creditor ON payment_order USING btree (creditor_id);

create table payment_order_item (
  organisation_id      uuid not null,
  order_id             uuid not null,
  document_id          uuid,
  seller_id            uuid,
  amount               numeric(14,2) not null,
  transfer_id          uuid,
  received_id          uuid,
  item_id              uuid not null generated always as (COALESCE(document_id, transfer_id, received_id)) stored,
  constraint payment_order_item_pkey PRIMARY KEY (organisation_id, order_id, item_id),
  constraint payment_order_item_organisation_id_order_id_fkey FOREIGN KEY (organisation_id, order_id) REFERENCES payment_order(organisation_id, id),
  constraint payment_order_item_received_fkey FOREIGN KEY (organisation_id, received_id) REFERENCES received_document(organisation_id, id),
  constraint payment_order_item_seller_id_document_id_fkey FOREIGN KEY (seller_id, document_id) REFERENCES document(seller_id, id),
  constraint payment_order_item_transfer_id_fkey FOREIGN KEY (transfer_id) REFERENCES netting_transfer(id),
  constraint payment_order_item_amount_positive CHECK ((amount > (0)::numeric)),
  constraint payment_order_item_document_with_seller CHECK (((document_id IS NULL) = (seller_id IS NULL))),
  constraint payment_order_item_of_one CHECK ((num_nonnulls(document_id, transfer_id, received_id) = 1))
);
CREATE INDEX payment_order_item_document ON payment_order_item USING btree (seller_id, document_id);
CREATE INDEX payment_order_item_received ON payment_order_item USING btree (organisation_id, received_id);
CREATE INDEX payment_order_item_transfer ON payment_order_item USING btree (transfer_id);

create table payment_proposal (
  organisation_id      uuid not null,
  id                   uuid not null,
  number               integer not null,
  status               text not null,
  due_on               date not null,
  execution_on         date not null,
  debtor_iban          text not null,
  "grouping"           text not null,
  version              text not null,
  debtor               jsonb,
  made_at              timestamp with time zone not null,
  made_by              uuid,
  approved_at          timestamp with time zone,
  approved_by          uuid,
  handed_out_at        timestamp with time zone,
  handed_out_by        uuid,
  cancelled_at         timestamp with time zone,
  constraint payment_proposal_pkey PRIMARY KEY (organisation_id, id),
  constraint payment_proposal_number_unique UNIQUE (organisation_id, number),
  constraint payment_proposal_approved_by_fkey FOREIGN KEY (approved_by) REFERENCES person(id),
  constraint payment_proposal_handed_out_by_fkey FOREIGN KEY (handed_out_by) REFERENCES person(id),
  constraint payment_proposal_made_by_fkey FOREIGN KEY (made_by) REFERENCES person(id),
  constraint payment_proposal_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id),
  constraint payment_proposal_approved_before_file CHECK (((handed_out_at IS NULL) OR (approved_at IS NOT NULL))),
  constraint payment_proposal_grouping_known CHECK (("grouping" = ANY (ARRAY['invoice'::text, 'seller'::text]))),
  constraint payment_proposal_status_known CHECK ((status = ANY (ARRAY['drafted'::text, 'approved'::text, 'handed_out'::text, 'cancelled'::text]))),
  constraint payment_proposal_version_known CHECK ((version = ANY (ARRAY['09'::text, '03'::text])))
);
CREATE INDEX payment_proposal_approved_by ON payment_proposal USING btree (approved_by);
CREATE INDEX payment_proposal_handed_out_by ON payment_proposal USING btree (handed_out_by);
CREATE INDEX payment_proposal_id ON payment_proposal USING btree (id);
CREATE INDEX payment_proposal_made_by ON payment_proposal USING btree (made_by);

create table payment_settings (
  organisation_id      uuid not null,
  approval_limit       numeric(14,2) not null default 0,
  "grouping"           text not null default 'invoice'::text,
  version              text not null default '09'::text,
  csv_columns          jsonb not null default '{}'::jsonb,
  changed_at           timestamp with time zone not null,
  changed_by           uuid,
  text_days            integer not null default 90,
  constraint payment_settings_pkey PRIMARY KEY (organisation_id),
  constraint payment_settings_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES person(id),
  constraint payment_settings_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id),
  constraint payment_settings_grouping_known CHECK (("grouping" = ANY (ARRAY['invoice'::text, 'seller'::text]))),
  constraint payment_settings_limit_not_negative CHECK ((approval_limit >= (0)::numeric)),
  constraint payment_settings_text_days_sane CHECK (((text_days >= 1) AND (text_days <= 3650))),
  constraint payment_settings_version_known CHECK ((version = ANY (ARRAY['09'::text, '03'::text])))
);
CREATE INDEX payment_settings_changed_by ON payment_settings USING btree (changed_by);

create table person (
  id                   uuid not null,
  email                text not null,
  name                 text not null,
  password_hash        text not null,
  language             text not null default 'lv'::text,
  demo                 boolean not null default false,
  created_at           timestamp with time zone not null,
  disabled_at          timestamp with time zone,
  constraint person_pkey PRIMARY KEY (id),
  constraint person_email_unique UNIQUE (email),
  constraint person_email_lower CHECK (((email = lower(email)) AND (email ~~ '%_@_%'::text))),
  constraint person_language_known CHECK ((language = ANY (ARRAY['lv'::text, 'en'::text]))),
  constraint person_name_given CHECK ((length(TRIM(BOTH FROM name)) > 0))
);

create table place_request (
  buyer_id             uuid not null,
  id                   uuid not null,
  resident_id          uuid,
  resident_token       text,
  places               integer not null default 1,
  wanted_from          date not null,
  wanted_to            date,
  mode                 text not null,
  crisis               boolean not null default false,
  answer_by            timestamp with time zone not null,
  status               text not null default 'open'::text,
  withdraw_reason      text,
  created_at           timestamp with time zone not null,
  created_by           uuid,
  closed_at            timestamp with time zone,
  closed_by            uuid,
  constraint place_request_pkey PRIMARY KEY (buyer_id, id),
  constraint place_request_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES organisation(id),
  constraint place_request_buyer_id_resident_id_fkey FOREIGN KEY (buyer_id, resident_id) REFERENCES resident(organisation_id, id),
  constraint place_request_closed_by_fkey FOREIGN KEY (closed_by) REFERENCES person(id),
  constraint place_request_created_by_fkey FOREIGN KEY (created_by) REFERENCES person(id),
  constraint place_request_closed_when CHECK (((status = 'open'::text) = (closed_at IS NULL))),
  constraint place_request_dates_in_order CHECK ((wanted_from <= wanted_to)),
  constraint place_request_mode_known CHECK ((mode = ANY (ARRAY['first_fit'::text, 'best_answer'::text]))),
  constraint place_request_places_sane CHECK (((places >= 1) AND (places <= 1000))),
  constraint place_request_status_known CHECK ((status = ANY (ARRAY['open'::text, 'placed'::text, 'withdrawn'::text]))),
  constraint place_request_withdraw_reason_known CHECK ((withdraw_reason = ANY (ARRAY['resident_refused'::text, 'found_elsewhere'::text, 'not_needed'::text, 'other'::text]))),
  constraint place_request_withdrawn_why CHECK (((status = 'withdrawn'::text) = (withdraw_reason IS NOT NULL)))
);
CREATE INDEX place_request_closed_by ON place_request USING btree (closed_by);
CREATE INDEX place_request_created_by ON place_request USING btree (created_by);
CREATE INDEX place_request_id ON place_request USING btree (id);
CREATE INDEX place_request_open ON place_request USING btree (answer_by) WHERE (status = 'open'::text);
CREATE INDEX place_request_resident ON place_request USING btree (buyer_id, resident_id);

create table placement_paper (
  seller_id            uuid not null,
  placement_id         uuid not null,
  id                   uuid not null,
  buyer_id             uuid not null,
  kind                 text not null,
  number               text not null,
  issued_by            text not null,
  valid_from           date not null,
  valid_to             date,
  recorded_at          timestamp with time zone not null,
  recorded_by          uuid,
  withdrawn_at         timestamp with time zone,
  withdrawn_by         uuid,
  constraint placement_paper_pkey PRIMARY KEY (seller_id, placement_id, id),
  constraint placement_paper_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES organisation(id),
  constraint placement_paper_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES person(id),
  constraint placement_paper_seller_id_placement_id_fkey FOREIGN KEY (seller_id, placement_id) REFERENCES placement_record(seller_id, id),
  constraint placement_paper_withdrawn_by_fkey FOREIGN KEY (withdrawn_by) REFERENCES person(id),
  constraint placement_paper_dates_in_order CHECK ((valid_from <= valid_to)),
  constraint placement_paper_issuer_short CHECK (((length(issued_by) >= 1) AND (length(issued_by) <= 80))),
  constraint placement_paper_kind_known CHECK ((kind = ANY (ARRAY['care_opinion'::text, 'assistant_opinion'::text, 'support_plan'::text, 'doctor_referral'::text, 'disability_group_1'::text, 'disability_group_2'::text, 'disability_group_3'::text, 'child_disability'::text, 'poor_status'::text, 'family_court'::text, 'probation_agreement'::text, 'needs_assessment'::text, 'age'::text, 'territory'::text]))),
  constraint placement_paper_number_short CHECK (((length(number) >= 1) AND (length(number) <= 40)))
);
CREATE INDEX placement_paper_buyer ON placement_paper USING btree (buyer_id);
CREATE INDEX placement_paper_id ON placement_paper USING btree (id);
CREATE INDEX placement_paper_recorded_by ON placement_paper USING btree (recorded_by);
CREATE INDEX placement_paper_withdrawn_by ON placement_paper USING btree (withdrawn_by);

create table placement_record (
  seller_id            uuid not null,
  id                   uuid not null,
  offer_id             uuid not null,
  buyer_id             uuid not null,
  referral_id          uuid,
  resident_id          uuid,
  resident_token       text,
  places               integer not null default 1,
  valid_from           date not null,
  valid_to             date,
  price_class          text,
  surcharges           text[] not null default '{}'::text[],
  authorised_per_month numeric,
  authorised_per_year  numeric,
  authorised_total     numeric,
  funding              jsonb not null default '[]'::jsonb,
  decision             text,
  end_reason           text,
  created_at           timestamp with time zone not null,
  changed_at           timestamp with time zone not null,
  follows_seller_id    uuid,
  follows_id           uuid,
  handed_over          boolean not null default false,
  continues            boolean not null default false,
  in_turn              boolean not null default false,
  target_group         text,
  over_reason          text,
  cancelled_at         timestamp with time zone,
  cancel_reason        text,
  constraint placement_pkey PRIMARY KEY (seller_id, id),
  constraint placement_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES organisation(id),
  constraint placement_buyer_id_resident_id_fkey FOREIGN KEY (buyer_id, resident_id) REFERENCES resident(organisation_id, id),
  constraint placement_follows_a_placement FOREIGN KEY (follows_seller_id, follows_id) REFERENCES placement_record(seller_id, id),
  constraint placement_seller_id_offer_id_fkey FOREIGN KEY (seller_id, offer_id) REFERENCES offer(seller_id, id),
  constraint placement_seller_id_referral_id_fkey FOREIGN KEY (seller_id, referral_id) REFERENCES referral(seller_id, id),
  constraint placement_target_group_fkey FOREIGN KEY (target_group) REFERENCES target_group(code),
  constraint placement_cancel_reason_known CHECK ((cancel_reason = ANY (ARRAY['resident_wish'::text, 'died'::text, 'other_help'::text, 'payer'::text, 'provider'::text, 'mistake'::text, 'other'::text]))),
  constraint placement_cancelled_follows_nothing CHECK (((cancelled_at IS NULL) OR (follows_id IS NULL))),
  constraint placement_cancelled_for_a_reason CHECK (((cancelled_at IS NULL) = (cancel_reason IS NULL))),
  constraint placement_continues_another CHECK (((NOT continues) OR (follows_id IS NOT NULL))),
  constraint placement_dates_in_order CHECK ((valid_from <= valid_to)),
  constraint placement_end_reason_known CHECK ((end_reason = ANY (ARRAY['goal_reached'::text, 'moved'::text, 'resident_wish'::text, 'died'::text, 'payer'::text, 'provider'::text, 'merger'::text, 'other'::text]))),
  constraint placement_ended_on_a_date CHECK (((end_reason IS NULL) OR (valid_to IS NOT NULL))),
  constraint placement_over_reason_known CHECK ((over_reason = ANY (ARRAY['crisis'::text, 'court'::text, 'hospital'::text, 'other'::text]))),
  constraint placement_per_month_positive CHECK ((authorised_per_month >= (0)::numeric)),
  constraint placement_per_year_positive CHECK ((authorised_per_year >= (0)::numeric)),
  constraint placement_places_sane CHECK (((places >= 1) AND (places <= 1000))),
  constraint placement_resident_has_token CHECK (((resident_id IS NULL) = (resident_token IS NULL))),
  constraint placement_total_positive CHECK ((authorised_total >= (0)::numeric))
);
CREATE INDEX placement_buyer ON placement_record USING btree (buyer_id, valid_from);
CREATE UNIQUE INDEX placement_followed_once ON placement_record USING btree (follows_seller_id, follows_id) WHERE (follows_id IS NOT NULL);
CREATE INDEX placement_id ON placement_record USING btree (id);
CREATE INDEX placement_in_turn ON placement_record USING btree (seller_id, offer_id) WHERE in_turn;
CREATE UNIQUE INDEX placement_of_referral ON placement_record USING btree (seller_id, referral_id);
CREATE INDEX placement_offer ON placement_record USING btree (seller_id, offer_id, valid_from);
CREATE INDEX placement_resident ON placement_record USING btree (buyer_id, resident_id);
CREATE INDEX placement_target_group ON placement_record USING btree (target_group) WHERE (target_group IS NOT NULL);
CREATE INDEX placement_until ON placement_record USING btree (seller_id, COALESCE(valid_to, 'infinity'::date));

create table placement_step (
  seller_id            uuid not null,
  placement_id         uuid not null,
  id                   uuid not null,
  buyer_id             uuid not null,
  kind                 text not null,
  valid_from           date not null,
  valid_to             date,
  note                 text not null default ''::text,
  recorded_at          timestamp with time zone not null,
  recorded_by          uuid,
  decision             text,
  decided_on           date,
  longer_reason        text,
  constraint placement_step_pkey PRIMARY KEY (seller_id, placement_id, id),
  constraint placement_step_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES person(id),
  constraint placement_step_seller_id_placement_id_fkey FOREIGN KEY (seller_id, placement_id) REFERENCES placement_record(seller_id, id),
  constraint placement_step_kind_known CHECK ((kind = ANY (ARRAY['started'::text, 'prolonged'::text, 'ended'::text, 'changed'::text, 'cancelled'::text])))
);
CREATE INDEX placement_step_recorded_by ON placement_step USING btree (recorded_by);

create table placement_weekdays (
  seller_id            uuid not null,
  id                   uuid not null,
  placement_id         uuid not null,
  buyer_id             uuid not null,
  valid_from           date,
  valid_to             date,
  weekdays             integer[],
  recorded_at          timestamp with time zone not null,
  recorded_by          uuid,
  constraint placement_weekdays_pkey PRIMARY KEY (seller_id, id),
  constraint placement_weekdays_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES organisation(id),
  constraint placement_weekdays_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES person(id),
  constraint placement_weekdays_seller_id_placement_id_fkey FOREIGN KEY (seller_id, placement_id) REFERENCES placement_record(seller_id, id),
  constraint placement_weekdays_in_order CHECK ((valid_from <= valid_to)),
  constraint placement_weekdays_known CHECK (are_weekdays(weekdays)),
  constraint placement_weekdays_do_not_overlap EXCLUDE USING gist (seller_id WITH =, placement_id WITH =, daterange(valid_from, valid_to, '[]'::text) WITH &&)
);
CREATE INDEX placement_weekdays_buyer ON placement_weekdays USING btree (buyer_id);
CREATE INDEX placement_weekdays_placement ON placement_weekdays USING btree (seller_id, placement_id, valid_from);
CREATE INDEX placement_weekdays_recorded_by ON placement_weekdays USING btree (recorded_by);

create table price (
  seller_id            uuid not null,
  id                   uuid not null,
  offer_id             uuid not null,
  valid_from           date not null,
  valid_to             date,
  price_class          text,
  unit_price           numeric not null,
  tiers                jsonb,
  decision             text,
  made_up              boolean not null default false,
  recorded_at          timestamp with time zone not null,
  withdrawn_at         timestamp with time zone,
  constraint price_pkey PRIMARY KEY (seller_id, id),
  constraint price_seller_id_offer_id_fkey FOREIGN KEY (seller_id, offer_id) REFERENCES offer(seller_id, id),
  constraint price_class_plain CHECK ((price_class ~ '^[a-z0-9_]+$'::text)),
  constraint price_dates_in_order CHECK ((valid_from <= valid_to)),
  constraint price_not_negative CHECK ((unit_price >= (0)::numeric)),
  constraint price_periods_do_not_overlap EXCLUDE USING gist (seller_id WITH =, offer_id WITH =, COALESCE(price_class, ''::text) WITH =, daterange(valid_from, valid_to, '[]'::text) WITH &&) WHERE ((withdrawn_at IS NULL))
);
CREATE INDEX price_offer ON price USING btree (seller_id, offer_id, valid_from);

create table provider (
  id                   uuid not null,
  municipality_id      uuid not null,
  name                 text not null,
  owner_type           text not null,
  registration_number  text,
  register_number      text,
  address              text,
  email                text,
  phone                text,
  valid_from           date not null,
  valid_to             date,
  constraint provider_pkey PRIMARY KEY (id),
  constraint provider_municipality_id_fkey FOREIGN KEY (municipality_id) REFERENCES organisation(id),
  constraint provider_dates_in_order CHECK ((valid_from <= valid_to)),
  constraint provider_name_given CHECK ((length(TRIM(BOTH FROM name)) > 0)),
  constraint provider_owner_type_known CHECK ((owner_type = ANY (ARRAY['municipal'::text, 'ngo'::text, 'company'::text, 'state'::text])))
);
CREATE INDEX provider_municipality ON provider USING btree (municipality_id);

create table provider_suspension (
  provider_id          uuid not null,
  id                   uuid not null,
  municipality_id      uuid not null,
  suspended_from       date not null,
  reason               text not null,
  recorded_at          timestamp with time zone not null,
  recorded_by          uuid,
  lifted_from          date,
  lifted_at            timestamp with time zone,
  lifted_by            uuid,
  constraint provider_suspension_pkey PRIMARY KEY (provider_id, id),
  constraint provider_suspension_lifted_by_fkey FOREIGN KEY (lifted_by) REFERENCES person(id),
  constraint provider_suspension_municipality_id_fkey FOREIGN KEY (municipality_id) REFERENCES organisation(id),
  constraint provider_suspension_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES provider(id),
  constraint provider_suspension_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES person(id),
  constraint provider_suspension_dates_in_order CHECK ((suspended_from <= lifted_from)),
  constraint provider_suspension_lifted_whole CHECK (((lifted_from IS NULL) = (lifted_at IS NULL))),
  constraint provider_suspension_reason_given CHECK ((length(TRIM(BOTH FROM reason)) > 0))
);
CREATE INDEX provider_suspension_id ON provider_suspension USING btree (id);
CREATE INDEX provider_suspension_lifted_by ON provider_suspension USING btree (lifted_by);
CREATE INDEX provider_suspension_municipality ON provider_suspension USING btree (municipality_id);
CREATE UNIQUE INDEX provider_suspension_one_open ON provider_suspension USING btree (provider_id) WHERE (lifted_from IS NULL);
CREATE INDEX provider_suspension_recorded_by ON provider_suspension USING btree (recorded_by);

create table queue_entry (
  seller_id            uuid not null,
  id                   uuid not null,
  offer_id             uuid not null,
  buyer_id             uuid not null,
  resident_id          uuid not null,
  resident_token       text not null,
  priority             text not null,
  applied_on           date not null,
  wanted_from          date not null,
  wanted_to            date,
  price_class          text,
  surcharges           text[] not null default '{}'::text[],
  authorised_per_month numeric,
  authorised_per_year  numeric,
  authorised_total     numeric,
  funding              jsonb not null default '[]'::jsonb,
  decision             text,
  note                 text not null default ''::text,
  status               text not null default 'waiting'::text,
  refusals             integer not null default 0,
  unanswered           integer not null default 0,
  rest_until           timestamp with time zone,
  created_at           timestamp with time zone not null,
  created_by           uuid,
  ended_at             timestamp with time zone,
  ended_by             uuid,
  end_note             text not null default ''::text,
  placement_id         uuid,
  weekdays             integer[],
  target_group         text,
  constraint queue_entry_pkey PRIMARY KEY (seller_id, id),
  constraint queue_entry_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES organisation(id),
  constraint queue_entry_buyer_id_resident_id_fkey FOREIGN KEY (buyer_id, resident_id) REFERENCES resident(organisation_id, id),
  constraint queue_entry_created_by_fkey FOREIGN KEY (created_by) REFERENCES person(id),
  constraint queue_entry_ended_by_fkey FOREIGN KEY (ended_by) REFERENCES person(id),
  constraint queue_entry_seller_id_offer_id_fkey FOREIGN KEY (seller_id, offer_id) REFERENCES offer(seller_id, id),
  constraint queue_entry_seller_id_placement_id_fkey FOREIGN KEY (seller_id, placement_id) REFERENCES placement_record(seller_id, id),
  constraint queue_entry_target_group_fkey FOREIGN KEY (target_group) REFERENCES target_group(code),
  constraint queue_entry_dates_in_order CHECK ((wanted_from <= wanted_to)),
  constraint queue_entry_ended_when CHECK (((status = 'waiting'::text) = (ended_at IS NULL))),
  constraint queue_entry_priority_known CHECK ((priority = ANY (ARRAY['crisis'::text, 'court'::text, 'hospital'::text, 'other'::text]))),
  constraint queue_entry_status_known CHECK ((status = ANY (ARRAY['waiting'::text, 'placed'::text, 'elsewhere'::text, 'withdrawn'::text, 'removed'::text]))),
  constraint queue_entry_weekdays_known CHECK (are_weekdays(weekdays))
);
CREATE INDEX queue_entry_buyer ON queue_entry USING btree (buyer_id, status);
CREATE INDEX queue_entry_created_by ON queue_entry USING btree (created_by);
CREATE INDEX queue_entry_ended_by ON queue_entry USING btree (ended_by);
CREATE INDEX queue_entry_id ON queue_entry USING btree (id);
CREATE INDEX queue_entry_line ON queue_entry USING btree (seller_id, offer_id) WHERE (status = 'waiting'::text);
CREATE INDEX queue_entry_offer ON queue_entry USING btree (seller_id, offer_id);
CREATE UNIQUE INDEX queue_entry_once ON queue_entry USING btree (seller_id, offer_id, buyer_id, resident_id) WHERE (status = 'waiting'::text);
CREATE INDEX queue_entry_placement ON queue_entry USING btree (seller_id, placement_id);
CREATE INDEX queue_entry_resident ON queue_entry USING btree (buyer_id, resident_id);
CREATE INDEX queue_entry_target_group ON queue_entry USING btree (target_group) WHERE (target_group IS NOT NULL);

create table queue_rule (
  seller_id            uuid not null,
  id                   uuid not null,
  offer_id             uuid,
  kind_code            text,
  priorities           text[] not null,
  refusals_allowed     integer,
  answer_hours         integer not null default 48,
  rest_days            integer not null default 14,
  changed_at           timestamp with time zone not null,
  changed_by           uuid,
  criteria             text[] not null,
  constraint queue_rule_pkey PRIMARY KEY (seller_id, id),
  constraint queue_rule_once UNIQUE NULLS NOT DISTINCT (seller_id, offer_id, kind_code),
  constraint queue_rule_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES person(id),
  constraint queue_rule_kind_code_fkey FOREIGN KEY (kind_code) REFERENCES service_kind(code),
  constraint queue_rule_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES organisation(id),
  constraint queue_rule_seller_id_offer_id_fkey FOREIGN KEY (seller_id, offer_id) REFERENCES offer(seller_id, id),
  constraint queue_rule_criteria_known CHECK ((((cardinality(criteria) >= 1) AND (cardinality(criteria) <= 4)) AND (criteria <@ ARRAY['reason'::text, 'home'::text, 'applied_on'::text, 'wanted_from'::text]))),
  constraint queue_rule_for_one CHECK (((offer_id IS NULL) OR (kind_code IS NULL))),
  constraint queue_rule_hours_sane CHECK (((answer_hours >= 1) AND (answer_hours <= 720))),
  constraint queue_rule_refusals_sane CHECK (((refusals_allowed >= 1) AND (refusals_allowed <= 20))),
  constraint queue_rule_rest_sane CHECK (((rest_days >= 0) AND (rest_days <= 365)))
);
CREATE INDEX queue_rule_changed_by ON queue_rule USING btree (changed_by);
CREATE INDEX queue_rule_kind ON queue_rule USING btree (kind_code);
CREATE INDEX queue_rule_offer ON queue_rule USING btree (seller_id, offer_id);

create table rating_due (
  seller_id            uuid not null,
  placement_id         uuid not null,
  from_month           calendar_month not null,
  noted_at             timestamp with time zone not null,
  constraint rating_due_pkey PRIMARY KEY (seller_id, placement_id, from_month),
  constraint rating_due_seller_id_placement_id_fkey FOREIGN KEY (seller_id, placement_id) REFERENCES placement_record(seller_id, id)
);

create table rating_evidence (
  seller_id            uuid not null,
  close_month          calendar_month not null,
  buyer_id             uuid not null,
  facts                text not null,
  constraint rating_evidence_pkey PRIMARY KEY (seller_id, close_month, buyer_id)
);
CREATE INDEX rating_evidence_buyer ON rating_evidence USING btree (buyer_id, close_month);

create table received_document (
  organisation_id      uuid not null,
  id                   uuid not null,
  type                 text not null,
  number               text not null,
  issued_on            date not null,
  due_on               date,
  period_from          date,
  period_to            date,
  seller               jsonb not null,
  seller_key           text not null,
  seller_name          text not null,
  seller_id            uuid,
  corrects_number      text,
  payment_reference    text,
  net                  numeric(14,2) not null,
  vat                  numeric(14,2) not null,
  total                numeric(14,2) not null,
  payable              numeric(14,2) not null,
  vat_summary          jsonb not null,
  lines                jsonb not null,
  findings             jsonb not null,
  faults               integer not null,
  content              bytea not null,
  sha256               text not null,
  source               text not null,
  received_at          timestamp with time zone not null,
  received_by          uuid,
  state                text not null default 'received'::text,
  state_at             timestamp with time zone not null,
  constraint received_document_pkey PRIMARY KEY (organisation_id, id),
  constraint received_document_known_once UNIQUE (organisation_id, seller_key, number, issued_on),
  constraint received_document_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id),
  constraint received_document_received_by_fkey FOREIGN KEY (received_by) REFERENCES person(id),
  constraint received_document_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES organisation(id),
  constraint received_document_not_negative CHECK ((total >= (0)::numeric)),
  constraint received_document_number_sane CHECK (((length(number) >= 1) AND (length(number) <= 200))),
  constraint received_document_payable_not_negative CHECK ((payable >= (0)::numeric)),
  constraint received_document_source_known CHECK ((source = ANY (ARRAY['upload'::text, 'api'::text, 'inbox'::text]))),
  constraint received_document_state_known CHECK ((state = ANY (ARRAY['received'::text, 'accepted'::text, 'disputed'::text, 'rejected'::text, 'paid'::text]))),
  constraint received_document_type_known CHECK ((type = ANY (ARRAY['invoice'::text, 'credit_note'::text])))
);
CREATE INDEX received_document_id ON received_document USING btree (id);
CREATE INDEX received_document_listed ON received_document USING btree (organisation_id, issued_on DESC, id DESC);
CREATE INDEX received_document_open ON received_document USING btree (organisation_id, due_on) WHERE (state = 'accepted'::text);
CREATE INDEX received_document_received_by ON received_document USING btree (received_by);
CREATE INDEX received_document_seller ON received_document USING btree (seller_id);

create table received_response (
  organisation_id      uuid not null,
  received_id          uuid not null,
  id                   uuid not null,
  code                 text not null,
  reason               text,
  note                 text not null default ''::text,
  responded_on         date not null,
  recorded_at          timestamp with time zone not null,
  recorded_by          uuid,
  constraint received_response_pkey PRIMARY KEY (organisation_id, received_id, id),
  constraint received_response_organisation_id_received_id_fkey FOREIGN KEY (organisation_id, received_id) REFERENCES received_document(organisation_id, id),
  constraint received_response_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES person(id),
  constraint received_response_code_known CHECK ((code = ANY (ARRAY['AP'::text, 'RE'::text, 'UQ'::text, 'PD'::text]))),
  constraint received_response_reason_known CHECK ((reason = ANY (ARRAY['NON'::text, 'REF'::text, 'LEG'::text, 'REC'::text, 'QUA'::text, 'DEL'::text, 'PRI'::text, 'QTY'::text, 'ITM'::text, 'PAY'::text, 'UNR'::text, 'FIN'::text, 'PPD'::text, 'OTH'::text]))),
  constraint received_response_says_why CHECK (((code = ANY (ARRAY['AP'::text, 'PD'::text])) OR ((reason IS NOT NULL) AND (note <> ''::text))))
);
CREATE INDEX received_response_id ON received_response USING btree (id);
CREATE INDEX received_response_recorded_by ON received_response USING btree (recorded_by);

create table referral (
  seller_id            uuid not null,
  id                   uuid not null,
  offer_id             uuid not null,
  buyer_id             uuid not null,
  resident_id          uuid,
  resident_token       text,
  places               integer not null default 1,
  wanted_from          date not null,
  wanted_to            date,
  price_class          text,
  surcharges           text[] not null default '{}'::text[],
  authorised_per_month numeric,
  authorised_per_year  numeric,
  authorised_total     numeric,
  funding              jsonb not null default '[]'::jsonb,
  decision             text,
  note                 text not null default ''::text,
  status               text not null,
  decline_reason       text,
  decline_note         text,
  created_at           timestamp with time zone not null,
  created_by           uuid,
  submitted_at         timestamp with time zone,
  answered_at          timestamp with time zone,
  answered_by          uuid,
  request_id           uuid,
  mode                 text,
  crisis               boolean not null default false,
  answer_by            timestamp with time zone,
  offer_note           text,
  longer_reason        text,
  weekdays             integer[],
  target_group         text,
  bridge_id            uuid,
  withdraw_reason      text,
  withdrawn_at         timestamp with time zone,
  constraint referral_pkey PRIMARY KEY (seller_id, id),
  constraint referral_answered_by_fkey FOREIGN KEY (answered_by) REFERENCES person(id),
  constraint referral_bridge_fkey FOREIGN KEY (buyer_id, bridge_id) REFERENCES bridge(buyer_id, id),
  constraint referral_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES organisation(id),
  constraint referral_buyer_id_resident_id_fkey FOREIGN KEY (buyer_id, resident_id) REFERENCES resident(organisation_id, id),
  constraint referral_created_by_fkey FOREIGN KEY (created_by) REFERENCES person(id),
  constraint referral_request_fkey FOREIGN KEY (buyer_id, request_id) REFERENCES place_request(buyer_id, id),
  constraint referral_seller_id_offer_id_fkey FOREIGN KEY (seller_id, offer_id) REFERENCES offer(seller_id, id),
  constraint referral_target_group_fkey FOREIGN KEY (target_group) REFERENCES target_group(code),
  constraint referral_dates_in_order CHECK ((wanted_from <= wanted_to)),
  constraint referral_decline_reason_known CHECK ((decline_reason = ANY (ARRAY['no_place'::text, 'not_target_group'::text, 'papers_missing'::text, 'area'::text, 'resources'::text, 'price'::text, 'other'::text]))),
  constraint referral_declined_with_reason CHECK (((status = 'declined'::text) = (decline_reason IS NOT NULL))),
  constraint referral_mode_known CHECK ((mode = ANY (ARRAY['first_fit'::text, 'best_answer'::text]))),
  constraint referral_of_request_has_deadline CHECK ((((request_id IS NULL) = (mode IS NULL)) AND ((request_id IS NULL) = (answer_by IS NULL)))),
  constraint referral_per_month_positive CHECK ((authorised_per_month >= (0)::numeric)),
  constraint referral_per_year_positive CHECK ((authorised_per_year >= (0)::numeric)),
  constraint referral_places_sane CHECK (((places >= 1) AND (places <= 1000))),
  constraint referral_resident_has_token CHECK (((resident_id IS NULL) = (resident_token IS NULL))),
  constraint referral_status_known CHECK ((status = ANY (ARRAY['draft'::text, 'submitted'::text, 'offered'::text, 'accepted'::text, 'declined'::text, 'withdrawn'::text, 'closed'::text, 'cancelled'::text]))),
  constraint referral_submitted_when CHECK (((status = ANY (ARRAY['draft'::text, 'withdrawn'::text])) OR (submitted_at IS NOT NULL))),
  constraint referral_total_positive CHECK ((authorised_total >= (0)::numeric)),
  constraint referral_weekdays_known CHECK (are_weekdays(weekdays)),
  constraint referral_withdraw_reason_known CHECK ((withdraw_reason = ANY (ARRAY['resident_refused'::text, 'found_elsewhere'::text, 'not_needed'::text, 'mistake'::text, 'other'::text]))),
  constraint referral_withdrawn_when CHECK (((withdrawn_at IS NULL) OR (status = 'withdrawn'::text))),
  constraint referral_withdrawn_why CHECK (((withdraw_reason IS NULL) OR ((withdrawn_at IS NOT NULL) AND (request_id IS NULL) AND (submitted_at IS NOT NULL))))
);
CREATE INDEX referral_answered_by ON referral USING btree (answered_by);
CREATE INDEX referral_bridge ON referral USING btree (buyer_id, bridge_id);
CREATE INDEX referral_buyer ON referral USING btree (buyer_id, status);
CREATE INDEX referral_created_by ON referral USING btree (created_by);
CREATE INDEX referral_id ON referral USING btree (id);
CREATE INDEX referral_late ON referral USING btree (answer_by) WHERE ((status = 'submitted'::text) AND (answer_by IS NOT NULL));
CREATE INDEX referral_offer ON referral USING btree (seller_id, offer_id);
CREATE INDEX referral_request ON referral USING btree (buyer_id, request_id);
CREATE INDEX referral_resident ON referral USING btree (buyer_id, resident_id);
CREATE INDEX referral_target_group ON referral USING btree (target_group) WHERE (target_group IS NOT NULL);

create table reminder (
  seller_id            uuid not null,
  id                   uuid not null,
  buyer_id             uuid not null,
  document_id          uuid not null,
  step                 integer not null,
  reminded_on          date not null,
  open                 numeric(14,2) not null,
  recorded_at          timestamp with time zone not null,
  letter_id            uuid,
  constraint reminder_pkey PRIMARY KEY (seller_id, id),
  constraint reminder_once UNIQUE (seller_id, document_id, step),
  constraint reminder_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES organisation(id),
  constraint reminder_letter_of_seller FOREIGN KEY (seller_id, letter_id) REFERENCES reminder_letter(seller_id, id),
  constraint reminder_seller_id_document_id_fkey FOREIGN KEY (seller_id, document_id) REFERENCES document(seller_id, id),
  constraint reminder_open_positive CHECK ((open > (0)::numeric)),
  constraint reminder_step_counted CHECK ((step > 0))
);
CREATE INDEX reminder_buyer ON reminder USING btree (buyer_id);
CREATE INDEX reminder_letter_of_reminder ON reminder USING btree (seller_id, letter_id);

create table reminder_letter (
  seller_id            uuid not null,
  id                   uuid not null,
  buyer_id             uuid not null,
  number               integer not null,
  written_on           date not null,
  record               jsonb not null,
  written_at           timestamp with time zone not null,
  written_by           uuid,
  constraint reminder_letter_pkey PRIMARY KEY (seller_id, id),
  constraint reminder_letter_number_once UNIQUE (seller_id, number),
  constraint reminder_letter_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES organisation(id),
  constraint reminder_letter_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES organisation(id),
  constraint reminder_letter_written_by_fkey FOREIGN KEY (written_by) REFERENCES person(id),
  constraint reminder_letter_number_counted CHECK ((number > 0))
);
CREATE INDEX reminder_letter_buyer ON reminder_letter USING btree (buyer_id);
CREATE INDEX reminder_letter_id ON reminder_letter USING btree (id);
CREATE INDEX reminder_letter_written_by ON reminder_letter USING btree (written_by);

create table reservation (
  seller_id            uuid not null,
  id                   uuid not null,
  offer_id             uuid not null,
  buyer_id             uuid not null,
  referral_id          uuid,
  places               integer not null,
  valid_from           date not null,
  valid_to             date,
  held_until           timestamp with time zone not null,
  status               text not null default 'held'::text,
  note                 text not null default ''::text,
  created_at           timestamp with time zone not null,
  created_by           uuid,
  ended_at             timestamp with time zone,
  ended_by             uuid,
  queue_entry_id       uuid,
  constraint reservation_pkey PRIMARY KEY (seller_id, id),
  constraint reservation_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES organisation(id),
  constraint reservation_created_by_fkey FOREIGN KEY (created_by) REFERENCES person(id),
  constraint reservation_ended_by_fkey FOREIGN KEY (ended_by) REFERENCES person(id),
  constraint reservation_queue_entry_fkey FOREIGN KEY (seller_id, queue_entry_id) REFERENCES queue_entry(seller_id, id),
  constraint reservation_seller_id_offer_id_fkey FOREIGN KEY (seller_id, offer_id) REFERENCES offer(seller_id, id),
  constraint reservation_seller_id_referral_id_fkey FOREIGN KEY (seller_id, referral_id) REFERENCES referral(seller_id, id),
  constraint reservation_dates_in_order CHECK ((valid_from <= valid_to)),
  constraint reservation_ended_when CHECK (((status = 'held'::text) = (ended_at IS NULL))),
  constraint reservation_for_one CHECK (((referral_id IS NULL) <> (queue_entry_id IS NULL))),
  constraint reservation_places_sane CHECK (((places >= 1) AND (places <= 1000))),
  constraint reservation_status_known CHECK ((status = ANY (ARRAY['held'::text, 'used'::text, 'released'::text, 'refused'::text, 'expired'::text])))
);
CREATE INDEX reservation_all_of_offer ON reservation USING btree (seller_id, offer_id);
CREATE INDEX reservation_buyer ON reservation USING btree (buyer_id, status);
CREATE INDEX reservation_created_by ON reservation USING btree (created_by);
CREATE INDEX reservation_due ON reservation USING btree (held_until) WHERE (status = 'held'::text);
CREATE INDEX reservation_ended_by ON reservation USING btree (ended_by);
CREATE UNIQUE INDEX reservation_held_once ON reservation USING btree (seller_id, referral_id) WHERE (status = 'held'::text);
CREATE INDEX reservation_offer ON reservation USING btree (seller_id, offer_id) WHERE (status = 'held'::text);
CREATE UNIQUE INDEX reservation_offered_once ON reservation USING btree (seller_id, queue_entry_id) WHERE (status = 'held'::text);
CREATE INDEX reservation_queue_entry ON reservation USING btree (seller_id, queue_entry_id);
CREATE INDEX reservation_referral ON reservation USING btree (seller_id, referral_id);

create table resident (
  organisation_id      uuid not null,
  id                   uuid not null,
  token                text not null,
  created_at           timestamp with time zone not null,
  continued_with_id    uuid,
  continued_as_id      uuid,
  constraint resident_pkey PRIMARY KEY (organisation_id, id),
  constraint resident_token_unique UNIQUE (token),
  constraint resident_continued_as_a_resident FOREIGN KEY (continued_with_id, continued_as_id) REFERENCES resident(organisation_id, id),
  constraint resident_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id),
  constraint resident_continued_whole CHECK (((continued_with_id IS NULL) = (continued_as_id IS NULL)))
);
CREATE INDEX resident_continued_as ON resident USING btree (continued_with_id, continued_as_id);

create table resident_person (
  organisation_id      uuid not null,
  resident_id          uuid not null,
  given_name           text not null,
  family_name          text not null,
  personal_code        text,
  constraint resident_person_pkey PRIMARY KEY (organisation_id, resident_id),
  constraint resident_person_organisation_id_resident_id_fkey FOREIGN KEY (organisation_id, resident_id) REFERENCES resident(organisation_id, id)
);
CREATE UNIQUE INDEX resident_person_code_once ON resident_person USING btree (organisation_id, personal_code);

create table saved_search (
  organisation_id      uuid not null,
  id                   uuid not null,
  person_id            uuid not null,
  name                 text not null,
  filter               jsonb not null,
  matching_ids         uuid[] not null default '{}'::uuid[],
  open_ids             uuid[] not null default '{}'::uuid[],
  looked_at            timestamp with time zone not null,
  created_at           timestamp with time zone not null,
  constraint saved_search_pkey PRIMARY KEY (organisation_id, id),
  constraint saved_search_named_once UNIQUE (organisation_id, person_id, name),
  constraint saved_search_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id),
  constraint saved_search_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id),
  constraint saved_search_name_given CHECK ((length(TRIM(BOTH FROM name)) > 0))
);
CREATE INDEX saved_search_id ON saved_search USING btree (id);
CREATE INDEX saved_search_person ON saved_search USING btree (person_id);

create table seller_calendar (
  seller_id            uuid not null,
  record_days          integer not null,
  object_days          integer not null,
  close_days           integer not null,
  issue_days           integer not null,
  automatic            boolean not null default false,
  changed_at           timestamp with time zone not null,
  changed_by           uuid,
  constraint seller_calendar_pkey PRIMARY KEY (seller_id),
  constraint seller_calendar_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES person(id),
  constraint seller_calendar_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES organisation(id),
  constraint seller_calendar_days_in_order CHECK (((0 <= record_days) AND (record_days <= object_days) AND (object_days <= close_days) AND (close_days <= issue_days))),
  constraint seller_calendar_days_sane CHECK ((issue_days <= 60))
);
CREATE INDEX seller_calendar_changed_by ON seller_calendar USING btree (changed_by);

create table sending_channel (
  seller_id            uuid not null,
  channel              text not null,
  active               boolean not null,
  settings             jsonb not null,
  secret               text,
  changed_at           timestamp with time zone not null,
  changed_by           uuid,
  constraint sending_channel_pkey PRIMARY KEY (seller_id, channel),
  constraint sending_channel_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES person(id),
  constraint sending_channel_seller_id_fkey FOREIGN KEY (seller_id) REFERENCES organisation(id),
  constraint sending_channel_known CHECK ((channel = ANY (ARRAY['email'::text, 'access_point'::text, 'file_drop'::text])))
);
CREATE INDEX sending_channel_changed_by ON sending_channel USING btree (changed_by);

create table service_kind (
  code                 text not null,
  name_lv              text not null,
  name_en              text not null,
  target_groups        text[] not null default '{}'::text[],
  institution_alternat boolean not null default false,
  note_lv              text,
  note_en              text,
  institution          boolean not null default false,
  bridging             boolean not null default false,
  registered           boolean not null default true,
  constraint service_kind_pkey PRIMARY KEY (code),
  constraint service_kind_code_plain CHECK ((code ~ '^[a-z0-9-]+$'::text))
);

create table session (
  token_hash           text not null,
  person_id            uuid not null,
  organisation_id      uuid not null,
  created_at           timestamp with time zone not null,
  last_seen_at         timestamp with time zone not null,
  expires_at           timestamp with time zone not null,
  user_agent           text,
  constraint session_pkey PRIMARY KEY (token_hash),
  constraint session_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id),
  constraint session_person_id_fkey FOREIGN KEY (person_id) REFERENCES person(id)
);
CREATE INDEX session_expires ON session USING btree (expires_at);
CREATE INDEX session_organisation ON session USING btree (organisation_id);
CREATE INDEX session_person ON session USING btree (person_id);

create table settled_month (
  seller_id            uuid not null,
  placement_id         uuid not null,
  service_month        text not null,
  buyer_id             uuid not null,
  buyer_amount         numeric(14,2) not null,
  gross                numeric(14,2) not null,
  shares               json not null default '[]'::json,
  vat                  json not null,
  invoiced_in          text,
  carry                json,
  settled_at           timestamp with time zone not null,
  constraint settled_month_pkey PRIMARY KEY (seller_id, placement_id, service_month)
);
CREATE INDEX settled_month_shared_by_buyer ON settled_month USING btree (buyer_id, service_month) WHERE (json_array_length(shares) > 0);
CREATE INDEX settled_month_shared_by_seller ON settled_month USING btree (seller_id, service_month) WHERE (json_array_length(shares) > 0);

create table settling (
  seller_id            uuid not null,
  id                   uuid not null,
  document_id          uuid not null,
  buyer_id             uuid not null,
  way                  text not null,
  against              text not null,
  source_id            uuid not null,
  amount               numeric(14,2) not null,
  booked_on            date not null,
  recorded_at          timestamp with time zone not null,
  recorded_by          uuid,
  reverses_id          uuid,
  constraint settling_pkey PRIMARY KEY (seller_id, id),
  constraint settling_reversed_once UNIQUE (seller_id, reverses_id),
  constraint settling_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES organisation(id),
  constraint settling_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES person(id),
  constraint settling_seller_id_document_id_fkey FOREIGN KEY (seller_id, document_id) REFERENCES document(seller_id, id),
  constraint settling_seller_id_reverses_id_fkey FOREIGN KEY (seller_id, reverses_id) REFERENCES settling(seller_id, id),
  constraint settling_against_known CHECK ((against = ANY (ARRAY['bank'::text, 'unapplied'::text, 'set_off'::text, 'credit'::text, 'write_off'::text]))),
  constraint settling_amount_given CHECK ((amount <> (0)::numeric)),
  constraint settling_below_zero_takes_back CHECK (((amount < (0)::numeric) = (reverses_id IS NOT NULL))),
  constraint settling_way_known CHECK ((way = ANY (ARRAY['payment'::text, 'set_off'::text, 'credit'::text, 'write_off'::text])))
);
CREATE INDEX settling_buyer ON settling USING btree (buyer_id);
CREATE INDEX settling_document ON settling USING btree (seller_id, document_id) INCLUDE (amount);
CREATE INDEX settling_recorded_by ON settling USING btree (recorded_by);
CREATE INDEX settling_source ON settling USING btree (source_id);

create table share_receipt (
  organisation_id      uuid not null,
  id                   uuid not null,
  source               text not null,
  counterparty_id      uuid not null,
  received_on          date not null,
  amount               numeric(14,2) not null,
  payment_note         text,
  recorded_at          timestamp with time zone not null,
  recorded_by          uuid,
  withdrawn_on         date,
  withdrawn_by         uuid,
  withdraw_note        text,
  constraint share_receipt_pkey PRIMARY KEY (organisation_id, id),
  constraint share_receipt_counterparty_id_fkey FOREIGN KEY (counterparty_id) REFERENCES organisation(id),
  constraint share_receipt_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id),
  constraint share_receipt_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES person(id),
  constraint share_receipt_withdrawn_by_fkey FOREIGN KEY (withdrawn_by) REFERENCES person(id),
  constraint share_receipt_amount_given CHECK ((amount <> (0)::numeric)),
  constraint share_receipt_source_personal CHECK ((lower(source) = ANY (ARRAY['client'::text, 'pension'::text, 'relatives'::text]))),
  constraint share_receipt_withdrawn_with_reason CHECK (((withdrawn_on IS NULL) = (withdraw_note IS NULL)))
);
CREATE INDEX share_receipt_counterparty ON share_receipt USING btree (counterparty_id);
CREATE INDEX share_receipt_id ON share_receipt USING btree (id);
CREATE INDEX share_receipt_recorded_by ON share_receipt USING btree (recorded_by);
CREATE INDEX share_receipt_withdrawn_by ON share_receipt USING btree (withdrawn_by);

create table sign_in_attempt (
  id                   uuid not null,
  email                text not null,
  address              text not null,
  attempted_at         timestamp with time zone not null,
  succeeded            boolean not null,
  constraint sign_in_attempt_pkey PRIMARY KEY (id)
);
CREATE INDEX sign_in_attempt_address ON sign_in_attempt USING btree (address, attempted_at);
CREATE INDEX sign_in_attempt_email ON sign_in_attempt USING btree (email, attempted_at);

create table spending_limit (
  buyer_id             uuid not null,
  per_month            numeric(14,2),
  in_all               numeric(14,2),
  changed_at           timestamp with time zone not null,
  changed_by           uuid,
  constraint spending_limit_pkey PRIMARY KEY (buyer_id),
  constraint spending_limit_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES organisation(id),
  constraint spending_limit_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES person(id),
  constraint spending_limit_all_not_negative CHECK ((in_all >= (0)::numeric)),
  constraint spending_limit_month_not_negative CHECK ((per_month >= (0)::numeric))
);
CREATE INDEX spending_limit_changed_by ON spending_limit USING btree (changed_by);

create table stay_move (
  seller_id            uuid not null,
  id                   uuid not null,
  placement_id         uuid not null,
  buyer_id             uuid not null,
  offer_id             uuid not null,
  resident_id          uuid,
  resident_token       text,
  kind                 text not null,
  to_seller_id         uuid not null,
  to_offer_id          uuid not null,
  to_buyer_id          uuid not null,
  moves_on             date not null,
  valid_to             date,
  decision             text,
  decided_on           date,
  longer_reason        text,
  note                 text not null default ''::text,
  status               text not null,
  proposed_by_id       uuid not null,
  proposed_by          uuid,
  proposed_at          timestamp with time zone not null,
  answerer_id          uuid not null,
  answered_by          uuid,
  answered_at          timestamp with time zone,
  answer_note          text,
  new_placement_id     uuid,
  new_resident_id      uuid,
  new_resident_token   text,
  constraint stay_move_pkey PRIMARY KEY (seller_id, id),
  constraint stay_move_answered_by_fkey FOREIGN KEY (answered_by) REFERENCES person(id),
  constraint stay_move_answerer_id_fkey FOREIGN KEY (answerer_id) REFERENCES organisation(id),
  constraint stay_move_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES organisation(id),
  constraint stay_move_proposed_by_fkey FOREIGN KEY (proposed_by) REFERENCES person(id),
  constraint stay_move_proposed_by_id_fkey FOREIGN KEY (proposed_by_id) REFERENCES organisation(id),
  constraint stay_move_seller_id_offer_id_fkey FOREIGN KEY (seller_id, offer_id) REFERENCES offer(seller_id, id),
  constraint stay_move_seller_id_placement_id_fkey FOREIGN KEY (seller_id, placement_id) REFERENCES placement_record(seller_id, id),
  constraint stay_move_to_buyer_id_fkey FOREIGN KEY (to_buyer_id) REFERENCES organisation(id),
  constraint stay_move_to_seller_id_to_offer_id_fkey FOREIGN KEY (to_seller_id, to_offer_id) REFERENCES offer(seller_id, id),
  constraint stay_move_accepted_into_a_stay CHECK (((status = ANY (ARRAY['accepted'::text, 'cancelled'::text])) = (new_placement_id IS NOT NULL))),
  constraint stay_move_dates_in_order CHECK ((moves_on <= valid_to)),
  constraint stay_move_kind_known CHECK ((kind = ANY (ARRAY['place'::text, 'payer'::text]))),
  constraint stay_move_leads_somewhere CHECK ((((kind = 'place'::text) AND (to_buyer_id = buyer_id) AND ((to_seller_id IS DISTINCT FROM seller_id) OR (to_offer_id IS DISTINCT FROM offer_id))) OR ((kind = 'payer'::text) AND (to_buyer_id <> buyer_id) AND (to_seller_id = seller_id) AND (to_offer_id = offer_id)))),
  constraint stay_move_status_known CHECK ((status = ANY (ARRAY['proposed'::text, 'accepted'::text, 'declined'::text, 'withdrawn'::text, 'cancelled'::text])))
);
CREATE INDEX stay_move_answered_by ON stay_move USING btree (answered_by);
CREATE INDEX stay_move_answerer ON stay_move USING btree (answerer_id, status);
CREATE INDEX stay_move_buyer ON stay_move USING btree (buyer_id, resident_id);
CREATE INDEX stay_move_id ON stay_move USING btree (id);
CREATE INDEX stay_move_offer ON stay_move USING btree (seller_id, offer_id);
CREATE UNIQUE INDEX stay_move_open_once ON stay_move USING btree (seller_id, placement_id) WHERE (status = 'proposed'::text);
CREATE INDEX stay_move_placement ON stay_move USING btree (seller_id, placement_id);
CREATE INDEX stay_move_proposed_by ON stay_move USING btree (proposed_by);
CREATE INDEX stay_move_proposed_by_id ON stay_move USING btree (proposed_by_id);
CREATE INDEX stay_move_to_buyer ON stay_move USING btree (to_buyer_id, new_resident_id);
CREATE INDEX stay_move_to_offer ON stay_move USING btree (to_seller_id, to_offer_id);

create table stay_rule (
  seller_id            uuid not null,
  offer_id             uuid not null,
  longest_months       integer,
  beyond               text not null default 'reason'::text,
  grounds              jsonb not null default '[]'::jsonb,
  changed_at           timestamp with time zone not null,
  changed_by           uuid,
  constraint stay_rule_pkey PRIMARY KEY (seller_id, offer_id),
  constraint stay_rule_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES person(id),
  constraint stay_rule_seller_id_offer_id_fkey FOREIGN KEY (seller_id, offer_id) REFERENCES offer(seller_id, id),
  constraint stay_rule_beyond_known CHECK ((beyond = ANY (ARRAY['refused'::text, 'reason'::text]))),
  constraint stay_rule_months_sane CHECK (((longest_months >= 1) AND (longest_months <= 120)))
);
CREATE INDEX stay_rule_changed_by ON stay_rule USING btree (changed_by);

create table stay_rule_of_kind (
  kind_code            text not null,
  longest_months       integer,
  beyond               text not null default 'reason'::text,
  grounds              jsonb not null default '[]'::jsonb,
  changed_at           timestamp with time zone not null,
  changed_by           uuid,
  constraint stay_rule_of_kind_pkey PRIMARY KEY (kind_code),
  constraint stay_rule_of_kind_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES person(id),
  constraint stay_rule_of_kind_kind_code_fkey FOREIGN KEY (kind_code) REFERENCES service_kind(code),
  constraint stay_rule_of_kind_beyond_known CHECK ((beyond = ANY (ARRAY['refused'::text, 'reason'::text]))),
  constraint stay_rule_of_kind_months_sane CHECK (((longest_months >= 1) AND (longest_months <= 120)))
);
CREATE INDEX stay_rule_of_kind_changed_by ON stay_rule_of_kind USING btree (changed_by);

create table succession (
  predecessor_id       uuid not null,
  successor_id         uuid not null,
  merger_id            uuid not null,
  succeeded_on         date not null,
  constraint succession_pkey PRIMARY KEY (predecessor_id),
  constraint succession_merger_id_fkey FOREIGN KEY (merger_id) REFERENCES merger(id),
  constraint succession_predecessor_id_fkey FOREIGN KEY (predecessor_id) REFERENCES organisation(id),
  constraint succession_successor_id_fkey FOREIGN KEY (successor_id) REFERENCES organisation(id),
  constraint succession_of_another CHECK ((predecessor_id <> successor_id))
);
CREATE INDEX succession_merger ON succession USING btree (merger_id);
CREATE INDEX succession_successor ON succession USING btree (successor_id);

create table target_group (
  code                 text not null,
  name_lv              text not null,
  name_en              text not null,
  constraint target_group_pkey PRIMARY KEY (code),
  constraint target_group_code_plain CHECK ((code ~ '^[a-z0-9-]+$'::text))
);

create table webhook_endpoint (
  organisation_id      uuid not null,
  id                   uuid not null,
  url                  text not null,
  events               text[] not null,
  secret               text not null,
  created_at           timestamp with time zone not null,
  created_by           uuid,
  removed_at           timestamp with time zone,
  constraint webhook_endpoint_pkey PRIMARY KEY (organisation_id, id),
  constraint webhook_endpoint_created_by_fkey FOREIGN KEY (created_by) REFERENCES person(id),
  constraint webhook_endpoint_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES organisation(id),
  constraint webhook_endpoint_events_known CHECK (((events <@ ARRAY['invoice.issued'::text, 'invoice.paid'::text, 'invoice.disputed'::text, 'invoice.credited'::text]) AND (cardinality(events) > 0)))
);
CREATE INDEX webhook_endpoint_created_by ON webhook_endpoint USING btree (created_by);
CREATE INDEX webhook_endpoint_id ON webhook_endpoint USING btree (id);

create table withheld (
  seller_id            uuid not null,
  close_month          calendar_month not null,
  placement_id         uuid not null,
  reason               text not null,
  buyer_id             uuid not null,
  quantity             numeric not null,
  constraint withheld_pkey PRIMARY KEY (seller_id, close_month, placement_id, reason),
  constraint withheld_reason_known CHECK ((reason = ANY (ARRAY['no_price'::text, 'over_authorised'::text])))
);
CREATE INDEX withheld_placement ON withheld USING btree (seller_id, placement_id);

create table write_off (
  seller_id            uuid not null,
  id                   uuid not null,
  buyer_id             uuid not null,
  document_id          uuid not null,
  amount               numeric(14,2) not null,
  reason               text not null,
  booked_on            date not null,
  recorded_at          timestamp with time zone not null,
  recorded_by          uuid,
  constraint write_off_pkey PRIMARY KEY (seller_id, id),
  constraint write_off_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES organisation(id),
  constraint write_off_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES person(id),
  constraint write_off_seller_id_document_id_fkey FOREIGN KEY (seller_id, document_id) REFERENCES document(seller_id, id),
  constraint write_off_amount_positive CHECK ((amount > (0)::numeric)),
  constraint write_off_reason_given CHECK ((length(TRIM(BOTH FROM reason)) > 0))
);
CREATE INDEX write_off_buyer ON write_off USING btree (buyer_id);
CREATE INDEX write_off_document ON write_off USING btree (seller_id, document_id);
CREATE INDEX write_off_id ON write_off USING btree (id);
CREATE INDEX write_off_recorded_by ON write_off USING btree (recorded_by);

create table year_budget (
  buyer_id             uuid not null,
  year                 integer not null,
  ceiling              numeric(14,2),
  changed_at           timestamp with time zone not null,
  changed_by           uuid,
  constraint year_budget_pkey PRIMARY KEY (buyer_id, year),
  constraint year_budget_buyer_id_fkey FOREIGN KEY (buyer_id) REFERENCES organisation(id),
  constraint year_budget_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES person(id),
  constraint year_budget_ceiling_not_negative CHECK ((ceiling >= (0)::numeric)),
  constraint year_budget_year_sane CHECK (((year >= 1990) AND (year <= 2199)))
);
CREATE INDEX year_budget_changed_by ON year_budget USING btree (changed_by);

-- views
create view open_item as
 SELECT d.id AS document_id,
    d.type,
    d.number,
    d.seller_id,
    d.buyer_id,
    d.corrects_id,
    d.close_month,
    d.issued_on,
    d.due_on,
    d.total,
    s.settled,
    (GREATEST((d.total - s.settled), (0)::numeric))::numeric(14,2) AS open
   FROM (document d
     CROSS JOIN LATERAL ( SELECT (COALESCE(sum(x.amount), (0)::numeric))::numeric(14,2) AS settled
           FROM settling x
          WHERE ((x.seller_id = d.seller_id) AND (x.document_id = d.id))) s);
create view place_taking as
 SELECT p.seller_id,
    p.offer_id,
    p.id,
    p.places,
    p.valid_from,
        CASE
            WHEN p.handed_over THEN GREATEST(p.valid_from, (p.valid_to - 1))
            ELSE p.valid_to
        END AS valid_to,
    'stay'::text AS way,
    NULL::integer[] AS weekdays,
    p.buyer_id,
    p.target_group
   FROM placement p
  WHERE (NOT p.in_turn)
UNION ALL
 SELECT p.seller_id,
    p.offer_id,
    p.id,
    p.places,
    GREATEST(p.valid_from, w.valid_from) AS valid_from,
    LEAST(
        CASE
            WHEN p.handed_over THEN GREATEST(p.valid_from, (p.valid_to - 1))
            ELSE p.valid_to
        END, w.valid_to) AS valid_to,
    'stay'::text AS way,
    w.weekdays,
    p.buyer_id,
    p.target_group
   FROM (placement p
     JOIN placement_weekdays w ON (((w.seller_id = p.seller_id) AND (w.placement_id = p.id))))
  WHERE (p.in_turn AND ((w.valid_to IS NULL) OR (w.valid_to >= p.valid_from)) AND ((w.valid_from IS NULL) OR (p.valid_to IS NULL) OR (w.valid_from <=
        CASE
            WHEN p.handed_over THEN GREATEST(p.valid_from, (p.valid_to - 1))
            ELSE p.valid_to
        END)))
UNION ALL
 SELECT r.seller_id,
    r.offer_id,
    r.id,
    r.places,
    r.valid_from,
    r.valid_to,
    'reservation'::text AS way,
    COALESCE(f.weekdays, q.weekdays) AS weekdays,
    r.buyer_id,
    COALESCE(f.target_group, q.target_group) AS target_group
   FROM ((reservation r
     LEFT JOIN referral f ON (((f.seller_id = r.seller_id) AND (f.id = r.referral_id))))
     LEFT JOIN queue_entry q ON (((q.seller_id = r.seller_id) AND (q.id = r.queue_entry_id))))
  WHERE ((r.status = 'held'::text) AND (r.held_until > app_now()))
UNION ALL
 SELECT p.seller_id,
    p.offer_id,
    p.id,
    (- p.places) AS places,
    GREATEST(p.valid_from, (a.valid_from + ((o.frees_bed ->> a.kind))::integer), w.valid_from) AS valid_from,
    LEAST(
        CASE
            WHEN p.handed_over THEN (p.valid_to - 1)
            ELSE p.valid_to
        END, a.valid_to, w.valid_to) AS valid_to,
    'absence'::text AS way,
    w.weekdays,
    p.buyer_id,
    p.target_group
   FROM (((placement p
     JOIN offer o ON (((o.seller_id = p.seller_id) AND (o.id = p.offer_id) AND (o.frees_bed <> '{}'::jsonb))))
     JOIN absence a ON (((a.seller_id = p.seller_id) AND (a.placement_id = p.id) AND (a.withdrawn_at IS NULL) AND (o.frees_bed ? a.kind))))
     LEFT JOIN placement_weekdays w ON ((p.in_turn AND (w.seller_id = p.seller_id) AND (w.placement_id = p.id))))
  WHERE (GREATEST(p.valid_from, (a.valid_from + ((o.frees_bed ->> a.kind))::integer), w.valid_from) <= LEAST(
        CASE
            WHEN p.handed_over THEN (p.valid_to - 1)
            ELSE p.valid_to
        END, a.valid_to, w.valid_to));
create view placement as
 SELECT seller_id,
    id,
    offer_id,
    buyer_id,
    referral_id,
    resident_id,
    resident_token,
    places,
    valid_from,
    valid_to,
    price_class,
    surcharges,
    authorised_per_month,
    authorised_per_year,
    authorised_total,
    funding,
    decision,
    end_reason,
    created_at,
    changed_at,
    follows_seller_id,
    follows_id,
    handed_over,
    continues,
    in_turn,
    target_group,
    over_reason
   FROM placement_record
  WHERE (cancelled_at IS NULL);
create view stay_rule_of_offer as
 SELECT o.seller_id,
    o.id AS offer_id,
    o.kind_code,
    (r.offer_id IS NOT NULL) AS own,
        CASE
            WHEN (r.offer_id IS NULL) THEN k.longest_months
            ELSE r.longest_months
        END AS longest_months,
    COALESCE(r.beyond, k.beyond, 'reason'::text) AS beyond,
    COALESCE(r.grounds, k.grounds, '[]'::jsonb) AS grounds
   FROM ((offer o
     LEFT JOIN stay_rule r ON (((r.seller_id = o.seller_id) AND (r.offer_id = o.id))))
     LEFT JOIN stay_rule_of_kind k ON ((k.kind_code = o.kind_code)));

-- functions
CREATE OR REPLACE FUNCTION announce_documents(p_event text, p_documents uuid[], p_occasion text, p_at timestamp with time zone)
 RETURNS integer
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
  with listening as materialized (
    select e.organisation_id, e.id, e.url, party.id as party_id
    from webhook_endpoint e cross join lateral unnest(predecessors_of(e.organisation_id) || e.organisation_id) as party (id)
    where e.removed_at is null and p_event = any (e.events)
  ), queued as (
    insert into outbox (organisation_id, id, kind, key, payload, document_id, endpoint_id, recipient, state, queued_at, next_attempt_at)
    select e.organisation_id, gen_random_uuid(), 'webhook', concat_ws(' ', p_event, p_occasion, d.id, e.id),
      jsonb_build_object('type', p_event, 'timestamp', to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'data', jsonb_build_object('id', d.id, 'type', d.type, 'number', d.number, 'seller_id', d.seller_id, 'buyer_id', d.buyer_id,
          'close_month', d.close_month, 'issued_on', d.issued_on, 'due_on', d.due_on, 'corrects_id', d.corrects_id,
          'net', d.net::text, 'vat', d.vat::text, 'total', d.total::text)),
      d.id, e.id, e.url, 'queued', p_at, p_at
    from document d
    -- an endpoint of both parties, who are one by now, hears once: the key is the same
    cross join lateral (values (d.seller_id), (d.buyer_id)) as party (id)
    join listening e on e.party_id = party.id
    where d.id = any (p_documents) and (app_organisation() is null or app_organisation() in (d.seller_id, d.buyer_id)
      or array[d.seller_id, d.buyer_id] && app_acts_for())
    on conflict on constraint outbox_queued_once do nothing
    returning 1)
  select count(*)::int from queued
$function$
;
CREATE OR REPLACE FUNCTION answers_of(p_seller uuid, p_since timestamp with time zone)
 RETURNS TABLE(answered integer, accepted integer, median_hours integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
  select count(*)::int, (count(*) filter (where r.status <> 'declined'))::int,
    ceil((percentile_cont(0.5) within group (order by extract(epoch from r.answered_at - r.submitted_at)) / 3600)::numeric)::int
  from referral r
  where r.seller_id = p_seller and r.buyer_id <> p_seller and r.status in ('accepted', 'cancelled', 'declined')
    and r.answered_at >= p_since and r.submitted_at is not null
  having count(*) >= 3
$function$
;
CREATE OR REPLACE FUNCTION app_acts_for()
 RETURNS uuid[]
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select coalesce(nullif(current_setting('app.acts_for', true), ''), '{}')::uuid[] $function$
;
CREATE OR REPLACE FUNCTION app_now()
 RETURNS timestamp with time zone
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select coalesce(nullif(current_setting('app.now', true), '')::timestamptz, now()) $function$
;
CREATE OR REPLACE FUNCTION app_organisation()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select nullif(current_setting('app.organisation', true), '')::uuid $function$
;
CREATE OR REPLACE FUNCTION app_person()
 RETURNS uuid
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select nullif(current_setting('app.person', true), '')::uuid $function$
;
CREATE OR REPLACE FUNCTION app_roles()
 RETURNS text[]
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select coalesce(nullif(current_setting('app.roles', true), ''), '{}')::text[] $function$
;
CREATE OR REPLACE FUNCTION app_sees()
 RETURNS uuid[]
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select coalesce(nullif(current_setting('app.sees', true), ''), '{}')::uuid[] $function$
;
CREATE OR REPLACE FUNCTION are_weekdays(days integer[])
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select days is null or (cardinality(days) between 1 and 6 and days <@ array[1, 2, 3, 4, 5, 6, 7])
$function$
;
CREATE OR REPLACE FUNCTION belongs_only_here(p_person uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$ select coalesce(bool_and(organisation_id = app_organisation()), false) from membership where person_id = p_person $function$
;
CREATE OR REPLACE FUNCTION booked_by_others(p_parties uuid[], p_others uuid[])
 RETURNS TABLE(organisation_id uuid, counterparty_id uuid, booked_on date, role text, document_id uuid, source text, source_id uuid, amount numeric)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
  select e.organisation_id, e.counterparty_id, e.booked_on, e.role, e.document_id, e.source, e.source_id, e.amount
  from organisation o
  join ledger_entry e on e.organisation_id = o.id
    and e.role in ('receivable', 'payable', 'unapplied', 'set_off', 'bank', 'write_off', 'interest_receivable', 'interest_payable')
    and e.counterparty_id = any (p_parties)
  where e.counterparty_id = any ((select app_sees())::uuid[]) and (p_others is null or o.id = any (p_others))
$function$
;
CREATE OR REPLACE FUNCTION catalogue_now(p_snapshot text)
 RETURNS TABLE(version text, database text, organisation text, now double precision, seen_at double precision, snapshot text, wrote boolean, changed text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
  select
    (select md5(string_agg(v.seller_id::text || v.version, ',' order by v.seller_id)) from catalogue_version v),
    concat_ws(' ', (select d.oid from pg_database d where d.datname = current_database()), 'offer_change'::regclass::oid,
      pg_postmaster_start_time()),
    coalesce(app_organisation()::text, ''),
    extract(epoch from app_now())::float8 * 1000,
    extract(epoch from clock_timestamp())::float8 * 1000,
    pg_current_snapshot()::text,
    pg_current_xact_id_if_assigned() is not null,
    (select string_agg(distinct coalesce(c.offer_id::text, 'all'), ',') from offer_change c
      where c.xid >= pg_snapshot_xmin(p_snapshot::pg_snapshot) and not pg_visible_in_snapshot(c.xid, p_snapshot::pg_snapshot))
$function$
;
CREATE OR REPLACE FUNCTION closed_from(p_seller uuid, p_month text)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
  select exists (select from month_close m where m.seller_id = p_seller and m.month >= p_month)
$function$
;
CREATE OR REPLACE FUNCTION closed_months_of(p_seller uuid)
 RETURNS TABLE(month text, closed_at timestamp with time zone)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
  select m.month::text, m.closed_at from month_close m where m.seller_id = p_seller
$function$
;
CREATE OR REPLACE FUNCTION day_shared_in_chain(p_seller uuid, p_id uuid, p_from date, p_to date)
 RETURNS date
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
  with it as (
    select p.seller_id, p.id, p.follows_seller_id, p.follows_id, o.unit in ('calendar_day', 'month') and not o.departure_day_charged as free
    from placement p join offer o on o.seller_id = p.seller_id and o.id = p.offer_id where p.seller_id = p_seller and p.id = p_id
  )
  select min(d) from (
    select n.valid_from as d from it join placement n on n.follows_seller_id = it.seller_id and n.follows_id = it.id
    where p_to is null or n.valid_from < p_to or (n.valid_from = p_to and (not it.free or p_from = p_to))
    union all
    select p_from from it
    join placement b on b.seller_id = it.follows_seller_id and b.id = it.follows_id
    join offer o on o.seller_id = b.seller_id and o.id = b.offer_id
    where b.valid_to > p_from or (b.valid_to = p_from
      and (b.valid_from = b.valid_to or not (o.unit in ('calendar_day', 'month') and not o.departure_day_charged)))
  ) shared
$function$
;
CREATE OR REPLACE FUNCTION days_without_papers(p_sellers uuid[], p_buyers uuid[], p_from date, p_to date)
 RETURNS TABLE(seller_id uuid, placement_id uuid, offer_id uuid, buyer_id uuid, first_on date, days integer, papers integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
  with ruled as materialized (
    select r.seller_id, r.offer_id, r.grounds from stay_rule_of_offer r where jsonb_array_length(r.grounds) > 0
  ), stay as materialized (
    select p.seller_id, p.id, p.offer_id, p.buyer_id, r.grounds, o.unit, greatest(p.valid_from, p_from) as first_on,
      least(p_to, case when o.unit in ('calendar_day', 'month') and not o.departure_day_charged and p.valid_to > p.valid_from
        then p.valid_to - 1 else p.valid_to end) as last_on
    from ruled r
    join offer o on o.seller_id = r.seller_id and o.id = r.offer_id
    join placement p on p.seller_id = r.seller_id and p.offer_id = r.offer_id
    where p.resident_id is not null and (p.seller_id = any (p_sellers) or p.buyer_id = any (p_buyers))
      and p.valid_from <= p_to and coalesce(p.valid_to, 'infinity') >= p_from
  ), paper as materialized (
    select q.seller_id, q.placement_id, q.kind, daterange(q.valid_from, q.valid_to, '[]') as valid
    from placement_paper q join stay s on s.seller_id = q.seller_id and s.id = q.placement_id where q.withdrawn_at is null
  ), service as (
    select s.*, d::date as on_date from stay s cross join lateral generate_series(s.first_on, s.last_on, interval '1 day') d
    where s.unit in ('calendar_day', 'month')
    union all
    select s.*, f.on_date from stay s cross join lateral (
      select distinct v.delivered_on as on_date from delivery v
      where v.seller_id = s.seller_id and v.placement_id = s.id and v.withdrawn_at is null
        and v.delivered_on between s.first_on and s.last_on) f
    where s.unit not in ('calendar_day', 'month')
  )
  select v.seller_id, v.id, v.offer_id, v.buyer_id, min(v.on_date), count(*)::int,
    (select count(*)::int from paper q where q.seller_id = v.seller_id and q.placement_id = v.id)
  from service v
  where not exists (
    select from jsonb_array_elements(v.grounds) g
    where not exists (
      select from jsonb_array_elements_text(g -> 'papers') k
      where not exists (select from paper q where q.seller_id = v.seller_id and q.placement_id = v.id
        and q.kind = k and q.valid @> v.on_date)))
  group by v.seller_id, v.id, v.offer_id, v.buyer_id
$function$
;
CREATE OR REPLACE FUNCTION feedback_of(p_offer uuid)
 RETURNS TABLE(answers integer, care numeric, information numeric, agreed numeric)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
  select count(*)::int, round(avg(f.care), 1), round(avg(f.information), 1), round(avg(f.agreed), 1)
  from feedback f where f.offer_id = p_offer having count(*) >= 3
$function$
;
CREATE OR REPLACE FUNCTION first_day_with_place(p_seller uuid, p_offer uuid, p_from date, p_to date, p_places integer, p_within integer, p_weekdays integer[] DEFAULT NULL::integer[], p_buyer uuid DEFAULT NULL::uuid, p_group text DEFAULT NULL::text)
 RETURNS date
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
  with taking as (
    select t.valid_from, t.valid_to, t.places, t.weekdays from place_taking t where t.seller_id = p_seller and t.offer_id = p_offer
  ), part as (
    select x.valid_to from capacity_part x where x.seller_id = p_seller and x.offer_id = p_offer and x.valid_to is not null
  )
  select day.d from (
    select p_from as d
    union select t.valid_to + 1 from taking t where t.valid_to >= p_from and t.valid_to < p_from + p_within
    union select t.valid_from from taking t where t.places < 0 and t.valid_from > p_from and t.valid_from <= p_from + p_within
    union select x.valid_to + 1 from part x where x.valid_to >= p_from and x.valid_to < p_from + p_within
    union select c.valid_from from capacity c
      where c.seller_id = p_seller and c.offer_id = p_offer and c.valid_from > p_from and c.valid_from <= p_from + p_within
    union select d::date from generate_series(p_from, p_from + p_within, interval '1 day') d
      where p_weekdays is not null or exists (select from taking t where t.weekdays is not null)
  ) day
  where (p_to is null or day.d <= p_to)
    and (p_weekdays is null or extract(isodow from day.d)::int = any (p_weekdays))
    and not exists (select from first_day_without_place(p_seller, p_offer, day.d, p_to, p_places, null, p_weekdays, p_buyer, p_group))
  order by day.d
  limit 1
$function$
;
CREATE OR REPLACE FUNCTION first_day_without_place(p_seller uuid, p_offer uuid, p_from date, p_to date, p_places integer, p_except uuid, p_weekdays integer[] DEFAULT NULL::integer[], p_buyer uuid DEFAULT NULL::uuid, p_group text DEFAULT NULL::text)
 RETURNS TABLE(on_date date, capacity integer, taken integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
  with rows as (
    select c.valid_from, c.valid_to, c.places from capacity c where c.seller_id = p_seller and c.offer_id = p_offer
  ), part as (
    select x.valid_from, x.valid_to from capacity_part x
    where x.seller_id = p_seller and x.offer_id = p_offer and (x.buyer_id is not null or x.target_group is not null)
  ), stay as (
    select p.valid_from, p.valid_to, p.places, p.weekdays from place_taking p
    where p.seller_id = p_seller and p.offer_id = p_offer and p.id is distinct from p_except
      and daterange(p.valid_from, p.valid_to, '[]') && daterange(p_from, p_to, '[]')
  ), edge as (
    select p_from as d
    union select r.valid_from from rows r
    union select r.valid_to + 1 from rows r where r.valid_to is not null
    union select s.valid_from from stay s
    union select s.valid_to + 1 from stay s where s.places < 0 or exists (select from part)
    union select x.valid_from from part x
  ), day as (
    select distinct e.d + after as d
    from edge e
    cross join generate_series(0, case
      when p_weekdays is not null or exists (select from stay s where s.weekdays is not null) then 6 else 0 end) as after
  )
  select day.d, coalesce(r.places, 0), coalesce(t.taken, 0) + aside.places
  from day
  left join rows r on daterange(r.valid_from, r.valid_to, '[]') @> day.d
  cross join lateral (
    select sum(s.places)::int as taken from stay s where daterange(s.valid_from, s.valid_to, '[]') @> day.d
      and (s.weekdays is null or extract(isodow from day.d)::int = any (s.weekdays))
  ) t
  cross join lateral (
    select case when exists (select from part)
      then places_set_aside(p_seller, p_offer, day.d, p_buyer, p_group, p_except) else 0 end as places
  ) aside
  where day.d >= p_from and (p_to is null or day.d <= p_to)
    and (p_weekdays is null or extract(isodow from day.d)::int = any (p_weekdays))
    and exists (select from rows)
    and coalesce(r.places, 0) < coalesce(t.taken, 0) + aside.places + p_places
  order by day.d
  limit 1
$function$
;
CREATE OR REPLACE FUNCTION free_movements()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
begin
  update bank_movement set status = 'unknown', reason = 'unmatched', proposal = null, payment_id = null, decided_at = null, matched_by = null
  where payment_id = new.id;
  return null;
end $function$
;
CREATE OR REPLACE FUNCTION freed_until(p_seller uuid, p_offer uuid, p_on date)
 RETURNS date
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
  select min(t.valid_to) from place_taking t
  where t.seller_id = p_seller and t.offer_id = p_offer and t.places < 0 and t.valid_from <= p_on and t.valid_to >= p_on
    and (t.weekdays is null or extract(isodow from p_on)::int = any (t.weekdays))
$function$
;
CREATE OR REPLACE FUNCTION heir_of(p_organisation uuid)
 RETURNS uuid
 LANGUAGE sql
 STABLE
 SET search_path TO 'public'
AS $function$
  with recursive after as (
    select p_organisation as id, 0 as step
    union all
    select s.successor_id, a.step + 1 from after a join succession s on s.predecessor_id = a.id
  )
  select id from after order by step desc limit 1
$function$
;
CREATE OR REPLACE FUNCTION involved_with_resident(p_organisation uuid, p_resident uuid, p_asker uuid)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
  select p_organisation = p_asker
      or exists (select from referral r where r.buyer_id = p_organisation and r.resident_id = p_resident
                   and r.seller_id = p_asker and r.status in ('submitted', 'offered', 'accepted'))
      or exists (select from placement p where p.buyer_id = p_organisation and p.resident_id = p_resident
                   and p.seller_id = p_asker and p.continues)
$function$
;
CREATE OR REPLACE FUNCTION keep_offer_text()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
declare
  text_words text := offer_words(new.title, new.description, new.locality, new.address);
  single text[] := words_of_text(text_words);
begin
  insert into offer_text (offer_id, words, each_word) values (new.id, text_words, single)
  on conflict (offer_id) do update set words = excluded.words, each_word = excluded.each_word;
  insert into catalogue_word select w.word from unnest(single) as w(word)
  where not exists (select from catalogue_word k where k.word = w.word);
  return null;
end $function$
;
CREATE OR REPLACE FUNCTION kilometres(p_latitude numeric, p_longitude numeric, p_to_latitude numeric, p_to_longitude numeric)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select round(12742 * asin(sqrt(
    power(sin(radians((p_to_latitude - p_latitude)::float8) / 2), 2)
    + cos(radians(p_latitude::float8)) * cos(radians(p_to_latitude::float8)) * power(sin(radians((p_to_longitude - p_longitude)::float8) / 2), 2)
  )))::int
$function$
;
CREATE OR REPLACE FUNCTION ledger_entries_balance()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public'
AS $function$
declare
  unbalanced uuid;
begin
  select transaction_id into unbalanced from added
  group by organisation_id, transaction_id having sum(amount) <> 0 limit 1;
  if found then
    raise exception 'the lines of transaction % do not add up to zero', unbalanced
      using errcode = 'check_violation', constraint = 'ledger_transaction_balanced';
  end if;
  return null;
end $function$
;
CREATE OR REPLACE FUNCTION lock_offer(p_seller uuid, p_offer uuid)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
begin
  perform from offer where seller_id = p_seller and id = p_offer for no key update;
end $function$
;
CREATE OR REPLACE FUNCTION mark_asked_changed()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
begin
  insert into offer_change (offer_id) select distinct n.offer_id
    from new_rows n join old_rows o on o.seller_id = n.seller_id and o.id = n.id
    where n.weekdays is distinct from o.weekdays or n.target_group is distinct from o.target_group;
  return null;
end $function$
;
CREATE OR REPLACE FUNCTION mark_catalogue_changed()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
begin
  update catalogue_version set version = gen_random_uuid() where seller_id = '00000000-0000-0000-0000-000000000000';
  return null;
end $function$
;
CREATE OR REPLACE FUNCTION mark_fetched(p_document uuid, p_at timestamp with time zone)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
  update outbox set state = 'delivered', delivered_at = p_at
  where document_id = p_document and kind = 'document' and state = 'download' and buyer_id = app_organisation()
$function$
;
CREATE OR REPLACE FUNCTION mark_lists_changed()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
begin
  insert into offer_change (offer_id) values (null);
  return null;
end $function$
;
CREATE OR REPLACE FUNCTION mark_offer_rows_changed()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
begin
  if tg_op <> 'DELETE' then insert into offer_change (offer_id) select distinct n.id from new_rows n; end if;
  if tg_op <> 'INSERT' then insert into offer_change (offer_id) select distinct o.id from old_rows o; end if;
  return null;
end $function$
;
CREATE OR REPLACE FUNCTION mark_offers_changed()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
declare
  sellers uuid[];
begin
  if tg_op = 'INSERT' then
    select array_agg(distinct n.seller_id) into sellers from new_offers n where n.status = 'published';
  elsif tg_op = 'DELETE' then
    select array_agg(distinct o.seller_id) into sellers from old_offers o where o.status = 'published';
  else
    select array_agg(distinct x.seller_id) into sellers from
      (select n.seller_id from new_offers n where n.status = 'published' union all select o.seller_id from old_offers o where o.status = 'published') x;
  end if;
  insert into catalogue_version (seller_id) select s.id from unnest(sellers) as s(id) order by s.id
  on conflict (seller_id) do update set version = gen_random_uuid();
  return null;
end $function$
;
CREATE OR REPLACE FUNCTION mark_places_changed()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
begin
  if tg_op <> 'DELETE' then insert into offer_change (offer_id) select distinct n.offer_id from new_rows n; end if;
  if tg_op <> 'INSERT' then insert into offer_change (offer_id) select distinct o.offer_id from old_rows o; end if;
  return null;
end $function$
;
CREATE OR REPLACE FUNCTION mark_stays_changed()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
begin
  if tg_op <> 'DELETE' then
    insert into offer_change (offer_id) select distinct p.offer_id
      from new_rows n join placement p on p.seller_id = n.seller_id and p.id = n.placement_id;
  end if;
  if tg_op <> 'INSERT' then
    insert into offer_change (offer_id) select distinct p.offer_id
      from old_rows o join placement p on p.seller_id = o.seller_id and p.id = o.placement_id;
  end if;
  return null;
end $function$
;
CREATE OR REPLACE FUNCTION meanings_of(p_words text[])
 RETURNS TABLE(word text, nearly boolean, what text, code text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
  select w.word, false, 'kind_code', k.code from unnest(p_words) as w(word)
    join service_kind k on plain_text(k.name_lv || ' ' || k.name_en) like '%' || w.word || '%'
  union all
  select w.word, false, 'seller_id', s.id::text from unnest(p_words) as w(word)
    join organisation s on plain_text(s.name || ' ' || coalesce(s.name_en, '')) like '%' || w.word || '%'
  union all
  select w.word, false, case when n.kind_code is null then 'target_group' else 'kind_code' end, coalesce(n.kind_code, n.target_group)
    from unnest(p_words) as w(word)
    join need_word n on w.word like n.stem || '%' or (length(w.word) >= 4 and n.stem like w.word || '%')
  union all
  select w.word, true, 'kind_code', k.code from unnest(p_words) as w(word)
    join service_kind k on length(w.word) >= 4 and word_similarity(w.word, plain_text(k.name_lv || ' ' || k.name_en)) >= 0.5
  union all
  select w.word, true, 'seller_id', s.id::text from unnest(p_words) as w(word)
    join organisation s on length(w.word) >= 4 and word_similarity(w.word, plain_text(s.name)) >= 0.5
  union all
  select w.word, true, case when n.kind_code is null then 'target_group' else 'kind_code' end, coalesce(n.kind_code, n.target_group)
    from unnest(p_words) as w(word)
    join need_word n on length(w.word) >= 4 and similarity(n.stem, left(w.word, length(n.stem))) >= 0.5
$function$
;
CREATE OR REPLACE FUNCTION number_issued_here(p_seller uuid, p_number text)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
  select exists (select from document d where d.seller_id = p_seller and d.number = p_number)
$function$
;
CREATE OR REPLACE FUNCTION offer_calendar(p_seller uuid, p_offer uuid, p_from date, p_to date)
 RETURNS TABLE(on_date date, capacity integer, placed integer, reserved integer, freed integer, set_aside integer, funded integer, funded_taken integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
  with taking as materialized (
    select t.valid_from, t.valid_to, t.places, t.way, t.weekdays,
      t.way = 'stay' and exists (select from placement p cross join jsonb_array_elements(p.funding) f
        join capacity_part x on x.seller_id = p_seller and x.offer_id = p_offer and x.funder = f ->> 'source'
        where p.seller_id = t.seller_id and p.id = t.id) as paid
    from place_taking t
    where t.seller_id = p_seller and t.offer_id = p_offer
      and t.valid_from <= p_to and (t.valid_to is null or t.valid_to >= p_from)
  ), part as materialized (
    select x.valid_from, x.valid_to, x.places, x.funder from capacity_part x where x.seller_id = p_seller and x.offer_id = p_offer
  )
  select d::date,
    case when exists (select from capacity c where c.seller_id = p_seller and c.offer_id = p_offer) then coalesce(c.places, 0) end,
    coalesce(sum(t.places) filter (where t.way = 'stay'), 0)::int,
    coalesce(sum(t.places) filter (where t.way = 'reservation'), 0)::int,
    coalesce(-sum(t.places) filter (where t.way = 'absence'), 0)::int,
    case when exists (select from part) then places_set_aside(p_seller, p_offer, d::date, app_organisation(), null, null) else 0 end,
    coalesce((select sum(x.places) from part x
      where x.funder is not null and x.valid_from <= d::date and (x.valid_to is null or x.valid_to >= d::date)), 0)::int,
    coalesce(sum(t.places) filter (where t.paid), 0)::int
  from generate_series(p_from, p_to, interval '1 day') as d
  left join capacity c on c.seller_id = p_seller and c.offer_id = p_offer and daterange(c.valid_from, c.valid_to, '[]') @> d::date
  left join taking t on t.valid_from <= d::date and (t.valid_to is null or t.valid_to >= d::date)
    and (t.weekdays is null or extract(isodow from d)::int = any (t.weekdays))
  group by d, c.places
  order by d
$function$
;
CREATE OR REPLACE FUNCTION offer_words(p_title text, p_description text, p_locality text, p_address text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$ select plain_text(p_title || ' ' || p_description || ' ' || coalesce(p_locality, '') || ' ' || coalesce(p_address, '')) $function$
;
CREATE OR REPLACE FUNCTION offers_with_words(p_words text[])
 RETURNS TABLE(offer_id uuid)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
  with word as (
    select w.word from unnest(p_words) as w(word)
  ), meaning as materialized (
    select * from meanings_of(p_words)
  ), meant as materialized (
    select m.word, m.nearly, o.id from meaning m join offer o on m.what = 'kind_code' and o.kind_code = m.code
    union
    select m.word, m.nearly, o.id from meaning m join offer o on o.seller_id = case when m.what = 'seller_id' then m.code::uuid end
    union
    select m.word, m.nearly, o.id from meaning m
      join offer o on m.what = 'target_group' and (m.code = any (o.target_groups)
        or (o.target_groups = '{}' and o.kind_code in (select k.code from service_kind k where m.code = any (k.target_groups))))
  ), exact as materialized (
    select w.word, t.offer_id as id from word w join offer_text t on t.words like '%' || w.word || '%'
    union
    select m.word, m.id from meant m where not m.nearly
  ), mistyped as materialized (
    select w.word from word w where length(w.word) >= 4 and not exists (select from exact e where e.word = w.word)
  ), nearly as materialized (
    select w.word, t.offer_id as id from mistyped w join offer_text t on t.each_word && array(select n.word from words_nearly(w.word) n)
    union
    select m.word, m.id from meant m join mistyped w on w.word = m.word where m.nearly
  )
  select id from (select * from exact union all select * from nearly) found
  group by id having count(*) = cardinality(p_words)
$function$
;
CREATE OR REPLACE FUNCTION over_occupancy(p_seller uuid, p_offer uuid, p_from date, p_to date, p_places integer, p_reason text, p_weekdays integer[], p_buyer uuid, p_group text)
 RETURNS TABLE(days integer, most_days integer, beyond_on date, capacity integer, taken integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
  with rows as (
    select c.valid_from, c.valid_to, c.places from capacity c where c.seller_id = p_seller and c.offer_id = p_offer
  ), stay as (
    select t.valid_from, t.valid_to, t.places, t.weekdays from place_taking t
    where t.seller_id = p_seller and t.offer_id = p_offer and daterange(t.valid_from, t.valid_to, '[]') && daterange(p_from, p_to, '[]')
  ), rule as (
    select r.* from over_rule r where r.seller_id = p_seller and r.offer_id = p_offer
  ), last as (
    select greatest(p_from, (select max(greatest(r.valid_from, r.valid_to)) from rows r),
      (select max(greatest(s.valid_from, s.valid_to)) from stay s), (select max(greatest(r.valid_from, r.valid_to)) from rule r)) as d
  ), day as (
    select at::date as d from last, generate_series(p_from, least(coalesce(p_to, 'infinity'), last.d + 7 * 367), interval '1 day') as at
    where p_weekdays is null or extract(isodow from at)::int = any (p_weekdays)
  ), over as (
    select day.d, coalesce(r.places, 0) as capacity, coalesce(t.taken, 0) + aside.places as taken
    from day
    left join rows r on daterange(r.valid_from, r.valid_to, '[]') @> day.d
    cross join lateral (
      select sum(s.places)::int as taken from stay s where daterange(s.valid_from, s.valid_to, '[]') @> day.d
        and (s.weekdays is null or extract(isodow from day.d)::int = any (s.weekdays))
    ) t
    cross join lateral (
      select case when exists (select from capacity_part x where x.seller_id = p_seller and x.offer_id = p_offer)
        then places_set_aside(p_seller, p_offer, day.d, p_buyer, p_group, null) else 0 end as places
    ) aside
    where exists (select from rows) and coalesce(r.places, 0) < coalesce(t.taken, 0) + aside.places + p_places
  ), judged as (
    select over.*, r.most_days,
      r.id is not null and p_reason = any (r.reasons)
        and over.taken + p_places <= over.capacity + coalesce(r.places, over.capacity * r.percent / 100) as allowed
    from over left join rule r on daterange(r.valid_from, r.valid_to, '[]') @> over.d
  )
  select (select count(*)::int from judged), (select min(j.most_days) from judged j), b.d, b.capacity, b.taken
  from (select 1) one left join lateral (select * from judged j where not j.allowed order by j.d limit 1) b on true
$function$
;
CREATE OR REPLACE FUNCTION person_of_email(p_email text)
 RETURNS uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$ select id from person where email = p_email $function$
;
CREATE OR REPLACE FUNCTION places_free_of(p_offers uuid[], p_on date)
 RETURNS TABLE(offer_id uuid, capacity integer, taken integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
  select o.id,
    case when exists (select from capacity l where l.seller_id = o.seller_id and l.offer_id = o.id) then
      coalesce((select c.places from capacity c where c.seller_id = o.seller_id and c.offer_id = o.id
        and daterange(c.valid_from, c.valid_to, '[]') @> p_on), 0)
    end,
    coalesce((select sum(p.places)::int from place_taking p where p.seller_id = o.seller_id and p.offer_id = o.id
      and p.valid_from <= p_on and (p.valid_to is null or p.valid_to >= p_on)
      and (p.weekdays is null or extract(isodow from p_on)::int = any (p.weekdays))), 0)
    + case when exists (select from capacity_part x where x.seller_id = o.seller_id and x.offer_id = o.id)
      then places_set_aside(o.seller_id, o.id, p_on, app_organisation(), null, null) else 0 end
  from offer o where o.id = any (p_offers)
$function$
;
CREATE OR REPLACE FUNCTION places_free_on(p_on date)
 RETURNS TABLE(offer_id uuid, capacity integer, taken integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
  select o.id, case when l.offer_id is not null then coalesce(c.places, 0) end,
    coalesce(t.taken, 0)
      + case when x.offer_id is not null then places_set_aside(o.seller_id, o.id, p_on, app_organisation(), null, null) else 0 end
  from offer o
  left join (select distinct x.seller_id, x.offer_id from capacity x) l on l.seller_id = o.seller_id and l.offer_id = o.id
  left join (select distinct x.seller_id, x.offer_id from capacity_part x) x on x.seller_id = o.seller_id and x.offer_id = o.id
  left join capacity c on c.seller_id = o.seller_id and c.offer_id = o.id and daterange(c.valid_from, c.valid_to, '[]') @> p_on
  left join (select p.offer_id, sum(p.places)::int as taken from place_taking p
             where p.valid_from <= p_on and coalesce(p.valid_to, 'infinity') >= p_on
               and (p.weekdays is null or extract(isodow from p_on)::int = any (p.weekdays)) group by p.offer_id) t on t.offer_id = o.id
$function$
;
CREATE OR REPLACE FUNCTION places_set_aside(p_seller uuid, p_offer uuid, p_on date, p_buyer uuid, p_group text, p_except uuid)
 RETURNS integer
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
  with part as materialized (
    select x.buyer_id, x.target_group, sum(x.places)::int as places from capacity_part x
    where x.seller_id = p_seller and x.offer_id = p_offer and x.valid_from <= p_on and (x.valid_to is null or x.valid_to >= p_on)
      and (x.buyer_id is not null or x.target_group is not null)
    group by x.buyer_id, x.target_group
  ), used as materialized (
    select u.buyer_id, u.target_group, u.places, coalesce(own.places, 0) as own,
      sum(u.places) over (partition by u.buyer_id order by u.target_group nulls first) as reached
    from (
      select t.buyer_id, t.target_group, sum(t.places)::int as places from place_taking t
      where t.seller_id = p_seller and t.offer_id = p_offer and t.id is distinct from p_except
        and t.valid_from <= p_on and (t.valid_to is null or t.valid_to >= p_on)
        and (t.weekdays is null or extract(isodow from p_on)::int = any (t.weekdays))
      group by t.buyer_id, t.target_group
    ) u left join part own on own.buyer_id = u.buyer_id
  )
  select coalesce(sum(greatest(0, part.places - coalesce((
    select sum(case when part.buyer_id is not null then u.places else least(u.places, greatest(0, u.reached - u.own)) end)
    from used u where u.buyer_id = part.buyer_id or u.target_group = part.target_group), 0))), 0)::int
  from part
  where part.buyer_id is distinct from coalesce(p_buyer, '00000000-0000-0000-0000-000000000000')
    and (part.target_group is null or part.target_group is distinct from p_group)
$function$
;
CREATE OR REPLACE FUNCTION places_taken(p_seller uuid, p_offer uuid, p_from date, p_to date)
 RETURNS TABLE(on_date date, capacity integer, taken integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
  select d::date,
         case when exists (select from capacity c where c.seller_id = p_seller and c.offer_id = p_offer) then
           coalesce((select c.places from capacity c where c.seller_id = p_seller and c.offer_id = p_offer
              and daterange(c.valid_from, c.valid_to, '[]') @> d::date), 0)
         end,
         coalesce((select sum(p.places)::int from place_taking p where p.seller_id = p_seller and p.offer_id = p_offer
            and daterange(p.valid_from, p.valid_to, '[]') @> d::date
            and (p.weekdays is null or extract(isodow from d)::int = any (p.weekdays))), 0)
         + case when exists (select from capacity_part x where x.seller_id = p_seller and x.offer_id = p_offer)
           then places_set_aside(p_seller, p_offer, d::date, app_organisation(), null, null) else 0 end
  from generate_series(p_from, p_to, interval '1 day') as d
$function$
;
CREATE OR REPLACE FUNCTION places_to_watch(p_offers uuid[])
 RETURNS TABLE(offer_id uuid, lapses_at timestamp with time zone, parted boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
  select w.offer_id, min(w.lapses_at), bool_or(w.parted) from (
    select r.offer_id, r.held_until as lapses_at, false as parted from reservation r
    where r.status = 'held' and r.held_until > app_now() and (p_offers is null or r.offer_id = any (p_offers))
    union all
    select x.offer_id, null, true from capacity_part x where p_offers is null or x.offer_id = any (p_offers)
  ) w group by w.offer_id
$function$
;
CREATE OR REPLACE FUNCTION plain_text(p_text text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
AS $function$ select lower(public.unaccent('public.unaccent', p_text)) $function$
;
CREATE OR REPLACE FUNCTION predecessors_of(p_organisation uuid)
 RETURNS uuid[]
 LANGUAGE sql
 STABLE
 SET search_path TO 'public'
AS $function$
  with recursive before as (
    select predecessor_id from succession where successor_id = p_organisation
    union
    select s.predecessor_id from before b join succession s on s.successor_id = b.predecessor_id
  )
  select coalesce(array_agg(predecessor_id), '{}') from before
$function$
;
CREATE OR REPLACE FUNCTION queue_expected_on(p_seller uuid, p_offer uuid, p_position integer, p_today date)
 RETURNS date
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
  select least(
    (select p.valid_to + 1 from placement p
     where p.seller_id = p_seller and p.offer_id = p_offer and p.valid_from <= p_today and p.valid_to >= p_today
     order by p.valid_to offset greatest(p_position, 1) - 1 limit 1),
    (select p_today + ceil(p_position * 365.0 / nullif(count(*), 0))::int from placement p
     where p.seller_id = p_seller and p.offer_id = p_offer and p.valid_to < p_today and p.valid_to >= p_today - 365))
$function$
;
CREATE OR REPLACE FUNCTION queue_length(p_seller uuid, p_offer uuid)
 RETURNS integer
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
  select count(*)::int from queue_entry e where e.seller_id = p_seller and e.offer_id = p_offer and e.status = 'waiting'
$function$
;
CREATE OR REPLACE FUNCTION queue_order(p_seller uuid, p_offer uuid)
 RETURNS TABLE(entry_id uuid, position_no integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
  select e.id, row_number() over (order by key.ranks, e.created_at, e.id)::int
  from queue_entry e
  cross join queue_rule_of(p_seller, p_offer) rule
  cross join lateral (
    select array_agg(case c.criterion
        when 'reason' then coalesce(array_position(rule.priorities, e.priority), cardinality(rule.priorities) + 1)
        when 'home' then (e.buyer_id <> p_seller)::int
        when 'applied_on' then e.applied_on - date '1900-01-01'
        when 'wanted_from' then e.wanted_from - date '1900-01-01'
      end order by c.no) as ranks
    from unnest(rule.criteria) with ordinality as c(criterion, no)
  ) key
  where e.seller_id = p_seller and e.offer_id = p_offer and e.status = 'waiting'
$function$
;
CREATE OR REPLACE FUNCTION queue_rule_of(p_seller uuid, p_offer uuid)
 RETURNS TABLE(criteria text[], priorities text[], refusals_allowed integer, answer_hours integer, rest_days integer, holds_for text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
  select r.criteria, r.priorities, r.refusals_allowed, r.answer_hours, r.rest_days, r.holds_for
  from (
    select q.criteria, q.priorities, q.refusals_allowed, q.answer_hours, q.rest_days,
           case when q.offer_id is not null then 'offer' when q.kind_code is not null then 'kind' else 'seller' end as holds_for,
           case when q.offer_id is not null then 1 when q.kind_code is not null then 2 else 3 end as rank
    from queue_rule q
    where q.seller_id = p_seller
      and (q.offer_id = p_offer
        or (q.offer_id is null and q.kind_code = (select o.kind_code from offer o where o.seller_id = p_seller and o.id = p_offer))
        or (q.offer_id is null and q.kind_code is null))
    union all
    select array['reason', 'applied_on'], array['crisis', 'court', 'hospital', 'other'], 3, 48, 14, 'everybody', 4
  ) r
  order by r.rank
  limit 1
$function$
;
CREATE OR REPLACE FUNCTION record_of_predecessor(p_id uuid, p_own uuid, p_predecessors uuid[])
 RETURNS uuid
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
  select case when r.party_id = any (p_predecessors) then r.party_id else r.other_id end
  from (
    select buyer_id as party_id, seller_id as other_id from document where id = p_id
    union all select buyer_id, seller_id from dispute where id = p_id
    union all select buyer_id, seller_id from interest_claim where id = p_id
    union all select payer_id, payee_id from payment where id = p_id
    union all select debtor_id, creditor_id from netting_transfer where id = p_id
    union all select organisation_id, counterparty_id from balance_confirmation where id = p_id
    union all select organisation_id, organisation_id from payment_proposal where id = p_id
    union all select organisation_id, organisation_id from bank_statement where id = p_id
    union all select organisation_id, organisation_id from bank_movement where id = p_id
    union all select organisation_id, organisation_id from funder_claim where id = p_id
    union all select organisation_id, organisation_id from share_receipt where id = p_id
    union all select buyer_id, seller_id from reminder_letter where id = p_id
    union all select organisation_id, organisation_id from received_document where id = p_id
    union all select buyer_id, seller_id from placement_record where id = p_id
    union all select buyer_id, seller_id from delivery where id = p_id
    union all select buyer_id, seller_id from absence where id = p_id
    union all select buyer_id, seller_id from agreement where id = p_id
    union all select seller_id, seller_id from offer where id = p_id
    union all select buyer_id, seller_id from message_thread where id = p_id
    union all select organisation_id, organisation_id from resident where organisation_id = any (p_predecessors) and id = p_id
  ) r
  where (r.party_id = any (p_predecessors) or r.other_id = any (p_predecessors)) and p_own not in (r.party_id, r.other_id)
  limit 1
$function$
;
CREATE OR REPLACE FUNCTION refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'the audit log is never changed' using errcode = 'insufficient_privilege', constraint = 'audit_event_is_append_only';
end $function$
;
CREATE OR REPLACE FUNCTION refuse_ledger_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'what is booked is never changed' using errcode = 'insufficient_privilege', constraint = 'ledger_is_append_only';
end $function$
;
CREATE OR REPLACE FUNCTION refuse_new_facts()
 RETURNS trigger
 LANGUAGE plpgsql
 SET search_path TO 'public'
AS $function$
declare found record;
begin
  execute format(
    'select p.name, n.name as successor, s.succeeded_on from added a join succession s on s.predecessor_id in (%s)
       join organisation p on p.id = s.predecessor_id join organisation n on n.id = s.successor_id where %s limit 1',
    tg_argv[0], tg_argv[1]) into found;
  if found.name is not null then
    raise exception 'merged into another organisation' using errcode = 'check_violation', constraint = 'organisation_succeeded',
      detail = json_build_object('name', found.name, 'successor', found.successor, 'date', found.succeeded_on)::text;
  end if;
  return null;
end $function$
;
CREATE OR REPLACE FUNCTION shelf_of(p_sellers uuid[])
 RETURNS TABLE(id uuid, seller_id uuid, kind_code text, provider_id uuid, title text, delivery_mode text, target_groups text[], languages text[], accessibility text[], place text, touched double precision, words text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
  select o.id, o.seller_id, o.kind_code, o.provider_id, o.title, o.delivery_mode, o.target_groups, o.languages, o.accessibility, o.place,
    floor(extract(epoch from greatest(o.changed_at, o.confirmed_at)) * 1000)::float8, array_to_string(t.each_word, ' ')
  from offer o join offer_text t on t.offer_id = o.id
  where o.status = 'published' and o.seller_id = any (p_sellers)
$function$
;
CREATE OR REPLACE FUNCTION shelf_order()
 RETURNS text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
  select coalesce(string_agg(o.id::text, ','), '') from (select id from offer where status = 'published' order by title collate lv, id) o
$function$
;
CREATE OR REPLACE FUNCTION stays_above(p_seller uuid, p_before jsonb, p_after jsonb)
 RETURNS TABLE(offer_id uuid, id uuid, way text, places integer, on_date date, capacity integer, taken integer)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
  with before as materialized (
    select r.* from jsonb_to_recordset(p_before) as r(offer_id uuid, valid_from date, valid_to date, places int)
  ), after as materialized (
    select r.* from jsonb_to_recordset(p_after) as r(offer_id uuid, valid_from date, valid_to date, places int)
  ), taking as materialized (
    select t.offer_id, t.id, t.way, t.places, t.valid_from, t.valid_to, t.weekdays from place_taking t
    where t.seller_id = p_seller and t.offer_id in (select a.offer_id from after a)
  ), edge as (
    select a.offer_id, a.valid_from as d from after a
    union select a.offer_id, a.valid_to + 1 from after a where a.valid_to is not null
    union select b.offer_id, b.valid_from from before b
    union select b.offer_id, b.valid_to + 1 from before b where b.valid_to is not null
    union select t.offer_id, t.valid_from from taking t
    union select t.offer_id, t.valid_to + 1 from taking t where t.places < 0
  ), day as (
    select distinct e.offer_id, e.d + more as d from edge e
    cross join generate_series(0, case
      when exists (select from taking t where t.offer_id = e.offer_id and t.weekdays is not null) then 6 else 0 end) as more
  ), cut as (
    select day.offer_id, day.d, coalesce(a.places, 0) as capacity
    from day
    left join after a on a.offer_id = day.offer_id and daterange(a.valid_from, a.valid_to, '[]') @> day.d
    left join before b on b.offer_id = day.offer_id and daterange(b.valid_from, b.valid_to, '[]') @> day.d
    where coalesce(a.places, 0) < coalesce(b.places, 0) or not exists (select from before x where x.offer_id = day.offer_id)
  ), there as (
    select cut.offer_id, cut.d, cut.capacity, t.id, t.way, t.places,
      sum(t.places) over (partition by cut.offer_id, cut.d)::int as taken,
      sum(greatest(t.places, 0)) over (partition by cut.offer_id, cut.d order by t.valid_from, t.id)
        + sum(least(t.places, 0)) over (partition by cut.offer_id, cut.d) as reached
    from cut join taking t on t.offer_id = cut.offer_id and daterange(t.valid_from, t.valid_to, '[]') @> cut.d
      and (t.weekdays is null or extract(isodow from cut.d)::int = any (t.weekdays))
  )
  select distinct on (there.offer_id, there.id) there.offer_id, there.id, there.way, there.places, there.d, there.capacity, there.taken
  from there where there.reached > there.capacity and there.way <> 'absence'
  order by there.offer_id, there.id, there.d
$function$
;
CREATE OR REPLACE FUNCTION words_nearly(p_word text)
 RETURNS TABLE(word text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'public'
 SET "pg_trgm.word_similarity_threshold" TO '0.5'
AS $function$
  select distinct c.word from catalogue_word c where p_word <% c.word and length(p_word) >= 4
$function$
;
CREATE OR REPLACE FUNCTION words_of_text(p_words text)
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select coalesce(array_agg(distinct w.word order by w.word), '{}') from regexp_split_to_table(p_words collate lv, '[^[:alnum:]]+') as w(word) where w.word <> ''
$function$
;

-- triggers
CREATE TRIGGER absence_added_to_lists AFTER INSERT ON absence REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION mark_stays_changed();
CREATE TRIGGER absence_changed_in_lists AFTER UPDATE ON absence REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION mark_stays_changed();
CREATE TRIGGER absence_gone_from_lists AFTER DELETE ON absence REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION mark_stays_changed();
CREATE TRIGGER agreement_of_ones_that_are_there AFTER INSERT ON agreement REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_new_facts('a.seller_id, a.buyer_id', 'true');
CREATE TRIGGER audit_event_is_append_only BEFORE DELETE OR UPDATE ON audit_event FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_event_is_never_truncated BEFORE TRUNCATE ON audit_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER capacity_added_to_lists AFTER INSERT ON capacity REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION mark_places_changed();
CREATE TRIGGER capacity_changed_in_lists AFTER UPDATE ON capacity REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION mark_places_changed();
CREATE TRIGGER capacity_gone_from_lists AFTER DELETE ON capacity REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION mark_places_changed();
CREATE TRIGGER capacity_of_one_that_is_there AFTER INSERT ON capacity REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_new_facts('a.seller_id', 'coalesce(a.valid_to, ''infinity'') >= s.succeeded_on');
CREATE TRIGGER capacity_part_added_to_lists AFTER INSERT ON capacity_part REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION mark_places_changed();
CREATE TRIGGER capacity_part_changed_in_lists AFTER UPDATE ON capacity_part REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION mark_places_changed();
CREATE TRIGGER capacity_part_gone_from_lists AFTER DELETE ON capacity_part REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION mark_places_changed();
CREATE TRIGGER ledger_is_append_only BEFORE DELETE OR UPDATE ON ledger_entry FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change();
CREATE TRIGGER ledger_transaction_balanced AFTER INSERT ON ledger_entry REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_entries_balance();
CREATE TRIGGER catalogue_is_changed AFTER INSERT OR DELETE OR UPDATE ON locality FOR EACH STATEMENT EXECUTE FUNCTION mark_catalogue_changed();
CREATE TRIGGER catalogue_is_changed AFTER INSERT OR DELETE OR UPDATE ON need_word FOR EACH STATEMENT EXECUTE FUNCTION mark_catalogue_changed();
CREATE TRIGGER netting_member_that_is_there AFTER INSERT ON netting_member REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_new_facts('a.organisation_id', 'true');
CREATE TRIGGER offer_added_to_lists AFTER INSERT ON offer REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION mark_offer_rows_changed();
CREATE TRIGGER offer_changed_in_lists AFTER UPDATE ON offer REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION mark_offer_rows_changed();
CREATE TRIGGER offer_gone_from_lists AFTER DELETE ON offer REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION mark_offer_rows_changed();
CREATE TRIGGER offer_of_one_that_is_there AFTER INSERT ON offer REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_new_facts('a.seller_id', 'true');
CREATE TRIGGER offer_published_by_one_that_is_there AFTER UPDATE ON offer REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_new_facts('a.seller_id', 'a.status = ''published''');
CREATE TRIGGER offer_text_is_kept AFTER INSERT OR UPDATE OF title, description, locality, address ON offer FOR EACH ROW EXECUTE FUNCTION keep_offer_text();
CREATE TRIGGER offers_added AFTER INSERT ON offer REFERENCING NEW TABLE AS new_offers FOR EACH STATEMENT EXECUTE FUNCTION mark_offers_changed();
CREATE TRIGGER offers_changed AFTER UPDATE ON offer REFERENCING OLD TABLE AS old_offers NEW TABLE AS new_offers FOR EACH STATEMENT EXECUTE FUNCTION mark_offers_changed();
CREATE TRIGGER offers_removed AFTER DELETE ON offer REFERENCING OLD TABLE AS old_offers FOR EACH STATEMENT EXECUTE FUNCTION mark_offers_changed();
CREATE TRIGGER catalogue_is_changed AFTER INSERT OR DELETE OR UPDATE OF name, name_en, locality ON organisation FOR EACH STATEMENT EXECUTE FUNCTION mark_catalogue_changed();
CREATE TRIGGER organisation_named_in_lists AFTER UPDATE OF name, name_en ON organisation FOR EACH STATEMENT EXECUTE FUNCTION mark_lists_changed();
CREATE TRIGGER payment_withdrawn_frees_movements AFTER UPDATE OF status ON payment FOR EACH ROW WHEN (((new.status = 'withdrawn'::text) AND (old.status <> 'withdrawn'::text))) EXECUTE FUNCTION free_movements();
CREATE TRIGGER request_of_one_that_is_there AFTER INSERT ON place_request REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_new_facts('a.buyer_id', 'true');
CREATE TRIGGER placement_kept_before_the_merger AFTER UPDATE ON placement_record REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_new_facts('a.seller_id, a.buyer_id', 'coalesce(a.valid_to, ''infinity'') > s.succeeded_on');
CREATE TRIGGER placement_of_ones_that_are_there AFTER INSERT ON placement_record REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_new_facts('a.seller_id, a.buyer_id', 'coalesce(a.valid_to, ''infinity'') > s.succeeded_on');
CREATE TRIGGER placement_record_added_to_lists AFTER INSERT ON placement_record REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION mark_places_changed();
CREATE TRIGGER placement_record_changed_in_lists AFTER UPDATE ON placement_record REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION mark_places_changed();
CREATE TRIGGER placement_record_gone_from_lists AFTER DELETE ON placement_record REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION mark_places_changed();
CREATE TRIGGER placement_weekdays_added_to_lists AFTER INSERT ON placement_weekdays REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION mark_stays_changed();
CREATE TRIGGER placement_weekdays_changed_in_lists AFTER UPDATE ON placement_weekdays REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION mark_stays_changed();
CREATE TRIGGER placement_weekdays_gone_from_lists AFTER DELETE ON placement_weekdays REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION mark_stays_changed();
CREATE TRIGGER price_added_to_lists AFTER INSERT ON price REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION mark_places_changed();
CREATE TRIGGER price_changed_in_lists AFTER UPDATE ON price REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION mark_places_changed();
CREATE TRIGGER price_gone_from_lists AFTER DELETE ON price REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION mark_places_changed();
CREATE TRIGGER price_of_one_that_is_there AFTER INSERT ON price REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_new_facts('a.seller_id', 'a.valid_from >= s.succeeded_on');
CREATE TRIGGER catalogue_is_changed AFTER INSERT OR DELETE OR UPDATE OF owner_type ON provider FOR EACH STATEMENT EXECUTE FUNCTION mark_catalogue_changed();
CREATE TRIGGER provider_named_in_lists AFTER UPDATE OF name ON provider FOR EACH STATEMENT EXECUTE FUNCTION mark_lists_changed();
CREATE TRIGGER queue_entry_changed_in_lists AFTER UPDATE ON queue_entry REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION mark_asked_changed();
CREATE TRIGGER queue_entry_of_ones_that_are_there AFTER INSERT ON queue_entry REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_new_facts('a.seller_id, a.buyer_id', 'true');
CREATE TRIGGER referral_changed_in_lists AFTER UPDATE ON referral REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION mark_asked_changed();
CREATE TRIGGER referral_of_ones_that_are_there AFTER INSERT ON referral REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_new_facts('a.seller_id, a.buyer_id', 'true');
CREATE TRIGGER reservation_added_to_lists AFTER INSERT ON reservation REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION mark_places_changed();
CREATE TRIGGER reservation_changed_in_lists AFTER UPDATE ON reservation REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION mark_places_changed();
CREATE TRIGGER reservation_gone_from_lists AFTER DELETE ON reservation REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION mark_places_changed();
CREATE TRIGGER reservation_of_ones_that_are_there AFTER INSERT ON reservation REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_new_facts('a.seller_id, a.buyer_id', 'true');
CREATE TRIGGER resident_of_one_that_is_there AFTER INSERT ON resident REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_new_facts('a.organisation_id', 'true');
CREATE TRIGGER catalogue_is_changed AFTER INSERT OR DELETE OR UPDATE ON service_kind FOR EACH STATEMENT EXECUTE FUNCTION mark_catalogue_changed();
CREATE TRIGGER kind_named_in_lists AFTER UPDATE ON service_kind FOR EACH STATEMENT EXECUTE FUNCTION mark_lists_changed();
CREATE TRIGGER settling_is_append_only BEFORE DELETE OR UPDATE ON settling FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change();
CREATE TRIGGER move_of_ones_that_are_there AFTER INSERT ON stay_move REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION refuse_new_facts('a.to_seller_id, a.to_buyer_id', 'true');
CREATE TRIGGER catalogue_is_changed AFTER INSERT OR DELETE OR UPDATE ON target_group FOR EACH STATEMENT EXECUTE FUNCTION mark_catalogue_changed();

-- row level security
alter table absence enable row level security;
create policy seen on absence for select
  using (((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
create policy seller_insert on absence for insert
  with check ((seller_id = app_organisation()));
create policy seller_update on absence for update
  using ((seller_id = app_organisation()))
  with check ((seller_id = app_organisation()));
alter table account enable row level security;
create policy own_delete on account for delete
  using ((organisation_id = app_organisation()));
create policy own_insert on account for insert
  with check ((organisation_id = app_organisation()));
create policy own_update on account for update
  using ((organisation_id = app_organisation()))
  with check ((organisation_id = app_organisation()));
create policy seen on account for select
  using ((organisation_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])));
alter table agreed_credit enable row level security;
create policy seen on agreed_credit for select
  using (((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
create policy seller_insert on agreed_credit for insert
  with check ((seller_id = app_organisation()));
alter table agreement enable row level security;
create policy party_insert on agreement for insert
  with check (((drafted_by_id = app_organisation()) AND ((app_organisation() = seller_id) OR (app_organisation() = buyer_id))));
create policy party_update on agreement for update
  using (((app_organisation() = seller_id) OR (app_organisation() = buyer_id)))
  with check (((app_organisation() = seller_id) OR (app_organisation() = buyer_id)));
create policy seen on agreement for select
  using (((drafted_by_id = app_organisation()) OR ((proposed_at IS NOT NULL) AND ((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))))));
alter table agreement_template enable row level security;
create policy own_insert on agreement_template for insert
  with check ((seller_id = app_organisation()));
create policy own_update on agreement_template for update
  using ((seller_id = app_organisation()))
  with check ((seller_id = app_organisation()));
create policy read_all on agreement_template for select
  using (true);
alter table api_token enable row level security;
create policy own on api_token for all
  using ((organisation_id = app_organisation()))
  with check ((organisation_id = app_organisation()));
alter table audit_event enable row level security;
create policy own_insert on audit_event for insert
  with check ((organisation_id = app_organisation()));
create policy seen on audit_event for select
  using (((organisation_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
alter table balance_confirmation enable row level security;
create policy own_insert on balance_confirmation for insert
  with check ((organisation_id = app_organisation()));
create policy party_update on balance_confirmation for update
  using (((app_organisation() = organisation_id) OR (app_organisation() = counterparty_id)))
  with check (((app_organisation() = organisation_id) OR (app_organisation() = counterparty_id)));
create policy seen on balance_confirmation for select
  using (((organisation_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (counterparty_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
alter table bank_account enable row level security;
create policy own_insert on bank_account for insert
  with check ((organisation_id = app_organisation()));
create policy own_update on bank_account for update
  using ((organisation_id = app_organisation()))
  with check ((organisation_id = app_organisation()));
create policy read_all on bank_account for select
  using (true);
alter table bank_movement enable row level security;
create policy own_insert on bank_movement for insert
  with check ((organisation_id = app_organisation()));
create policy own_update on bank_movement for update
  using ((organisation_id = app_organisation()))
  with check ((organisation_id = app_organisation()));
create policy seen on bank_movement for select
  using (((organisation_id = ( SELECT app_organisation() AS app_organisation)) AND (( SELECT app_roles() AS app_roles) && ARRAY['finance'::text, 'auditor'::text])));
alter table bank_statement enable row level security;
create policy own_insert on bank_statement for insert
  with check ((organisation_id = app_organisation()));
create policy own_update on bank_statement for update
  using ((organisation_id = app_organisation()))
  with check ((organisation_id = app_organisation()));
create policy seen on bank_statement for select
  using (((organisation_id = ( SELECT app_organisation() AS app_organisation)) AND (( SELECT app_roles() AS app_roles) && ARRAY['finance'::text, 'auditor'::text])));
alter table bridge enable row level security;
create policy buyer_insert on bridge for insert
  with check ((buyer_id = app_organisation()));
create policy seen on bridge for select
  using ((buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])));
alter table capacity enable row level security;
create policy own_delete on capacity for delete
  using ((seller_id = app_organisation()));
create policy own_insert on capacity for insert
  with check ((seller_id = app_organisation()));
create policy own_update on capacity for update
  using ((seller_id = app_organisation()))
  with check ((seller_id = app_organisation()));
create policy seen on capacity for select
  using ((EXISTS ( SELECT
   FROM offer o
  WHERE ((o.seller_id = capacity.seller_id) AND (o.id = capacity.offer_id)))));
alter table capacity_part enable row level security;
create policy seen on capacity_part for select
  using (((buyer_id IS NULL) OR (seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
create policy seller_delete on capacity_part for delete
  using ((seller_id = app_organisation()));
create policy seller_insert on capacity_part for insert
  with check ((seller_id = app_organisation()));
alter table catalogue_version enable row level security;
create policy read_all on catalogue_version for select
  using (true);
alter table catalogue_word enable row level security;
alter table charge enable row level security;
create policy seen on charge for select
  using (((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
create policy seller_insert on charge for insert
  with check ((seller_id = app_organisation()));
create policy seller_update on charge for update
  using ((seller_id = app_organisation()))
  with check ((seller_id = app_organisation()));
alter table close_run enable row level security;
create policy own_insert on close_run for insert
  with check ((seller_id = app_organisation()));
create policy own_update on close_run for update
  using ((seller_id = app_organisation()))
  with check ((seller_id = app_organisation()));
create policy seen on close_run for select
  using ((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])));
alter table closed_offer enable row level security;
create policy read_all on closed_offer for select
  using (true);
create policy seller_insert on closed_offer for insert
  with check ((seller_id = app_organisation()));
alter table commitment enable row level security;
create policy own on commitment for all
  using ((buyer_id = app_organisation()))
  with check ((buyer_id = app_organisation()));
alter table counter_offer enable row level security;
create policy party_update on counter_offer for update
  using (((seller_id = app_organisation()) OR (buyer_id = app_organisation())))
  with check (((seller_id = app_organisation()) OR (buyer_id = app_organisation())));
create policy seen on counter_offer for select
  using (((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
create policy seller_insert on counter_offer for insert
  with check ((seller_id = app_organisation()));
alter table day_confirmation enable row level security;
create policy buyer_insert on day_confirmation for insert
  with check ((buyer_id = app_organisation()));
create policy buyer_update on day_confirmation for update
  using ((buyer_id = app_organisation()))
  with check ((buyer_id = app_organisation()));
create policy seen on day_confirmation for select
  using (((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
alter table delivery enable row level security;
create policy seen on delivery for select
  using (((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
create policy seller_insert on delivery for insert
  with check ((seller_id = app_organisation()));
create policy seller_update on delivery for update
  using ((seller_id = app_organisation()))
  with check ((seller_id = app_organisation()));
alter table dispute enable row level security;
create policy buyer_insert on dispute for insert
  with check ((buyer_id = app_organisation()));
create policy involved_update on dispute for update
  using ((((app_organisation() = seller_id) OR (app_organisation() = buyer_id)) OR (app_organisation() = region_id)))
  with check ((((app_organisation() = seller_id) OR (app_organisation() = buyer_id)) OR (app_organisation() = region_id)));
create policy seen on dispute for select
  using (((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
alter table dispute_file enable row level security;
create policy own_word on dispute_file for insert
  with check ((EXISTS ( SELECT
   FROM dispute_step s
  WHERE ((s.seller_id = dispute_file.seller_id) AND (s.dispute_id = dispute_file.dispute_id) AND (s.id = dispute_file.step_id) AND (s.organisation_id = app_organisation()) AND (s.buyer_id = dispute_file.buyer_id)))));
create policy seen on dispute_file for select
  using (((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
alter table dispute_step enable row level security;
create policy own_word on dispute_step for insert
  with check (((organisation_id = app_organisation()) AND (EXISTS ( SELECT
   FROM dispute d
  WHERE ((d.seller_id = dispute_step.seller_id) AND (d.id = dispute_step.dispute_id) AND (d.buyer_id = dispute_step.buyer_id) AND (((app_organisation() = d.seller_id) OR (app_organisation() = d.buyer_id)) OR (app_organisation() = d.region_id)))))));
create policy seen on dispute_step for select
  using (((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
alter table dispute_terms enable row level security;
create policy own_insert on dispute_terms for insert
  with check ((seller_id = app_organisation()));
create policy own_update on dispute_terms for update
  using ((seller_id = app_organisation()))
  with check ((seller_id = app_organisation()));
create policy seen on dispute_terms for select
  using (((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (EXISTS ( SELECT
   FROM placement_record p
  WHERE (p.seller_id = dispute_terms.seller_id)))));
alter table document enable row level security;
create policy seen on document for select
  using (((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
create policy seller_insert on document for insert
  with check ((seller_id = app_organisation()));
create policy seller_update on document for update
  using ((seller_id = app_organisation()))
  with check ((seller_id = app_organisation()));
alter table document_wish enable row level security;
create policy own_delete on document_wish for delete
  using ((buyer_id = app_organisation()));
create policy own_insert on document_wish for insert
  with check ((buyer_id = app_organisation()));
create policy own_update on document_wish for update
  using ((buyer_id = app_organisation()))
  with check ((buyer_id = app_organisation()));
create policy seen on document_wish for select
  using ((((seller_id IS NULL) AND (app_organisation() IS NOT NULL)) OR (seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
alter table feedback enable row level security;
create policy buyer_insert on feedback for insert
  with check (((buyer_id = app_organisation()) AND (EXISTS ( SELECT
   FROM placement_record p
  WHERE ((p.seller_id = feedback.seller_id) AND (p.id = feedback.placement_id) AND (p.buyer_id = feedback.buyer_id) AND (p.offer_id = feedback.offer_id))))));
create policy seen on feedback for select
  using (((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
create policy seller_update on feedback for update
  using (((seller_id = app_organisation()) AND (answer IS NULL)))
  with check ((seller_id = app_organisation()));
alter table file_upload enable row level security;
alter table funder_claim enable row level security;
create policy own_insert on funder_claim for insert
  with check ((organisation_id = app_organisation()));
create policy own_update on funder_claim for update
  using ((organisation_id = app_organisation()))
  with check ((organisation_id = app_organisation()));
create policy seen on funder_claim for select
  using ((organisation_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])));
alter table funder_claim_line enable row level security;
create policy own_insert on funder_claim_line for insert
  with check ((organisation_id = app_organisation()));
create policy own_update on funder_claim_line for update
  using ((organisation_id = app_organisation()))
  with check ((organisation_id = app_organisation()));
create policy seen on funder_claim_line for select
  using ((organisation_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])));
alter table funder_programme enable row level security;
create policy own_insert on funder_programme for insert
  with check ((organisation_id = app_organisation()));
create policy own_update on funder_programme for update
  using ((organisation_id = app_organisation()))
  with check ((organisation_id = app_organisation()));
create policy seen on funder_programme for select
  using ((organisation_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])));
alter table funding_sum enable row level security;
create policy seen on funding_sum for select
  using (((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
create policy seller_insert on funding_sum for insert
  with check ((seller_id = app_organisation()));
create policy seller_update on funding_sum for update
  using ((seller_id = app_organisation()))
  with check ((seller_id = app_organisation()));
alter table idempotency_key enable row level security;
create policy any_key on idempotency_key for all
  using (true)
  with check (true);
alter table interest_claim enable row level security;
create policy seen on interest_claim for select
  using (((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
create policy seller_insert on interest_claim for insert
  with check ((seller_id = app_organisation()));
create policy seller_update on interest_claim for update
  using ((seller_id = app_organisation()))
  with check ((seller_id = app_organisation()));
alter table late_terms enable row level security;
create policy own_insert on late_terms for insert
  with check ((organisation_id = app_organisation()));
create policy own_update on late_terms for update
  using ((organisation_id = app_organisation()))
  with check ((organisation_id = app_organisation()));
create policy seen on late_terms for select
  using ((organisation_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])));
alter table ledger_entry enable row level security;
create policy party_insert on ledger_entry for insert
  with check ((((app_organisation() = organisation_id) OR (app_organisation() = counterparty_id)) OR (ARRAY[organisation_id, counterparty_id] && ( SELECT app_acts_for() AS app_acts_for))));
create policy seen on ledger_entry for select
  using ((organisation_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])));
alter table ledger_export enable row level security;
create policy own on ledger_export for select
  using ((organisation_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])));
create policy own_insert on ledger_export for insert
  with check ((organisation_id = app_organisation()));
alter table ledger_export_columns enable row level security;
create policy own_insert on ledger_export_columns for insert
  with check ((organisation_id = app_organisation()));
create policy own_update on ledger_export_columns for update
  using ((organisation_id = app_organisation()))
  with check ((organisation_id = app_organisation()));
create policy seen on ledger_export_columns for select
  using ((organisation_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])));
alter table ledger_exported enable row level security;
create policy own on ledger_exported for select
  using ((organisation_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])));
create policy own_insert on ledger_exported for insert
  with check ((organisation_id = app_organisation()));
alter table locality enable row level security;
create policy read_all on locality for select
  using (true);
alter table membership enable row level security;
create policy administrator_grants on membership for insert
  with check ((('administrator'::text = ANY (app_roles())) AND (EXISTS ( SELECT
   FROM organisation o
  WHERE ((o.id = membership.organisation_id) AND ((app_organisation() = o.id) OR (app_organisation() = o.region_id)))))));
create policy administrator_revokes on membership for delete
  using ((('administrator'::text = ANY (app_roles())) AND (organisation_id = app_organisation())));
create policy seen on membership for select
  using (((person_id = app_person()) OR (organisation_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
alter table merger enable row level security;
create policy region_insert on merger for insert
  with check ((region_id = app_organisation()));
create policy region_update on merger for update
  using ((region_id = app_organisation()))
  with check ((region_id = app_organisation()));
create policy seen on merger for select
  using (((region_id = app_organisation()) OR (successor_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (predecessor_ids && ( SELECT app_sees() AS app_sees))));
alter table message enable row level security;
create policy own_word on message for insert
  with check (((organisation_id = app_organisation()) AND (EXISTS ( SELECT
   FROM message_thread t
  WHERE ((t.seller_id = message.seller_id) AND (t.id = message.thread_id) AND (t.buyer_id = message.buyer_id) AND ((app_organisation() = t.seller_id) OR (app_organisation() = t.buyer_id)))))));
create policy seen on message for select
  using (((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
alter table message_file enable row level security;
create policy own_word on message_file for insert
  with check ((EXISTS ( SELECT
   FROM message m
  WHERE ((m.seller_id = message_file.seller_id) AND (m.thread_id = message_file.thread_id) AND (m.id = message_file.message_id) AND (m.organisation_id = app_organisation()) AND (m.buyer_id = message_file.buyer_id)))));
create policy seen on message_file for select
  using (((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
alter table message_read enable row level security;
create policy own_insert on message_read for insert
  with check (((organisation_id = app_organisation()) AND (person_id = app_person()) AND (EXISTS ( SELECT
   FROM message_thread t
  WHERE ((t.seller_id = message_read.seller_id) AND (t.id = message_read.thread_id) AND (t.buyer_id = message_read.buyer_id))))));
create policy own_update on message_read for update
  using (((organisation_id = app_organisation()) AND (person_id = app_person())))
  with check (((organisation_id = app_organisation()) AND (person_id = app_person())));
create policy seen on message_read for select
  using (((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
alter table message_thread enable row level security;
create policy party_insert on message_thread for insert
  with check (
CASE subject_type
    WHEN 'referral'::text THEN (((app_organisation() = seller_id) OR (app_organisation() = buyer_id)) AND (EXISTS ( SELECT
       FROM referral r
      WHERE ((r.id = message_thread.subject_id) AND (r.seller_id = message_thread.seller_id) AND (r.buyer_id = message_thread.buyer_id) AND (r.submitted_at IS NOT NULL)))))
    WHEN 'placement'::text THEN (((app_organisation() = seller_id) OR (app_organisation() = buyer_id)) AND (EXISTS ( SELECT
       FROM placement_record p
      WHERE ((p.id = message_thread.subject_id) AND (p.seller_id = message_thread.seller_id) AND (p.buyer_id = message_thread.buyer_id)))))
    ELSE ((app_organisation() = buyer_id) AND (EXISTS ( SELECT
       FROM offer o
      WHERE ((o.id = message_thread.subject_id) AND (o.seller_id = message_thread.seller_id) AND (o.status <> 'draft'::text)))))
END);
create policy party_update on message_thread for update
  using (((app_organisation() = seller_id) OR (app_organisation() = buyer_id)))
  with check (((app_organisation() = seller_id) OR (app_organisation() = buyer_id)));
create policy seen on message_thread for select
  using (((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
alter table month_close enable row level security;
create policy seen on month_close for select
  using ((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])));
create policy seller_insert on month_close for insert
  with check ((seller_id = app_organisation()));
create policy seller_update on month_close for update
  using ((seller_id = app_organisation()))
  with check ((seller_id = app_organisation()));
alter table need_word enable row level security;
create policy read_all on need_word for select
  using (true);
alter table netting enable row level security;
create policy asked on netting for select
  using ((asked_ids && ( SELECT app_sees() AS app_sees)));
alter table netting_flow enable row level security;
create policy taking_part on netting_flow for select
  using ((EXISTS ( SELECT
   FROM netting n
  WHERE ((n.id = netting_flow.netting_id) AND (n.party_ids && ( SELECT app_sees() AS app_sees))))));
alter table netting_item enable row level security;
create policy seen on netting_item for select
  using (((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
alter table netting_member enable row level security;
create policy of_region on netting_member for select
  using (((region_id = app_organisation()) OR (EXISTS ( SELECT
   FROM organisation o
  WHERE ((o.id = app_organisation()) AND (o.region_id = netting_member.region_id))))));
create policy own_delete on netting_member for delete
  using ((organisation_id = app_organisation()));
create policy own_insert on netting_member for insert
  with check (((organisation_id = app_organisation()) AND (EXISTS ( SELECT
   FROM organisation o
  WHERE ((o.id = app_organisation()) AND (o.region_id = netting_member.region_id))))));
alter table netting_party enable row level security;
create policy taking_part on netting_party for select
  using (((organisation_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (EXISTS ( SELECT
   FROM netting n
  WHERE ((n.id = netting_party.netting_id) AND (n.party_ids && ( SELECT app_sees() AS app_sees)))))));
alter table netting_transfer enable row level security;
create policy party_update on netting_transfer for update
  using ((((app_organisation() = debtor_id) OR (app_organisation() = creditor_id)) OR (ARRAY[debtor_id, creditor_id] && ( SELECT app_acts_for() AS app_acts_for))))
  with check ((((app_organisation() = debtor_id) OR (app_organisation() = creditor_id)) OR (ARRAY[debtor_id, creditor_id] && ( SELECT app_acts_for() AS app_acts_for))));
create policy taking_part on netting_transfer for select
  using ((EXISTS ( SELECT
   FROM netting n
  WHERE ((n.id = netting_transfer.netting_id) AND (n.party_ids && ( SELECT app_sees() AS app_sees))))));
alter table notice enable row level security;
create policy own on notice for select
  using (((organisation_id = app_organisation()) AND ((person_id IS NULL) OR (person_id = app_person()))));
alter table notice_digest enable row level security;
alter table notice_preference enable row level security;
create policy own on notice_preference for all
  using ((person_id = app_person()))
  with check ((person_id = app_person()));
alter table notice_read enable row level security;
create policy own on notice_read for select
  using (((organisation_id = app_organisation()) AND (person_id = app_person())));
create policy own_insert on notice_read for insert
  with check (((organisation_id = app_organisation()) AND (person_id = app_person())));
alter table number_series enable row level security;
create policy own on number_series for select
  using ((seller_id = app_organisation()));
create policy seller_insert on number_series for insert
  with check ((seller_id = app_organisation()));
create policy seller_update on number_series for update
  using ((seller_id = app_organisation()))
  with check ((seller_id = app_organisation()));
alter table offer enable row level security;
create policy own_insert on offer for insert
  with check ((seller_id = app_organisation()));
create policy own_update on offer for update
  using ((seller_id = app_organisation()))
  with check ((seller_id = app_organisation()));
create policy seen on offer for select
  using (((status <> 'draft'::text) OR (seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
alter table offer_change enable row level security;
alter table offer_standard enable row level security;
create policy own_insert on offer_standard for insert
  with check ((seller_id = app_organisation()));
create policy own_update on offer_standard for update
  using ((seller_id = app_organisation()))
  with check ((seller_id = app_organisation()));
create policy seen on offer_standard for select
  using ((EXISTS ( SELECT
   FROM offer o
  WHERE ((o.seller_id = offer_standard.seller_id) AND (o.id = offer_standard.offer_id)))));
alter table offer_text enable row level security;
alter table organisation enable row level security;
create policy own_or_region on organisation for update
  using (((id = app_organisation()) OR (region_id = app_organisation())))
  with check (((id = app_organisation()) OR (region_id = app_organisation())));
create policy read_all on organisation for select
  using (true);
create policy region_adds on organisation for insert
  with check ((region_id = app_organisation()));
alter table organisation_logo enable row level security;
create policy own_insert on organisation_logo for insert
  with check ((EXISTS ( SELECT
   FROM organisation o
  WHERE ((o.id = organisation_logo.organisation_id) AND ((app_organisation() = o.id) OR (app_organisation() = o.region_id))))));
create policy read_all on organisation_logo for select
  using (true);
alter table outbox enable row level security;
create policy own on outbox for select
  using ((organisation_id = app_organisation()));
create policy own_insert on outbox for insert
  with check ((organisation_id = app_organisation()));
create policy party on outbox for select
  using (((kind = 'document'::text) AND ((organisation_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])))));
alter table over_rule enable row level security;
create policy seen on over_rule for select
  using (true);
create policy seller_delete on over_rule for delete
  using ((seller_id = app_organisation()));
create policy seller_insert on over_rule for insert
  with check ((seller_id = app_organisation()));
alter table paper_setting enable row level security;
create policy own_insert on paper_setting for insert
  with check ((seller_id = app_organisation()));
create policy own_update on paper_setting for update
  using ((seller_id = app_organisation()))
  with check ((seller_id = app_organisation()));
create policy seen on paper_setting for select
  using ((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])));
alter table payment enable row level security;
create policy party_insert on payment for insert
  with check (((app_organisation() = payee_id) OR (app_organisation() = payer_id)));
create policy party_update on payment for update
  using ((((app_organisation() = payee_id) OR (app_organisation() = payer_id)) OR (ARRAY[payee_id, payer_id] && ( SELECT app_acts_for() AS app_acts_for))))
  with check ((((app_organisation() = payee_id) OR (app_organisation() = payer_id)) OR (ARRAY[payee_id, payer_id] && ( SELECT app_acts_for() AS app_acts_for))));
create policy seen on payment for select
  using (((payee_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (payer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
alter table payment_item enable row level security;
create policy own_insert on payment_item for insert
  with check ((organisation_id = app_organisation()));
create policy own_update on payment_item for update
  using ((organisation_id = app_organisation()))
  with check ((organisation_id = app_organisation()));
create policy seen on payment_item for select
  using ((organisation_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])));
alter table payment_order enable row level security;
create policy own_insert on payment_order for insert
  with check ((organisation_id = app_organisation()));
create policy own_update on payment_order for update
  using ((organisation_id = app_organisation()))
  with check ((organisation_id = app_organisation()));
create policy seen on payment_order for select
  using (((organisation_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (handed_out AND (creditor_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])))));
alter table payment_order_item enable row level security;
create policy own_insert on payment_order_item for insert
  with check ((organisation_id = app_organisation()));
create policy own_update on payment_order_item for update
  using ((organisation_id = app_organisation()))
  with check ((organisation_id = app_organisation()));
create policy seen on payment_order_item for select
  using ((EXISTS ( SELECT
   FROM payment_order o
  WHERE ((o.organisation_id = payment_order_item.organisation_id) AND (o.id = payment_order_item.order_id)))));
alter table payment_proposal enable row level security;
create policy own_insert on payment_proposal for insert
  with check ((organisation_id = app_organisation()));
create policy own_update on payment_proposal for update
  using ((organisation_id = app_organisation()))
  with check ((organisation_id = app_organisation()));
create policy seen on payment_proposal for select
  using ((organisation_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])));
alter table payment_settings enable row level security;
create policy own_insert on payment_settings for insert
  with check ((organisation_id = app_organisation()));
create policy own_update on payment_settings for update
  using ((organisation_id = app_organisation()))
  with check ((organisation_id = app_organisation()));
create policy seen on payment_settings for select
  using ((organisation_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])));
alter table person enable row level security;
create policy administrator_adds on person for insert
  with check (('administrator'::text = ANY (app_roles())));
create policy administrator_keeps on person for update
  using ((('administrator'::text = ANY (app_roles())) AND belongs_only_here(id)))
  with check ((('administrator'::text = ANY (app_roles())) AND belongs_only_here(id)));
create policy seen on person for select
  using (((id = app_person()) OR (EXISTS ( SELECT
   FROM membership m
  WHERE ((m.person_id = person.id) AND (m.organisation_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])))))));
create policy self on person for update
  using ((id = app_person()))
  with check ((id = app_person()));
alter table place_request enable row level security;
create policy buyer_insert on place_request for insert
  with check ((buyer_id = app_organisation()));
create policy buyer_update on place_request for update
  using ((buyer_id = app_organisation()))
  with check ((buyer_id = app_organisation()));
create policy seen on place_request for select
  using ((buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])));
alter table placement_paper enable row level security;
create policy involved on placement_paper for select
  using (((app_roles() && ARRAY['lister'::text, 'buyer'::text]) AND ((app_organisation() = seller_id) OR (app_organisation() = buyer_id))));
create policy party_insert on placement_paper for insert
  with check (((app_roles() && ARRAY['lister'::text, 'buyer'::text]) AND ((app_organisation() = seller_id) OR (app_organisation() = buyer_id))));
create policy party_update on placement_paper for update
  using (((app_roles() && ARRAY['lister'::text, 'buyer'::text]) AND ((app_organisation() = seller_id) OR (app_organisation() = buyer_id))))
  with check (((app_organisation() = seller_id) OR (app_organisation() = buyer_id)));
alter table placement_record enable row level security;
create policy party_insert on placement_record for insert
  with check (((seller_id = app_organisation()) OR (buyer_id = app_organisation())));
create policy party_update on placement_record for update
  using (((seller_id = app_organisation()) OR (buyer_id = app_organisation())))
  with check (((seller_id = app_organisation()) OR (buyer_id = app_organisation())));
create policy seen on placement_record for select
  using (((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
alter table placement_step enable row level security;
create policy party_insert on placement_step for insert
  with check (((seller_id = app_organisation()) OR (buyer_id = app_organisation())));
create policy party_update on placement_step for update
  using (((seller_id = app_organisation()) OR (buyer_id = app_organisation())))
  with check (((seller_id = app_organisation()) OR (buyer_id = app_organisation())));
create policy seen on placement_step for select
  using (((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
alter table placement_weekdays enable row level security;
create policy party_delete on placement_weekdays for delete
  using (((seller_id = app_organisation()) OR (buyer_id = app_organisation())));
create policy party_insert on placement_weekdays for insert
  with check (((seller_id = app_organisation()) OR (buyer_id = app_organisation())));
create policy party_update on placement_weekdays for update
  using (((seller_id = app_organisation()) OR (buyer_id = app_organisation())))
  with check (((seller_id = app_organisation()) OR (buyer_id = app_organisation())));
create policy seen on placement_weekdays for select
  using (((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
alter table price enable row level security;
create policy own_insert on price for insert
  with check ((seller_id = app_organisation()));
create policy own_update on price for update
  using ((seller_id = app_organisation()))
  with check ((seller_id = app_organisation()));
create policy seen on price for select
  using ((EXISTS ( SELECT
   FROM offer o
  WHERE ((o.seller_id = price.seller_id) AND (o.id = price.offer_id)))));
alter table provider enable row level security;
create policy own_delete on provider for delete
  using ((municipality_id = app_organisation()));
create policy own_insert on provider for insert
  with check ((municipality_id = app_organisation()));
create policy own_update on provider for update
  using ((municipality_id = app_organisation()))
  with check ((municipality_id = app_organisation()));
create policy read_all on provider for select
  using (true);
alter table provider_suspension enable row level security;
create policy read_all on provider_suspension for select
  using (true);
create policy region_insert on provider_suspension for insert
  with check ((EXISTS ( SELECT
   FROM (provider v
     JOIN organisation o ON ((o.id = v.municipality_id)))
  WHERE ((v.id = provider_suspension.provider_id) AND (o.id = provider_suspension.municipality_id) AND (o.region_id = app_organisation())))));
create policy region_update on provider_suspension for update
  using ((EXISTS ( SELECT
   FROM organisation o
  WHERE ((o.id = provider_suspension.municipality_id) AND (o.region_id = app_organisation())))))
  with check ((EXISTS ( SELECT
   FROM organisation o
  WHERE ((o.id = provider_suspension.municipality_id) AND (o.region_id = app_organisation())))));
alter table queue_entry enable row level security;
create policy buyer_insert on queue_entry for insert
  with check ((buyer_id = app_organisation()));
create policy party_update on queue_entry for update
  using (((seller_id = app_organisation()) OR (buyer_id = app_organisation())))
  with check (((seller_id = app_organisation()) OR (buyer_id = app_organisation())));
create policy seen on queue_entry for select
  using (((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
alter table queue_rule enable row level security;
create policy own_delete on queue_rule for delete
  using ((seller_id = app_organisation()));
create policy own_insert on queue_rule for insert
  with check ((seller_id = app_organisation()));
create policy own_update on queue_rule for update
  using ((seller_id = app_organisation()))
  with check ((seller_id = app_organisation()));
create policy read_all on queue_rule for select
  using (true);
alter table rating_due enable row level security;
create policy through_placement on rating_due for all
  using ((EXISTS ( SELECT
   FROM placement_record p
  WHERE ((p.seller_id = rating_due.seller_id) AND (p.id = rating_due.placement_id)))))
  with check ((EXISTS ( SELECT
   FROM placement_record p
  WHERE ((p.seller_id = rating_due.seller_id) AND (p.id = rating_due.placement_id)))));
alter table rating_evidence enable row level security;
create policy seen on rating_evidence for select
  using (((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
create policy seller_insert on rating_evidence for insert
  with check ((seller_id = app_organisation()));
alter table received_document enable row level security;
create policy own_insert on received_document for insert
  with check ((organisation_id = app_organisation()));
create policy own_update on received_document for update
  using ((organisation_id = app_organisation()))
  with check ((organisation_id = app_organisation()));
create policy seen on received_document for select
  using ((organisation_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])));
alter table received_response enable row level security;
create policy own_insert on received_response for insert
  with check ((organisation_id = app_organisation()));
create policy seen on received_response for select
  using ((organisation_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])));
alter table referral enable row level security;
create policy buyer_delete on referral for delete
  using (((buyer_id = app_organisation()) AND (status = 'draft'::text)));
create policy buyer_insert on referral for insert
  with check ((buyer_id = app_organisation()));
create policy party_update on referral for update
  using (((buyer_id = app_organisation()) OR ((seller_id = app_organisation()) AND (submitted_at IS NOT NULL))))
  with check (((buyer_id = app_organisation()) OR (seller_id = app_organisation())));
create policy seen on referral for select
  using (((buyer_id = app_organisation()) OR ((status <> 'draft'::text) AND (submitted_at IS NOT NULL) AND ((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))))));
alter table reminder enable row level security;
create policy seen on reminder for select
  using (((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
alter table reminder_letter enable row level security;
create policy seen on reminder_letter for select
  using (((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
create policy seller_insert on reminder_letter for insert
  with check ((seller_id = app_organisation()));
alter table reservation enable row level security;
create policy party_update on reservation for update
  using (((seller_id = app_organisation()) OR (buyer_id = app_organisation())))
  with check (((seller_id = app_organisation()) OR (buyer_id = app_organisation())));
create policy seen on reservation for select
  using (((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
create policy seller_insert on reservation for insert
  with check ((seller_id = app_organisation()));
alter table resident enable row level security;
create policy own on resident for all
  using ((organisation_id = app_organisation()))
  with check ((organisation_id = app_organisation()));
alter table resident_person enable row level security;
create policy involved on resident_person for select
  using (((app_roles() && ARRAY['lister'::text, 'buyer'::text]) AND involved_with_resident(organisation_id, resident_id, app_organisation())));
create policy own_insert on resident_person for insert
  with check (((organisation_id = app_organisation()) AND (app_roles() && ARRAY['lister'::text, 'buyer'::text])));
create policy own_update on resident_person for update
  using (((organisation_id = app_organisation()) AND (app_roles() && ARRAY['lister'::text, 'buyer'::text])))
  with check ((organisation_id = app_organisation()));
create policy through_move on resident_person for select
  using (((app_roles() && ARRAY['lister'::text, 'buyer'::text]) AND (EXISTS ( SELECT
   FROM stay_move m
  WHERE (((m.buyer_id = resident_person.organisation_id) AND (m.resident_id = resident_person.resident_id) AND (((m.status = 'proposed'::text) AND ((app_organisation() = m.to_seller_id) OR (app_organisation() = m.to_buyer_id))) OR ((m.status = 'accepted'::text) AND (m.kind = 'place'::text) AND (m.to_seller_id = app_organisation())))) OR ((m.to_buyer_id = resident_person.organisation_id) AND (m.new_resident_id = resident_person.resident_id) AND (m.status = 'accepted'::text) AND (m.to_seller_id = app_organisation())))))));
alter table saved_search enable row level security;
create policy own on saved_search for all
  using (((organisation_id = app_organisation()) AND (person_id = app_person())))
  with check (((organisation_id = app_organisation()) AND (person_id = app_person())));
alter table seller_calendar enable row level security;
create policy own_insert on seller_calendar for insert
  with check ((seller_id = app_organisation()));
create policy own_update on seller_calendar for update
  using ((seller_id = app_organisation()))
  with check ((seller_id = app_organisation()));
create policy seen on seller_calendar for select
  using (((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (EXISTS ( SELECT
   FROM placement_record p
  WHERE (p.seller_id = seller_calendar.seller_id)))));
alter table sending_channel enable row level security;
create policy own on sending_channel for select
  using ((seller_id = app_organisation()));
create policy own_insert on sending_channel for insert
  with check ((seller_id = app_organisation()));
create policy own_update on sending_channel for update
  using ((seller_id = app_organisation()))
  with check ((seller_id = app_organisation()));
alter table service_kind enable row level security;
create policy read_all on service_kind for select
  using (true);
create policy region_keeps on service_kind for all
  using ((EXISTS ( SELECT
   FROM organisation o
  WHERE ((o.id = app_organisation()) AND (o.kind = 'region'::text)))))
  with check ((EXISTS ( SELECT
   FROM organisation o
  WHERE ((o.id = app_organisation()) AND (o.kind = 'region'::text)))));
alter table session enable row level security;
create policy administrator_ends on session for all
  using ((('administrator'::text = ANY (app_roles())) AND belongs_only_here(person_id)));
create policy own on session for all
  using ((person_id = app_person()));
alter table settled_month enable row level security;
create policy seen on settled_month for select
  using (((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
create policy seller_insert on settled_month for insert
  with check ((seller_id = app_organisation()));
create policy seller_update on settled_month for update
  using ((seller_id = app_organisation()))
  with check ((seller_id = app_organisation()));
alter table settling enable row level security;
create policy party_insert on settling for insert
  with check ((((app_organisation() = seller_id) OR (app_organisation() = buyer_id)) OR (ARRAY[seller_id, buyer_id] && ( SELECT app_acts_for() AS app_acts_for))));
create policy seen on settling for select
  using (((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
alter table share_receipt enable row level security;
create policy own_insert on share_receipt for insert
  with check ((organisation_id = app_organisation()));
create policy own_update on share_receipt for update
  using ((organisation_id = app_organisation()))
  with check ((organisation_id = app_organisation()));
create policy seen on share_receipt for select
  using ((organisation_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])));
alter table spending_limit enable row level security;
create policy own_insert on spending_limit for insert
  with check ((buyer_id = app_organisation()));
create policy own_update on spending_limit for update
  using ((buyer_id = app_organisation()))
  with check ((buyer_id = app_organisation()));
create policy seen on spending_limit for select
  using ((buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])));
alter table stay_move enable row level security;
create policy party_insert on stay_move for insert
  with check (((proposed_by_id = app_organisation()) AND ((app_organisation() = seller_id) OR (app_organisation() = buyer_id))));
create policy party_update on stay_move for update
  using (((app_organisation() = proposed_by_id) OR (app_organisation() = answerer_id)))
  with check (((app_organisation() = proposed_by_id) OR (app_organisation() = answerer_id)));
create policy seen on stay_move for select
  using (((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (to_seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (to_buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
alter table stay_rule enable row level security;
create policy own on stay_rule for all
  using ((seller_id = app_organisation()))
  with check ((seller_id = app_organisation()));
create policy seen on stay_rule for select
  using ((EXISTS ( SELECT
   FROM offer o
  WHERE ((o.seller_id = stay_rule.seller_id) AND (o.id = stay_rule.offer_id)))));
alter table stay_rule_of_kind enable row level security;
create policy read_all on stay_rule_of_kind for select
  using (true);
create policy region_keeps on stay_rule_of_kind for all
  using ((EXISTS ( SELECT
   FROM organisation o
  WHERE ((o.id = app_organisation()) AND (o.kind = 'region'::text)))))
  with check ((EXISTS ( SELECT
   FROM organisation o
  WHERE ((o.id = app_organisation()) AND (o.kind = 'region'::text)))));
alter table succession enable row level security;
create policy read_all on succession for select
  using (true);
alter table target_group enable row level security;
create policy read_all on target_group for select
  using (true);
alter table webhook_endpoint enable row level security;
create policy own on webhook_endpoint for all
  using ((organisation_id = app_organisation()))
  with check ((organisation_id = app_organisation()));
alter table withheld enable row level security;
create policy seen on withheld for select
  using (((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
create policy seller_insert on withheld for insert
  with check ((seller_id = app_organisation()));
create policy seller_update on withheld for update
  using ((seller_id = app_organisation()))
  with check ((seller_id = app_organisation()));
alter table write_off enable row level security;
create policy party_insert on write_off for insert
  with check (((app_organisation() = seller_id) OR (app_organisation() = buyer_id)));
create policy seen on write_off for select
  using (((seller_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])) OR (buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[]))));
alter table year_budget enable row level security;
create policy own_insert on year_budget for insert
  with check ((buyer_id = app_organisation()));
create policy own_update on year_budget for update
  using ((buyer_id = app_organisation()))
  with check ((buyer_id = app_organisation()));
create policy seen on year_budget for select
  using ((buyer_id = ANY (( SELECT app_sees() AS app_sees)::uuid[])));

-- what vieta_app may do
grant insert, select, update on absence to vieta_app;
grant delete, insert, select, update on account to vieta_app;
grant insert, select on agreed_credit to vieta_app;
grant insert, select, update on agreement to vieta_app;
grant insert, select, update on agreement_template to vieta_app;
grant delete, insert, select, update on api_token to vieta_app;
grant insert, select on audit_event to vieta_app;
grant insert, select on balance_confirmation to vieta_app;
grant insert, select, update on bank_account to vieta_app;
grant insert, select, update on bank_movement to vieta_app;
grant insert, select, update on bank_statement to vieta_app;
grant insert, select on bridge to vieta_app;
grant delete, insert, select, update on capacity to vieta_app;
grant delete, insert, select on capacity_part to vieta_app;
grant select on catalogue_version to vieta_app;
grant insert, select on charge to vieta_app;
grant insert, select, update on close_run to vieta_app;
grant insert, select on closed_offer to vieta_app;
grant insert, select, update on commitment to vieta_app;
grant insert, select, update on counter_offer to vieta_app;
grant insert, select, update on day_confirmation to vieta_app;
grant insert, select, update on delivery to vieta_app;
grant insert, select, update on dispute to vieta_app;
grant insert, select on dispute_file to vieta_app;
grant insert, select on dispute_step to vieta_app;
grant insert, select, update on dispute_terms to vieta_app;
grant insert, select on document to vieta_app;
grant delete, insert, select, update on document_wish to vieta_app;
grant insert, select on feedback to vieta_app;
grant insert, select on funder_claim to vieta_app;
grant insert, select on funder_claim_line to vieta_app;
grant insert, select, update on funder_programme to vieta_app;
grant delete, insert, select, update on funding_sum to vieta_app;
grant select, update on idempotency_key to vieta_app;
grant insert, select on interest_claim to vieta_app;
grant insert, select, update on late_terms to vieta_app;
grant insert, select on ledger_entry to vieta_app;
grant insert, select on ledger_export to vieta_app;
grant insert, select, update on ledger_export_columns to vieta_app;
grant insert, select on ledger_exported to vieta_app;
grant select on locality to vieta_app;
grant delete, insert, select, update on membership to vieta_app;
grant insert, select, update on merger to vieta_app;
grant insert, select on message to vieta_app;
grant insert, select on message_file to vieta_app;
grant insert, select, update on message_read to vieta_app;
grant insert, select, update on message_thread to vieta_app;
grant insert, select on month_close to vieta_app;
grant select on need_word to vieta_app;
grant select on netting to vieta_app;
grant select on netting_flow to vieta_app;
grant select on netting_item to vieta_app;
grant delete, insert, select on netting_member to vieta_app;
grant select on netting_party to vieta_app;
grant select on netting_transfer to vieta_app;
grant select on notice to vieta_app;
grant insert, select, update on notice_preference to vieta_app;
grant insert, select on notice_read to vieta_app;
grant delete, insert, select, update on number_series to vieta_app;
grant insert, select, update on offer to vieta_app;
grant insert, select, update on offer_standard to vieta_app;
grant select on open_item to vieta_app;
grant insert, select, update on organisation to vieta_app;
grant insert, select on organisation_logo to vieta_app;
grant insert, select on outbox to vieta_app;
grant delete, insert, select on over_rule to vieta_app;
grant insert, select, update on paper_setting to vieta_app;
grant insert, select, update on payment to vieta_app;
grant insert, select, update on payment_item to vieta_app;
grant insert, select, update on payment_order to vieta_app;
grant insert, select, update on payment_order_item to vieta_app;
grant insert, select, update on payment_proposal to vieta_app;
grant insert, select, update on payment_settings to vieta_app;
grant insert, select, update on person to vieta_app;
grant insert, select, update on place_request to vieta_app;
grant insert, select, update on placement to vieta_app;
grant insert, select, update on placement_paper to vieta_app;
grant insert, select, update on placement_record to vieta_app;
grant delete, insert, select, update on placement_step to vieta_app;
grant delete, insert, select, update on placement_weekdays to vieta_app;
grant insert, select, update on price to vieta_app;
grant delete, insert, select, update on provider to vieta_app;
grant insert, select, update on provider_suspension to vieta_app;
grant insert, select, update on queue_entry to vieta_app;
grant delete, insert, select, update on queue_rule to vieta_app;
grant delete, insert, select, update on rating_due to vieta_app;
grant insert, select on rating_evidence to vieta_app;
grant insert, select on received_document to vieta_app;
grant insert, select on received_response to vieta_app;
grant delete, insert, select, update on referral to vieta_app;
grant select on reminder to vieta_app;
grant insert, select on reminder_letter to vieta_app;
grant insert, select, update on reservation to vieta_app;
grant delete, insert, select, update on resident to vieta_app;
grant delete, insert, select, update on resident_person to vieta_app;
grant delete, insert, select, update on saved_search to vieta_app;
grant insert, select, update on seller_calendar to vieta_app;
grant insert, select, update on sending_channel to vieta_app;
grant delete, insert, select, update on service_kind to vieta_app;
grant delete, select on session to vieta_app;
grant delete, insert, select, update on settled_month to vieta_app;
grant insert, select on settling to vieta_app;
grant insert, select on share_receipt to vieta_app;
grant insert, select, update on spending_limit to vieta_app;
grant insert, select, update on stay_move to vieta_app;
grant delete, insert, select, update on stay_rule to vieta_app;
grant delete, insert, select, update on stay_rule_of_kind to vieta_app;
grant select on stay_rule_of_offer to vieta_app;
grant select on succession to vieta_app;
grant delete, insert, select, update on target_group to vieta_app;
grant insert, select, update on webhook_endpoint to vieta_app;
grant delete, insert, select, update on withheld to vieta_app;
grant insert, select on write_off to vieta_app;
grant insert, select, update on year_budget to vieta_app;
