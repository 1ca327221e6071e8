-- What leaves the house: a row written in the transaction of the fact, sent afterwards by whoever takes it first.

create table outbox (
  -- on whose behalf it leaves
  organisation_id uuid not null references organisation (id),
  id              uuid not null,
  -- who sends it: a handler of src/jobs and src/sending
  kind            text not null constraint outbox_kind_written check (kind ~ '^[a-z_]{1,40}$'),
  -- what is never queued twice
  key             text not null,
  payload         jsonb not null,
  -- of a document on its way: which, by which channel, and the other party, who sees what becomes of it
  document_id     uuid,
  buyer_id        uuid references organisation (id),
  channel         text,
  -- of a webhook: to which endpoint
  endpoint_id     uuid,
  recipient       text,
  state           text not null constraint outbox_state_known
                    check (state in ('queued', 'download', 'sent', 'delivered', 'refused', 'given_up')),
  attempts        int not null default 0,
  queued_at       timestamptz not null,
  queued_by       uuid references person (id),
  -- while a worker holds the row: when another may take it; null once nothing more is tried
  next_attempt_at timestamptz,
  lease           uuid,
  sent_at         timestamptz,
  delivered_at    timestamptz,
  -- why it stands as it does, as a code, and what the other end answered
  reason          text,
  answer          text,
  reference       text,
  primary key (organisation_id, id),
  constraint outbox_queued_once unique (organisation_id, kind, key),
  constraint outbox_queued_is_tried check ((state = 'queued') = (next_attempt_at is not null)),
  constraint outbox_held_while_queued check (lease is null or state = 'queued')
);
create index outbox_due on outbox (next_attempt_at, id) where next_attempt_at is not null;
create index outbox_id on outbox (id);
create index outbox_listed on outbox (organisation_id, kind, queued_at desc, id desc);
create index outbox_document on outbox (document_id) where document_id is not null;
create index outbox_buyer on outbox (buyer_id, queued_at);
create index outbox_queued_by on outbox (queued_by);

alter table outbox enable row level security;
-- How a document went on its way is seen by both parties and by those who oversee them; everything else is one's own.
create policy own on outbox for select using (organisation_id = app_organisation());
create policy party on outbox for select
  using (kind = 'document' and (organisation_id = any ((select app_sees())::uuid[]) or buyer_id = any ((select app_sees())::uuid[])));
-- Only queued: what becomes of it is written by the program alone.
create policy own_insert on outbox for insert with check (organisation_id = app_organisation());
grant select, insert on outbox to vieta_app;

-- Where an organisation wants to be told of its documents. The secret is sealed (src/sending/seal.ts).
create table webhook_endpoint (
  organisation_id uuid not null references organisation (id),
  id              uuid not null,
  url             text not null,
  events          text[] not null constraint webhook_endpoint_events_known
                    check (events <@ array['invoice.issued', 'invoice.paid', 'invoice.disputed', 'invoice.credited']
                       and cardinality(events) > 0),
  secret          text not null,
  created_at      timestamptz not null,
  created_by      uuid references person (id),
  removed_at      timestamptz,
  primary key (organisation_id, id)
);
create index webhook_endpoint_id on webhook_endpoint (id);
create index webhook_endpoint_created_by on webhook_endpoint (created_by);
alter table webhook_endpoint enable row level security;
create policy own on webhook_endpoint for all
  using (organisation_id = app_organisation()) with check (organisation_id = app_organisation());
grant select, insert, update on webhook_endpoint to vieta_app;

-- Queues a word about documents for the endpoints of both their parties. One party may not see the other's endpoints, so it
-- is done for them: only for documents of the one who acts, or by the program itself.
-- p_occasion tells two events of one kind about one document apart; the same one twice is queued once.
create function announce_documents(p_event text, p_documents uuid[], p_occasion text, p_at timestamptz)
returns int language sql volatile security definer set search_path = public as $$
  with queued as (
    insert into outbox (organisation_id, id, kind, key, payload, document_id, endpoint_id, recipient, state, queued_at, next_attempt_at)
    select e.organisation_id, gen_random_uuid(), 'webhook', concat_ws(' ', p_event, p_occasion, d.id, e.id),
      jsonb_build_object('type', p_event, 'timestamp', to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'data', jsonb_build_object('id', d.id, 'type', d.type, 'number', d.number, 'seller_id', d.seller_id, 'buyer_id', d.buyer_id,
          'close_month', d.close_month, 'issued_on', d.issued_on, 'due_on', d.due_on, 'corrects_id', d.corrects_id,
          'net', d.net::text, 'vat', d.vat::text, 'total', d.total::text)),
      d.id, e.id, e.url, 'queued', p_at, p_at
    from document d
    cross join lateral (values (d.seller_id), (d.buyer_id)) as party (id)
    join webhook_endpoint e on e.organisation_id = party.id and e.removed_at is null and p_event = any (e.events)
    where d.id = any (p_documents) and (app_organisation() is null or app_organisation() in (d.seller_id, d.buyer_id))
    on conflict on constraint outbox_queued_once do nothing
    returning 1)
  select count(*)::int from queued
$$;
revoke execute on function announce_documents(text, uuid[], text, timestamptz) from public;
grant execute on function announce_documents(text, uuid[], text, timestamptz) to vieta_app;
