-- What was issued before there were books is booked now, as src/ledger/postings.ts books a close: once, for all documents.
with doc as materialized (
  select d.seller_id, d.buyer_id, d.close_month, d.id, d.number, d.issued_on, d.issued_at, d.vat, d.total, case d.type when 'invoice' then 1 else -1 end as sign
  from document d
), of_kind as materialized (
  select doc.seller_id, doc.buyer_id, doc.close_month, doc.id, doc.issued_on, doc.sign, o.kind_code, sum(c.amount) as amount,
    sum(c.collected) as collected
  from doc
  cross join lateral (select l.offer_id, sum(l.buyer_amount) as amount, sum(l.gross - l.buyer_amount) as collected from charge l
                      where l.seller_id = doc.seller_id and l.document_id = doc.id group by l.offer_id) c
  left join offer o on o.seller_id = doc.seller_id and o.id = c.offer_id
  group by doc.seller_id, doc.buyer_id, doc.close_month, doc.id, doc.issued_on, doc.sign, o.kind_code
), collected as materialized (
  select k.seller_id, k.buyer_id, k.close_month, k.kind_code, sum(k.sign * k.collected) as amount from of_kind k
  group by k.seller_id, k.buyer_id, k.close_month, k.kind_code having sum(k.sign * k.collected) <> 0
), share as materialized (
  select t.seller_id, t.buyer_id, t.close_month, t.collected_by, t.source, t.amount from funding_sum t where t.buyer_id <> t.seller_id
), first_of_pair as materialized (
  select distinct on (seller_id, buyer_id, close_month) seller_id, buyer_id, close_month, id, issued_on
  from doc order by seller_id, buyer_id, close_month, number
), line (organisation_id, counterparty_id, transaction_id, booked_on, rank, role, kind_code, funder, document_id, source, amount) as (
  select seller_id, buyer_id, id, issued_on, 1, 'receivable', null, null, id, 'document', sign * total from doc
  union all
  select seller_id, buyer_id, id, issued_on, 2, 'revenue', kind_code, null, id, 'document', -sign * amount from of_kind
  union all
  select seller_id, buyer_id, id, issued_on, 3, 'vat_out', null, null, id, 'document', -sign * vat from doc
  union all
  select buyer_id, seller_id, id, issued_on, 1, 'payable', null, null, id, 'document', -sign * total from doc
  union all
  select buyer_id, seller_id, id, issued_on, 2, 'cost', kind_code, null, id, 'document', sign * amount from of_kind
  union all
  select buyer_id, seller_id, id, issued_on, 3, 'vat_in', null, null, id, 'document', sign * vat from doc

  union all
  select case f.collected_by when 'seller' then f.seller_id else f.buyer_id end,
    case f.collected_by when 'seller' then f.buyer_id else f.seller_id end,
    md5('funding ' || f.seller_id || ' ' || f.buyer_id || ' ' || f.close_month)::uuid,
    coalesce(first.issued_on, (select m.closed_at::date from month_close m where m.seller_id = f.seller_id and m.month = f.close_month)),
    f.rank, f.role, f.kind_code, f.funder, first.id, 'funding', f.amount
  from (
    select seller_id, buyer_id, close_month, collected_by, 4 as rank, 'funder_claim' as role, null as kind_code, source as funder, amount
    from share
    union all
    select seller_id, buyer_id, close_month, collected_by, 5, case collected_by when 'seller' then 'revenue' else 'cost' end,
      kind_code, null, -sum(amount)
    from (
      select seller_id, buyer_id, close_month, collected_by, null as kind_code, amount from share
      union all
      select seller_id, buyer_id, close_month, 'seller', kind_code, amount from collected where kind_code is not null
      union all
      select seller_id, buyer_id, close_month, 'seller', null, -amount from collected where kind_code is not null
    ) of_share group by seller_id, buyer_id, close_month, collected_by, kind_code
  ) f
  left join first_of_pair first on first.seller_id = f.seller_id and first.buyer_id = f.buyer_id and first.close_month = f.close_month
)
insert into ledger_entry (organisation_id, transaction_id, line_no, booked_on, role, counterparty_id, kind_code, funder,
  document_id, source, source_id, amount, recorded_at)
select organisation_id, transaction_id,
  row_number() over (partition by organisation_id, transaction_id order by rank, kind_code, funder),
  booked_on, role, counterparty_id, kind_code, funder, document_id, source, coalesce(document_id, transaction_id), amount,
  coalesce(doc.issued_at, now())
from line left join doc on doc.id = line.document_id where amount <> 0;

-- Credit notes are applied to the invoices they correct.
with credit_note as (
  select d.seller_id, d.buyer_id, d.id, d.number, d.corrects_id, d.issued_on, d.issued_at, i.total as invoiced, d.total - own.settled as open,
    coalesce(sum(d.total - own.settled) over (partition by d.seller_id, d.corrects_id order by d.number
      rows between unbounded preceding and 1 preceding), 0) as before
  from document d join document i on i.seller_id = d.seller_id and i.id = d.corrects_id
  cross join lateral (select coalesce(sum(s.amount), 0) as settled from settling s where s.seller_id = d.seller_id and s.document_id = d.id) own
  where d.type = 'credit_note'
), applied as materialized (
  select c.seller_id, c.buyer_id, c.id, c.corrects_id, c.issued_on, c.issued_at, least(c.open, c.invoiced - paid.settled - c.before) as amount,
    gen_random_uuid() as of_credit_note, gen_random_uuid() as of_invoice
  from credit_note c
  cross join lateral (select coalesce(sum(s.amount), 0) as settled from settling s
                      where s.seller_id = c.seller_id and s.document_id = c.corrects_id) paid
  where least(c.open, c.invoiced - paid.settled - c.before) > 0
), settlings as (
  insert into settling (seller_id, id, document_id, buyer_id, way, against, source_id, amount, booked_on, recorded_at, recorded_by)
  select seller_id, of_credit_note, id, buyer_id, 'credit', 'credit', id, amount, issued_on, issued_at, null::uuid from applied
  union all
  select seller_id, of_invoice, corrects_id, buyer_id, 'credit', 'credit', id, amount, issued_on, issued_at, null::uuid from applied
)
insert into ledger_entry (organisation_id, transaction_id, line_no, booked_on, role, counterparty_id, document_id, source, source_id,
  amount, recorded_at)
select case side.role when 'receivable' then a.seller_id else a.buyer_id end, a.of_credit_note, side.line_no, a.issued_on, side.role,
  case side.role when 'receivable' then a.buyer_id else a.seller_id end,
  case side.line_no when 1 then a.id else a.corrects_id end, 'credit', a.id, side.sign * a.amount, a.issued_at
from applied a
cross join (values ('receivable', 1, 1), ('receivable', 2, -1), ('payable', 1, -1), ('payable', 2, 1)) as side(role, line_no, sign);
