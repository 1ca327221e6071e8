-- The archive looks for documents that have no seal yet, and for seals whose document is gone.
create index audit_event_seal on audit_event (subject_id) where action = 'sealDocument';

-- The list of documents, newest first, page by page, whoever the two parties are.
create index document_issued_by on document (seller_id, issued_on desc, id desc);
create index document_issued_to on document (buyer_id, issued_on desc, id desc);
