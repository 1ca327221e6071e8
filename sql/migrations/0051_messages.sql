-- What two municipalities write to each other about a referral, a stay or an offer: one thread for each, with files.

create table message_thread (
  seller_id    uuid not null references organisation (id),
  id           uuid not null,
  buyer_id     uuid not null references organisation (id),
  subject_type text not null constraint message_thread_subject_known check (subject_type in ('referral', 'placement', 'offer')),
  subject_id   uuid not null,
  created_at   timestamptz not null,
  last_at      timestamptz not null,
  primary key (seller_id, id),
  -- of an offer each municipality that asks has its own
  constraint message_thread_once unique (subject_type, subject_id, buyer_id),
  constraint message_thread_between_two check (seller_id <> buyer_id)
);
create index message_thread_id on message_thread (id);
create index message_thread_buyer on message_thread (buyer_id, last_at desc);
create index message_thread_seller on message_thread (seller_id, last_at desc);
alter table message_thread enable row level security;
create policy seen on message_thread for select
  using (seller_id = any ((select app_sees())::uuid[]) or buyer_id = any ((select app_sees())::uuid[]));
-- About a record of these two only: a referral that was sent, a stay; an offer that is not a draft, asked about by the buyer.
create policy party_insert on message_thread for insert with check (
  case subject_type
    when 'referral' then app_organisation() in (seller_id, buyer_id) and exists (
      select from referral r where r.id = message_thread.subject_id and r.seller_id = message_thread.seller_id
        and r.buyer_id = message_thread.buyer_id and r.submitted_at is not null)
    when 'placement' then app_organisation() in (seller_id, buyer_id) and exists (
      select from placement p where p.id = message_thread.subject_id and p.seller_id = message_thread.seller_id
        and p.buyer_id = message_thread.buyer_id)
    else app_organisation() = buyer_id and exists (
      select from offer o where o.id = message_thread.subject_id and o.seller_id = message_thread.seller_id and o.status <> 'draft')
  end);
create policy party_update on message_thread for update
  using (app_organisation() in (seller_id, buyer_id)) with check (app_organisation() in (seller_id, buyer_id));
grant select, insert, update on message_thread to vieta_app;

create table message (
  seller_id       uuid not null,
  thread_id       uuid not null,
  id              uuid not null,
  buyer_id        uuid not null,
  -- whose word it is
  organisation_id uuid not null references organisation (id),
  person_id       uuid references person (id),
  at              timestamptz not null,
  note            text not null,
  primary key (seller_id, thread_id, id),
  foreign key (seller_id, thread_id) references message_thread (seller_id, id)
);
create index message_organisation on message (organisation_id);
create index message_person on message (person_id);
alter table message enable row level security;
create policy seen on message for select
  using (seller_id = any ((select app_sees())::uuid[]) or buyer_id = any ((select app_sees())::uuid[]));
create policy own_word on message for insert
  with check (organisation_id = app_organisation() and exists (
    select from message_thread t where t.seller_id = message.seller_id and t.id = message.thread_id
      and t.buyer_id = message.buyer_id and app_organisation() in (t.seller_id, t.buyer_id)));
grant select, insert on message to vieta_app;

create table message_file (
  seller_id    uuid not null,
  thread_id    uuid not null,
  id           uuid not null,
  buyer_id     uuid not null,
  message_id   uuid not null,
  name         text not null,
  -- what its bytes say it is, never what the sender claims
  content_type text not null constraint message_file_type_known check (content_type in
    ('application/pdf', 'image/png', 'image/jpeg', 'image/webp', 'text/plain', 'text/csv',
     'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
     'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
     'application/vnd.etsi.asic-e+zip')),
  size         int not null constraint message_file_size_sane check (size between 1 and 1500000),
  content      bytea not null,
  primary key (seller_id, thread_id, id),
  foreign key (seller_id, thread_id, message_id) references message (seller_id, thread_id, id)
);
create index message_file_id on message_file (id);
create index message_file_message on message_file (seller_id, thread_id, message_id);
alter table message_file enable row level security;
create policy seen on message_file for select
  using (seller_id = any ((select app_sees())::uuid[]) or buyer_id = any ((select app_sees())::uuid[]));
create policy own_word on message_file for insert
  with check (exists (
    select from message m where m.seller_id = message_file.seller_id and m.thread_id = message_file.thread_id
      and m.id = message_file.message_id and m.organisation_id = app_organisation() and m.buyer_id = message_file.buyer_id));
grant select, insert on message_file to vieta_app;

-- The last message that a person has read of a thread. Both parties see that the other has read, and when.
create table message_read (
  seller_id       uuid not null,
  thread_id       uuid not null,
  person_id       uuid not null references person (id),
  buyer_id        uuid not null,
  organisation_id uuid not null references organisation (id),
  message_id      uuid not null,
  read_at         timestamptz not null,
  primary key (seller_id, thread_id, organisation_id, person_id),
  foreign key (seller_id, thread_id) references message_thread (seller_id, id)
);
create index message_read_person on message_read (person_id);
create index message_read_organisation on message_read (organisation_id);
alter table message_read enable row level security;
create policy seen on message_read for select
  using (seller_id = any ((select app_sees())::uuid[]) or buyer_id = any ((select app_sees())::uuid[]));
create policy own_insert on message_read for insert with check (organisation_id = app_organisation() and person_id = app_person()
  and exists (select from message_thread t where t.seller_id = message_read.seller_id and t.id = message_read.thread_id
    and t.buyer_id = message_read.buyer_id));
create policy own_update on message_read for update
  using (organisation_id = app_organisation() and person_id = app_person())
  with check (organisation_id = app_organisation() and person_id = app_person());
grant select, insert, update on message_read to vieta_app;
