-- Who keeps people, roles and sessions: the administrator of one's own organisation, and oneself.

-- A person is known by e-mail across organisations: only the id is told, the rest stays hidden until a role is granted.
create function person_of_email(p_email text) returns uuid language sql stable security definer set search_path = public
  as $$ select id from person where email = p_email $$;

-- Access as a whole (the password, being disabled) is one organisation's to keep only while no other one gave a role too.
create function belongs_only_here(p_person uuid) returns boolean language sql stable security definer set search_path = public
  as $$ select coalesce(bool_and(organisation_id = app_organisation()), false) from membership where person_id = p_person $$;

create policy administrator_adds on person for insert with check ('administrator' = any (app_roles()));
create policy administrator_keeps on person for update
  using ('administrator' = any (app_roles()) and belongs_only_here(id))
  with check ('administrator' = any (app_roles()) and belongs_only_here(id));

drop policy own_write on membership;
drop policy own_remove on membership;
-- The region's administrator also grants the first role in an organisation that the region adds.
create policy administrator_grants on membership for insert with check ('administrator' = any (app_roles())
  and exists (select from organisation o where o.id = organisation_id and app_organisation() in (o.id, o.region_id)));
create policy administrator_revokes on membership for delete
  using ('administrator' = any (app_roles()) and organisation_id = app_organisation());

-- Sessions: one's own are seen and ended; those of a person whose access is kept here are ended with it.
grant select, delete on session to vieta_app;
alter table session enable row level security;
create policy own on session for all using (person_id = app_person());
create policy administrator_ends on session for all using ('administrator' = any (app_roles()) and belongs_only_here(person_id));
