/**
 * How documents are booked, as statements for any number of documents: in both parties' books, by kind of service (R14, R15),
 * and what other payers bear (R12). Above zero is debit, below is credit. What is given: $1 and $2 say which documents.
 */

/** Which documents: those named by $1 (uuid[]), or those of a close: sellers $1 (uuid[]) and month $2. */
export type Which = 'named' | 'closed'

const where: Record<Which, string> = {
  named: 'd.id = any ($1::uuid[])',
  closed: 'd.seller_id = any ($1::uuid[]) and d.close_month = $2::text',
}

/** A document is posted once: either party sees its own half of it, and that is enough to know. */
const notPosted = `not exists (select from ledger_entry e where e.document_id = d.id and e.source = 'document')`

/** What stands in the books of one pair of parties is changed by one transaction at a time, in one order of pairs. */
export const lockPairs = (pairs: string): string => `
  select pg_advisory_xact_lock(hashtextextended('open items ' || seller_id || ' ' || buyer_id, 0))
  from (select distinct seller_id, buyer_id from (${pairs}) p order by seller_id, buyer_id) pair`

/** Credit notes shrink what was open before: their pairs are locked before that is read. */
export const lockCredited = (which: Which): string =>
  lockPairs(`select d.seller_id, d.buyer_id from document d where d.type = 'credit_note' and ${where[which]}`)

/**
 * Documents in both books; $3: when it is recorded. Seller: receivable, revenue by kind, VAT. Buyer: payable, cost by kind, VAT.
 * A transaction has the document's id, so none is ever booked twice. With a close, also the shares that others bear (R12):
 * whoever collects them has a claim on the funder instead of a part of its revenue or cost; $4 is what its lines come to.
 */
export const postings = (which: Which): string => `
  with doc as materialized (
    select d.seller_id, d.buyer_id, d.id, d.number, d.issued_on, d.vat, d.total, case d.type when 'invoice' then 1 else -1 end as sign
    from document d where ${where[which]} and ${notPosted}
  ), of_kind as materialized (${which === 'closed' ? kindsGiven : kindsOfLines}
  )${which === 'closed' ? shares : ''}, line (organisation_id, counterparty_id, transaction_id, booked_on, rank, role, kind_code, funder, document_id, source, amount) as (
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
    ${which === 'closed' ? funded : ''}
  )
  insert into ledger_entry (organisation_id, transaction_id, line_no, booked_on, role, counterparty_id, kind_code, funder,
    document_id, source, source_id, amount, recorded_at)
  select organisation_id, transaction_id,
    row_number() over (partition by organisation_id, transaction_id order by rank, kind_code, funder),
    booked_on, role, counterparty_id, kind_code, funder, document_id, source, coalesce(document_id, transaction_id), amount, $3::timestamptz
  from line where amount <> 0`

/** What the lines of each document come to by kind of service, and what of that the seller collects elsewhere. */
const kindsOfLines = `
    select doc.seller_id, doc.buyer_id, doc.id, doc.issued_on, doc.sign, o.kind_code, sum(c.amount) as amount, sum(c.collected) as collected
    from doc
    cross join lateral (select l.offer_id, sum(l.buyer_amount) as amount, sum(l.gross - l.buyer_amount) as collected from charge l
                        where l.seller_id = doc.seller_id and l.document_id = doc.id group by l.offer_id) c
    left join offer o on o.seller_id = doc.seller_id and o.id = c.offer_id
    group by doc.seller_id, doc.buyer_id, doc.id, doc.issued_on, doc.sign, o.kind_code`

/** One of these sums. A close had each line in hand: reading them all again would take as long as a fifth of the close. */
export type SumOfKind = { document_id: string; kind_code: string; amount: string; collected: string | null }

/** The same as the close gives it. */
const kindsGiven = `
    select doc.seller_id, doc.buyer_id, doc.id, doc.issued_on, doc.sign, k.kind_code, k.amount, k.collected
    from json_to_recordset($4::text::json) as k(document_id uuid, kind_code text, amount numeric, collected numeric)
    join doc on doc.id = k.document_id`

/**
 * What each funder bears is in the sums of the close, changes in earlier months included (R12). What the seller collects of each
 * kind is what lines come to beyond the buyer's amount: reading the shares of every line would double the cost of the booking.
 */
const shares = `, collected as materialized (
    select k.seller_id, k.buyer_id, k.kind_code, sum(k.sign * k.collected) as amount from of_kind k
    group by k.seller_id, k.buyer_id, k.kind_code having sum(k.sign * k.collected) <> 0
  ), share as materialized (
    select t.seller_id, t.buyer_id, t.close_month, t.collected_by, t.source, t.amount from funding_sum t
    where t.seller_id = any ($1::uuid[]) and t.close_month = $2::text and t.buyer_id <> t.seller_id
  ), first_of_pair as materialized (
    select distinct on (seller_id, buyer_id) seller_id, buyer_id, id, issued_on from doc order by seller_id, buyer_id, number
  )`

/** One transaction for each pair and close. */
const fundingId = (of: string): string =>
  `md5('funding ' || ${of}.seller_id || ' ' || ${of}.buyer_id || ' ' || ${of}.close_month)::uuid`

/**
 * A claim on each funder, against revenue by kind or against cost. What earlier months changed, and what the buyer collects, has
 * no kind. The document of these lines is the first one of the pair in that close, if there is one.
 */
const funded = `
    union all
    select case f.collected_by when 'seller' then f.seller_id else f.buyer_id end,
      case f.collected_by when 'seller' then f.buyer_id else f.seller_id end, ${fundingId('f')},
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
        select seller_id, buyer_id, $2::text, 'seller', kind_code, amount from collected where kind_code is not null
        union all
        select seller_id, buyer_id, $2::text, 'seller', null, -amount from collected where kind_code is not null
      ) of_share group by seller_id, buyer_id, close_month, collected_by, kind_code
    ) f
    left join first_of_pair first on first.seller_id = f.seller_id and first.buyer_id = f.buyer_id
    where not exists (select from ledger_entry e
                      where e.organisation_id in (f.seller_id, f.buyer_id) and e.transaction_id = ${fundingId('f')})`

/**
 * A credit note is applied to the invoice that it corrects as far as that is open: two settlings of way credit, and in both
 * books lines that move the amount from one document to the other. $3: when, $4: by whom. What is left over stays open.
 */
export const creditings = (which: Which): string => `
  with credit_note as (
    select d.seller_id, d.buyer_id, d.id, d.number, d.corrects_id, d.issued_on, i.total as invoiced, d.total - own.settled as open,
      coalesce(sum(d.total - own.settled) over (partition by d.seller_id, d.corrects_id order by d.number
        rows between unbounded preceding and 1 preceding), 0) as before
    from document d join document i on i.seller_id = d.seller_id and i.id = d.corrects_id
    cross join lateral (select coalesce(sum(s.amount), 0) as settled from settling s where s.seller_id = d.seller_id and s.document_id = d.id) own
    where d.type = 'credit_note' and ${where[which]}
      and not exists (select from settling s where s.source_id = d.id and s.way = 'credit')
  ), applied as materialized (
    select c.seller_id, c.buyer_id, c.id, c.corrects_id, c.issued_on, least(c.open, c.invoiced - paid.settled - c.before) as amount,
      gen_random_uuid() as of_credit_note, gen_random_uuid() as of_invoice
    from credit_note c
    cross join lateral (select coalesce(sum(s.amount), 0) as settled from settling s
                        where s.seller_id = c.seller_id and s.document_id = c.corrects_id) paid
    where least(c.open, c.invoiced - paid.settled - c.before) > 0
  ), settlings as (
    insert into settling (seller_id, id, document_id, buyer_id, way, against, source_id, amount, booked_on, recorded_at, recorded_by)
    select seller_id, of_credit_note, id, buyer_id, 'credit', 'credit', id, amount, issued_on, $3::timestamptz, $4::uuid from applied
    union all
    select seller_id, of_invoice, corrects_id, buyer_id, 'credit', 'credit', id, amount, issued_on, $3::timestamptz, $4::uuid from applied
  )
  insert into ledger_entry (organisation_id, transaction_id, line_no, booked_on, role, counterparty_id, document_id, source, source_id,
    amount, recorded_at)
  select case side.role when 'receivable' then a.seller_id else a.buyer_id end, a.of_credit_note, side.line_no, a.issued_on, side.role,
    case side.role when 'receivable' then a.buyer_id else a.seller_id end,
    case side.line_no when 1 then a.id else a.corrects_id end, 'credit', a.id, side.sign * a.amount, $3::timestamptz
  from applied a
  cross join (values ('receivable', 1, 1), ('receivable', 2, -1), ('payable', 1, -1), ('payable', 2, 1)) as side(role, line_no, sign)`
