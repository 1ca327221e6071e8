/** What waits for a finance officer, counted in one statement. Row level security decides what is counted. */
import { sql } from 'kysely'
import type { Tx } from '../db/connect.ts'

export interface MoneyWaiting {
  /** lists of payments that the reader may approve */
  to_approve: number
  /** approved lists of which the bank has no file yet */
  to_hand_out: number
  /** movements of bank statements with something proposed */
  movements: number
  disputes: number
  /** the soonest day until which one of them is answered */
  dispute_due_on: string | null
  nettings: number
  confirmations: number
  /** balance confirmations that the other side sees otherwise */
  differ: number
  /** documents whose last way to the buyer failed */
  refused: number
  given_up: number
  /** invoices from outside that nobody has answered */
  received: number
  agreements: number
  /** invoices and transfers of nettings that are late */
  receivables: number
  receivable: string
  payables: number
  payable: string
}

/** @param person_id who reads: whoever made a list above the limit does not approve it */
export async function countMoneyWaiting(
  tx: Tx,
  own: string,
  person_id: string | null,
  today: string,
): Promise<MoneyWaiting> {
  const { rows } = await sql<MoneyWaiting>`
    with lists as (
      select count(*) filter (where p.status = 'drafted' and (p.made_by <> ${person_id}::uuid or i.total <= coalesce(s.approval_limit, 0)))::int as to_approve,
        count(*) filter (where p.status = 'approved' and exists (select from payment_order o
          where o.organisation_id = p.organisation_id and o.proposal_id = p.id))::int as to_hand_out
      from payment_proposal p
      left join payment_settings s on s.organisation_id = p.organisation_id
      cross join lateral (
        select coalesce(sum(case d.type when 'credit_note' then -x.amount else x.amount end), 0) as total
        from payment_item x left join document d on d.seller_id = x.seller_id and d.id = x.document_id
        where x.organisation_id = p.organisation_id and x.proposal_id = p.id and x.chosen) i
      where p.organisation_id = ${own} and p.status in ('drafted', 'approved')),
    bank as (select count(*)::int as movements from bank_movement where organisation_id = ${own} and status = 'proposed'),
    doubts as (
      select count(*)::int as disputes, min(v.due_on)::text as dispute_due_on from dispute v
      where (v.seller_id = ${own} and v.status = 'raised')
        or (v.buyer_id = ${own} and (v.status = 'answered' or (v.status = 'rejected' and v.due_on >= ${today}::date)
          or (v.status = 'raised' and v.due_on < ${today}::date)))),
    set_off as (
      select count(*)::int as nettings from netting n join netting_party p on p.netting_id = n.id
      where n.status = 'proposed' and p.organisation_id = ${own} and p.answer is null and ${own}::uuid = any (n.party_ids)),
    compared as (
      select count(*) filter (where status = 'sent' and counterparty_id = ${own})::int as confirmations,
        count(*) filter (where status = 'differs' and organisation_id = ${own})::int as differ
      from balance_confirmation where ${own}::uuid in (organisation_id, counterparty_id)),
    ways as (
      select count(*) filter (where state = 'refused')::int as refused, count(*) filter (where state = 'given_up')::int as given_up
      from (select distinct on (document_id) document_id, state from outbox
            where kind = 'document' and organisation_id = ${own} order by document_id, queued_at desc, id desc) last),
    outside as (select count(*)::int as received from received_document where organisation_id = ${own} and state = 'received'),
    signed as (
      select count(*)::int as agreements from agreement where status = 'proposed'
        and ((seller_id = ${own} and seller_signed_on is null) or (buyer_id = ${own} and buyer_signed_on is null))),
    late as (
      select count(*) filter (where seller_id = ${own})::int as receivables,
        coalesce(sum(open) filter (where seller_id = ${own}), 0)::numeric(14, 2) as receivable,
        count(*) filter (where buyer_id = ${own})::int as payables,
        coalesce(sum(open) filter (where buyer_id = ${own}), 0)::numeric(14, 2) as payable
      from (
        select seller_id, buyer_id, open from open_item
        where ${own}::uuid in (seller_id, buyer_id) and seller_id <> buyer_id and type = 'invoice' and due_on < ${today}::date and open > 0
        union all
        select t.creditor_id, t.debtor_id, t.amount from netting_transfer t join netting n on n.id = t.netting_id
        where ${own}::uuid in (t.creditor_id, t.debtor_id) and n.status = 'settled' and t.paid_by is null and t.due_on < ${today}::date
      ) owed)
    select * from lists, bank, doubts, set_off, compared, ways, outside, signed, late`.execute(tx)
  return rows[0]!
}
