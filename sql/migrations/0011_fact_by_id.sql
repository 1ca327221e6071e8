-- One delivery or absence is asked for by its id alone: to withdraw or change it.
create index delivery_id on delivery (id);
create index absence_id on absence (id);
