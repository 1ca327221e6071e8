/** What traced changes lead to, read inside the transaction that made them and said with names and invoice numbers. */
import { addMonths } from '../calendar.ts'
import { type Consequences, noConsequences } from '../consequences.ts'
import type { Traced } from '../context.ts'
import type { Tx } from '../db/connect.ts'
import { centsOf, moneyOf } from '../money.ts'
import { type Foreseen, foreseeCorrections } from './consequences.ts'
import { closedMonths, loadSellerFacts, organisationNames, placementLabels } from './store.ts'

/** The corrections that the next close would make for the placements traced. One act changes facts of one seller. */
export async function foresee(tx: Tx, traced: readonly Traced[]): Promise<Consequences> {
  const seller_id = traced[0]!.seller_id
  const placement_ids = [...new Set(traced.map((each) => each.placement_id))]
  const foreseen = await foreseeFor(tx, seller_id, placement_ids)
  const earlier_changes = traced.reduce((sum, each) => sum + each.earlier, 0)
  if (foreseen === null) return { ...noConsequences, earlier_changes }
  return { ...(await named(tx, seller_id, foreseen)), earlier_changes }
}

/** What the next close would correct of these placements, as their facts and traces stand; null where no month is closed. */
export async function foreseeFor(tx: Tx, seller_id: string, placement_ids: string[]): Promise<Foreseen | null> {
  const closed = await closedMonths(tx, seller_id)
  const last = [...closed].sort().at(-1)
  if (last === undefined) return null
  const facts = await loadSellerFacts(tx, seller_id, addMonths(last, 1), placement_ids)
  // A buyer does not see the seller's closes, so the facts may not know of them.
  return foreseeCorrections({ ...facts, closed })
}

async function named(
  tx: Tx,
  seller_id: string,
  { close, months, documents, funding, own_use }: Foreseen,
): Promise<Omit<Consequences, 'earlier_changes'>> {
  const names = await organisationNames(
    tx,
    [...months, ...funding].map((each) => each.buyer),
  )
  const labels = await placementLabels(
    tx,
    seller_id,
    months.map((month) => month.placement),
  )
  const invoices = await invoicesOf(
    tx,
    seller_id,
    documents.flatMap((document) => document.corrects ?? []),
  )
  const party = (id: string) => ({ id, name: names.get(id) ?? '' })
  const invoiceOf = (buyer: string, month: string | null) =>
    month === null ? null : (invoices.get(`${buyer} ${month}`) ?? null)
  return {
    close_month: months.length === 0 ? null : close,
    months: months.map(({ placement, buyer, corrects, ...month }) => ({
      placement_id: placement,
      token: labels.get(placement)?.token ?? null,
      offer_title: labels.get(placement)?.offer_title ?? '',
      ...month,
      buyer: party(buyer),
      corrects: invoiceOf(buyer, corrects)?.number ?? null,
    })),
    documents: documents.map(({ type, buyer, corrects, net, vat, total }) => ({
      type,
      buyer: party(buyer),
      corrects: invoiceOf(buyer, corrects),
      net,
      vat,
      total,
    })),
    buyers: [...Map.groupBy(months, (month) => month.buyer)].map(([buyer, same]) => ({
      buyer: party(buyer),
      difference: moneyOf(same.reduce((sum, month) => sum + centsOf(month.difference), 0n)),
    })),
    funding: funding.map(({ buyer, ...sum }) => ({ ...sum, buyer: party(buyer) })),
    own_use,
  }
}

/** The invoices of these closes, by buyer and month (R14: there is one of each). */
async function invoicesOf(tx: Tx, seller_id: string, months: readonly string[]) {
  if (months.length === 0) return new Map<string, { id: string; number: string; month: string }>()
  const rows = await tx
    .selectFrom('document')
    .select(['id', 'number', 'buyer_id', 'close_month as month'])
    .where('seller_id', '=', seller_id)
    .where('type', '=', 'invoice')
    .where('close_month', 'in', [...new Set(months)])
    .execute()
  return new Map(rows.map(({ buyer_id, ...invoice }) => [`${buyer_id} ${invoice.month}`, invoice]))
}
