-- How a seller sends its documents out, by channel. What is secret in it is sealed (src/sending/seal.ts).
create table sending_channel (
  seller_id  uuid not null references organisation (id),
  channel    text not null constraint sending_channel_known check (channel in ('email', 'access_point', 'file_drop')),
  active     boolean not null,
  settings   jsonb not null,
  secret     text,
  changed_at timestamptz not null,
  changed_by uuid references person (id),
  primary key (seller_id, channel)
);
create index sending_channel_changed_by on sending_channel (changed_by);
alter table sending_channel enable row level security;
create policy own on sending_channel for select using (seller_id = app_organisation());
create policy own_insert on sending_channel for insert with check (seller_id = app_organisation());
create policy own_update on sending_channel for update
  using (seller_id = app_organisation()) with check (seller_id = app_organisation());
grant select, insert, update on sending_channel to vieta_app;

-- A document that is only there to be fetched has arrived when its buyer first fetches it. The row is the seller's.
create function mark_fetched(p_document uuid, p_at timestamptz)
returns void language sql volatile security definer set search_path = public as $$
  update outbox set state = 'delivered', delivered_at = p_at
  where document_id = p_document and kind = 'document' and state = 'download' and buyer_id = app_organisation()
$$;
revoke execute on function mark_fetched(uuid, timestamptz) from public;
grant execute on function mark_fetched(uuid, timestamptz) to vieta_app;
