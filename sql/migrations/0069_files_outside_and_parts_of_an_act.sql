-- A message's file may stand in a bucket outside the database: its row then says where, and what its bytes must be.
alter table message_file
  alter column content drop not null,
  add column stored_key text,
  add column hash text constraint message_file_hash_is_sha256 check (hash ~ '^[0-9a-f]{64}$'),
  add constraint message_file_in_one_place check ((content is null) = (stored_key is not null)),
  add constraint message_file_outside_has_hash check (stored_key is null or hash is not null);
create unique index message_file_stored_once on message_file (stored_key) where stored_key is not null;

-- What is on its way to the bucket: written before it is sent, and gone in the transaction that names the file. What stays
-- behind is taken out of the bucket by the hour. The program's own: nobody else reads or writes it.
create table file_upload (
  stored_key text primary key,
  started_at timestamptz not null
);
alter table file_upload enable row level security;

-- An act that touches many records alike is one line of the log, and its parts stand behind it.
alter table audit_event add column part_of uuid;
create index audit_event_parts on audit_event (part_of) where part_of is not null;
