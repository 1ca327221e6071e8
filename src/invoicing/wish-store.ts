/** How buyers want their documents, as SQL: what each has said, and what that comes to for one seller's documents. */
import { sql } from 'kysely'
import type { Db, Tx } from '../db/connect.ts'
import type { Channel, DocumentWishes, WishLines } from './wish.ts'

/**
 * What buyers wish of one seller's documents now: what they said for this seller, else for all sellers, else what is usual
 * (download, one line for each case, no PDF in the XML, the organisation's own addresses).
 * @param buyer_ids null: of everybody
 * @returns an entry for every buyer that is an organisation here
 */
export async function wishesOf(
  tx: Db | Tx,
  seller_id: string,
  buyer_ids: readonly string[] | null,
): Promise<Map<string, DocumentWishes>> {
  const { rows } = await sql<DocumentWishes & { buyer_id: string; channel: Channel; lines: WishLines }>`
    select o.id as buyer_id,
      coalesce(p.channel, g.channel, 'download') as channel,
      coalesce(p.email, g.email, o.email) as email,
      coalesce(p.einvoice_scheme, g.einvoice_scheme, o.einvoice_scheme) as einvoice_scheme,
      coalesce(p.einvoice_id, g.einvoice_id, o.einvoice_id) as einvoice_id,
      coalesce(p.institution_code, g.institution_code) as institution_code,
      coalesce(p.budget_code, g.budget_code) as budget_code,
      coalesce(p.agreement_number, g.agreement_number) as agreement_number,
      coalesce(p.order_number, g.order_number) as order_number,
      coalesce(p.lines, g.lines, 'cases') as lines,
      coalesce(p.pdf_in_xml, g.pdf_in_xml, false) as pdf_in_xml
    from organisation o
    left join document_wish g on g.buyer_id = o.id and g.seller_id is null
    left join document_wish p on p.buyer_id = o.id and p.seller_id = ${seller_id}::uuid
    where ${buyer_ids === null ? sql`true` : sql`o.id = any (${buyer_ids}::uuid[])`}`.execute(tx)
  return new Map(rows.map(({ buyer_id, ...wishes }) => [buyer_id, wishes]))
}
