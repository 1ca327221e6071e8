create index organisation_logo_chosen on organisation (id, logo_hash);
