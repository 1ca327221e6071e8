/** What both books say of two parties, and what was delivered between them. */
import { sql } from 'kysely'
import type { Tx } from '../db/connect.ts'
import type { BetweenRow } from './between.ts'

/** Sums of both books until the end of the period, by document and act. Of the other book only what concerns the own party is told. */
export async function readBetween(tx: Tx, own: string, party: string, from: string, to: string): Promise<BetweenRow[]> {
  const { rows } = await sql<BetweenRow>`
    select l.side, l.role, l.document_id, d.number as document, d.type, l.source, l.before, sum(l.amount)::text as amount
    from (
      select 'ours' as side, e.role, e.document_id, e.source, e.booked_on < ${from} as before, e.amount from ledger_entry e
      where e.organisation_id = ${own} and e.counterparty_id = ${party} and e.role in ('receivable', 'payable', 'unapplied')
        and e.booked_on <= ${to}
      union all
      select 'theirs', case e.role when 'receivable' then 'payable' when 'payable' then 'receivable' else e.role end,
        e.document_id, e.source, e.booked_on < ${from}, -e.amount
      from booked_by_others(array[${own}::uuid], array[${party}::uuid]) e
      where e.role in ('receivable', 'payable', 'unapplied') and e.booked_on <= ${to}
    ) l left join document d on d.id = l.document_id
    group by l.side, l.role, l.document_id, d.number, d.type, l.source, l.before
    order by d.number nulls last, l.source, l.side`.execute(tx)
  return rows
}

/** Gross of what was given in the months of the period, as documents say it: the one record of both. */
export async function deliveredBetween(
  tx: Tx,
  seller_id: string,
  buyer_id: string,
  from: string,
  to: string,
): Promise<string> {
  const { rows } = await sql<{ sum: string }>`
    select coalesce(sum(case d.type when 'invoice' then 1 else -1 end * coalesce(c.gross, c.buyer_amount)), 0)::numeric(20, 2)::text as sum
    from document d join charge c on c.seller_id = d.seller_id and c.document_id = d.id
    where d.seller_id = ${seller_id} and d.buyer_id = ${buyer_id}
      and c.service_month between ${from.slice(0, 7)} and ${to.slice(0, 7)}`.execute(tx)
  return rows[0]!.sum
}

export async function partyNames(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx
    .selectFrom('organisation')
    .select(['id', 'name'])
    .where('id', 'in', [...ids])
    .execute()
  return new Map(rows.map((row) => [row.id, row.name]))
}
