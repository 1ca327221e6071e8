-- How long a stay may last and which papers open it: by kind of service, and otherwise where a seller says so for an offer.
-- A ground is a set of papers that suffices together; one ground of them is enough (`[{"papers": ["support_plan"]}]`).
create table stay_rule_of_kind (
  kind_code      text primary key references service_kind (code),
  longest_months int constraint stay_rule_of_kind_months_sane check (longest_months between 1 and 120),
  beyond         text not null default 'reason' constraint stay_rule_of_kind_beyond_known check (beyond in ('refused', 'reason')),
  grounds        jsonb not null default '[]',
  changed_at     timestamptz not null,
  changed_by     uuid references person (id)
);
create index stay_rule_of_kind_changed_by on stay_rule_of_kind (changed_by);
alter table stay_rule_of_kind enable row level security;
create policy read_all on stay_rule_of_kind for select using (true);
create policy region_keeps on stay_rule_of_kind for all
  using (exists (select from organisation o where o.id = app_organisation() and o.kind = 'region'))
  with check (exists (select from organisation o where o.id = app_organisation() and o.kind = 'region'));

create table stay_rule (
  seller_id      uuid not null,
  offer_id       uuid not null,
  longest_months int constraint stay_rule_months_sane check (longest_months between 1 and 120),
  beyond         text not null default 'reason' constraint stay_rule_beyond_known check (beyond in ('refused', 'reason')),
  grounds        jsonb not null default '[]',
  changed_at     timestamptz not null,
  changed_by     uuid references person (id),
  primary key (seller_id, offer_id),
  foreign key (seller_id, offer_id) references offer (seller_id, id)
);
create index stay_rule_changed_by on stay_rule (changed_by);
alter table stay_rule enable row level security;
create policy seen on stay_rule for select
  using (exists (select from offer o where o.seller_id = stay_rule.seller_id and o.id = stay_rule.offer_id));
create policy own on stay_rule for all using (seller_id = app_organisation()) with check (seller_id = app_organisation());
grant select, insert, update, delete on stay_rule_of_kind, stay_rule to vieta_app;

-- What the region's papers name.
insert into stay_rule_of_kind (kind_code, longest_months, grounds, changed_at) values
  ('short-term-care', 3, '[]', '2026-01-01'),
  ('child-care-service', null, '[{"papers": ["care_opinion"]}, {"papers": ["support_plan"]}]', '2026-01-01'),
  ('assistant', null, '[{"papers": ["assistant_opinion"]}]', '2026-01-01'),
  ('technical-aids', null, '[{"papers": ["doctor_referral"]}]', '2026-01-01'),
  ('palliative-care-child', null, '[{"papers": ["doctor_referral"]}]', '2026-01-01');

-- The rule that holds at an offer: its own, or else its kind's.
create view stay_rule_of_offer with (security_invoker = true) as
  select o.seller_id, o.id as offer_id, o.kind_code, r.offer_id is not null as own,
    case when r.offer_id is null then k.longest_months else r.longest_months end as longest_months,
    coalesce(r.beyond, k.beyond, 'reason') as beyond, coalesce(r.grounds, k.grounds, '[]') as grounds
  from offer o
  left join stay_rule r on r.seller_id = o.seller_id and r.offer_id = o.id
  left join stay_rule_of_kind k on k.kind_code = o.kind_code;
grant select on stay_rule_of_offer to vieta_app;

-- A paper on which a stay rests: which, its number and validity. What it says of the person's health stands nowhere here.
create table placement_paper (
  seller_id    uuid not null,
  placement_id uuid not null,
  id           uuid not null,
  buyer_id     uuid not null references organisation (id),
  kind         text not null constraint placement_paper_kind_known check (kind in
                 ('care_opinion', 'assistant_opinion', 'support_plan', 'doctor_referral', 'disability_group_1',
                  'disability_group_2', 'disability_group_3', 'child_disability', 'poor_status', 'family_court',
                  'probation_agreement', 'needs_assessment', 'age', 'territory')),
  number       text not null constraint placement_paper_number_short check (length(number) between 1 and 40),
  issued_by    text not null constraint placement_paper_issuer_short check (length(issued_by) between 1 and 80),
  valid_from   date not null,
  valid_to     date,
  recorded_at  timestamptz not null,
  recorded_by  uuid references person (id),
  withdrawn_at timestamptz,
  withdrawn_by uuid references person (id),
  primary key (seller_id, placement_id, id),
  foreign key (seller_id, placement_id) references placement (seller_id, id),
  constraint placement_paper_dates_in_order check (valid_from <= valid_to)
);
create index placement_paper_id on placement_paper (id);
create index placement_paper_buyer on placement_paper (buyer_id);
create index placement_paper_recorded_by on placement_paper (recorded_by);
create index placement_paper_withdrawn_by on placement_paper (withdrawn_by);
alter table placement_paper enable row level security;
-- Which paper somebody has says something of them: only the social workers of the two social services read it.
create policy involved on placement_paper for select
  using (app_roles() && array['lister', 'buyer'] and app_organisation() in (seller_id, buyer_id));
create policy party_insert on placement_paper for insert
  with check (app_roles() && array['lister', 'buyer'] and app_organisation() in (seller_id, buyer_id));
create policy party_update on placement_paper for update
  using (app_roles() && array['lister', 'buyer'] and app_organisation() in (seller_id, buyer_id))
  with check (app_organisation() in (seller_id, buyer_id));
grant select, insert, update on placement_paper to vieta_app;

-- Whether days without papers hold up the seller's close; they are shown otherwise.
create table paper_setting (
  seller_id  uuid primary key references organisation (id),
  blocks     boolean not null,
  changed_at timestamptz not null,
  changed_by uuid references person (id)
);
create index paper_setting_changed_by on paper_setting (changed_by);
alter table paper_setting enable row level security;
create policy seen on paper_setting for select using (seller_id = any ((select app_sees())::uuid[]));
create policy own_insert on paper_setting for insert with check (seller_id = app_organisation());
create policy own_update on paper_setting for update
  using (seller_id = app_organisation()) with check (seller_id = app_organisation());
grant select, insert, update on paper_setting to vieta_app;

-- Days of service in a period that no ground covers, stay by stay: days of presence for calendar units, recorded days for
-- the others. p_sellers and p_buyers: whose stays, as seller or as buyer. It tells counts and dates, also to who may not
-- read the papers: a close asks it.
create function days_without_papers(p_sellers uuid[], p_buyers uuid[], p_from date, p_to date)
returns table (seller_id uuid, placement_id uuid, offer_id uuid, buyer_id uuid, first_on date, days int, papers int)
language sql stable security definer set search_path = public as $$
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
$$;

-- Each step that lets a stay begin or last longer names its decision; what goes beyond the longest stay names its reason.
alter table placement_step
  add column decision text,
  add column decided_on date,
  add column longer_reason text;

-- A stay that goes on from another: in another place, or at another payer's cost.
alter table placement
  add column follows_seller_id uuid,
  add column follows_id uuid,
  add constraint placement_follows_a_placement foreign key (follows_seller_id, follows_id) references placement (seller_id, id);
create unique index placement_followed_once on placement (follows_seller_id, follows_id) where follows_id is not null;
