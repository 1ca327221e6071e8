-- Which months a seller has closed, and when: both parties of a placement ask it, to know what a change would lead to and
-- when a month was settled. What a close came to stays the seller's own.
create function closed_months_of(p_seller uuid) returns table (month text, closed_at timestamptz)
language sql stable security definer set search_path = public as $$
  select m.month::text, m.closed_at from month_close m where m.seller_id = p_seller
$$;
