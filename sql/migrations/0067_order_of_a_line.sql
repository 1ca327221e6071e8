-- The order of a line is the seller's to choose: criteria of a fixed set, in an order, for one offer, a kind of service, or all.

alter table queue_rule add column criteria text[] not null default '{reason,applied_on}'
  constraint queue_rule_criteria_known check
    (cardinality(criteria) between 1 and 4 and criteria <@ array['reason', 'home', 'applied_on', 'wanted_from']);
alter table queue_rule alter column criteria drop default;

-- A rule that is taken away lets the next wider one hold again.
create policy own_delete on queue_rule for delete using (seller_id = app_organisation());
grant delete on queue_rule to vieta_app;

drop function queue_rule_of(uuid, uuid);
create function queue_rule_of(p_seller uuid, p_offer uuid)
returns table (criteria text[], priorities text[], refusals_allowed int, answer_hours int, rest_days int, holds_for text)
language sql stable security definer set search_path = public as $$
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
$$;

-- The order of a line: by the rule's criteria one after the other, then by when it was entered. Ids and places in line only.
create or replace function queue_order(p_seller uuid, p_offer uuid)
returns table (entry_id uuid, position_no int)
language sql stable security definer set search_path = public as $$
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
$$;
