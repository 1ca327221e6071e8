/** What changed facts would lead to in closed months: a close without a month of its own. Pure. */
import { addMonths, type Month } from '../calendar.ts'
import { centsOf, type Money, moneyOf, zeroMoney } from '../money.ts'
import { askedFor } from './agreed.ts'
import { type SellerFacts, settleSeller } from './close.ts'
import { closeSeller, type SellerClose } from './documents.ts'
import { totalsOf } from './rate.ts'

/** A closed month of a placement that now comes to something else, for its buyer or for others who bear a part of it. */
export type MovedMonth = {
  placement: string
  buyer: string
  service_month: Month
  billed: Money
  rated: Money
  difference: Money
  settled_by: 'invoice' | 'credit_note' | 'own_use' | 'funding'
  /** for a credit note: the close of the invoice that it corrects */
  corrects: Month | null
}

export type Foreseen = Pick<SellerClose, 'documents' | 'funding' | 'own_use'> & { close: Month; months: MovedMonth[] }

/**
 * The corrections that the next close would issue for the placements given.
 * @param facts of these placements, with `rate_from` at the first month that changed; null where no month is closed yet
 */
export function foreseeCorrections(facts: SellerFacts): Foreseen | null {
  const last = [...facts.closed].sort().at(-1)
  if (last === undefined) return null
  const close = addMonths(last, 1)
  const earlier = settleSeller(facts, close).months.filter((each) => each.service_month !== close)
  const { documents, funding, own_use } = closeSeller(facts.seller, close, earlier)
  const months = earlier.flatMap(({ placement, service_month, now, billed, agreed }): MovedMonth[] => {
    const totals = now === null ? null : totalsOf(now.rated.lines)
    const buyer = now?.buyer ?? billed!.buyer
    const own = buyer === facts.seller
    const asked = (amount: Money | undefined) => moneyOf(askedFor(agreed, buyer, amount ?? zeroMoney))
    const before = own ? (billed?.gross ?? zeroMoney) : asked(billed?.buyer_amount)
    const after = own ? (totals?.gross ?? zeroMoney) : asked(totals?.buyer_amount)
    const cents = centsOf(after) - centsOf(before)
    if (cents === 0n && !sharesMove(billed?.shares ?? [], totals?.shares ?? [])) return []
    const settled_by = cents === 0n ? 'funding' : own ? 'own_use' : cents > 0n ? 'invoice' : 'credit_note'
    return [
      {
        placement,
        buyer,
        service_month,
        billed: before,
        rated: after,
        difference: moneyOf(cents),
        settled_by,
        corrects: settled_by === 'credit_note' ? (billed?.invoiced_in ?? null) : null,
      },
    ]
  })
  return { close, months, documents, funding, own_use }
}

type Shares = readonly { source: string; collected_by: string; amount: Money }[]

/** A share of zero is no share. */
function sharesMove(before: Shares, after: Shares): boolean {
  const said = (shares: Shares) =>
    shares
      .filter(({ amount }) => amount !== zeroMoney)
      .map(({ source, collected_by, amount }) => `${source} ${collected_by} ${amount}`)
      .sort()
      .join()
  return said(before) !== said(after)
}
