-- After a merger the successor's endpoints hear of the documents that keep a predecessor's name as well, whoever of either acts.
create or replace function announce_documents(p_event text, p_documents uuid[], p_occasion text, p_at timestamptz)
returns int language sql security definer set search_path = public as $$
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
$$;
