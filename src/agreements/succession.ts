/** What becomes of agreements where parties have merged: one for a pair and direction goes on, the others end. Pure. */
import { addDays, type PlainDate } from '../calendar.ts'
import { heirOf, type Succession } from '../identity/succession.ts'

export interface AgreementInForce {
  seller_id: string
  id: string
  buyer_id: string
  valid_from: string
  valid_to: string | null
  /** the day of the second signature */
  signed_on: string
}

export interface ContinuedAgreement {
  seller_id: string
  id: string
  to_seller_id: string
  to_buyer_id: string
  valid_from: string
  valid_to: string | null
}

/**
 * Which agreements go on with the successor as the party, and from when to when. Universal succession needs no new signature. Only
 * one may be in force between two in a direction: the successor's own goes before a predecessor's, and of several the one
 * signed last goes on. One between those who are one now ends, for nobody agrees with oneself.
 * @param agreements those of predecessors and of the successor that reach the day
 */
export function continueAgreements(
  succession: Succession,
  agreements: readonly AgreementInForce[],
): { continued: ContinuedAgreement[]; ended: AgreementInForce[] } {
  const { predecessor_ids: gone, succeeded_on: day } = succession
  const pair = ({ seller_id, buyer_id }: AgreementInForce) =>
    `${heirOf(succession, seller_id)} ${heirOf(succession, buyer_id)}`
  const moves = ({ seller_id, buyer_id }: AgreementInForce) => gone.includes(seller_id) || gone.includes(buyer_id)
  const continued: ContinuedAgreement[] = []
  for (const all of Map.groupBy(agreements, pair).values()) {
    const taken: { from: string; to: string | null }[] = all
      .filter((one) => !moves(one))
      .map(({ valid_from, valid_to }) => ({ from: valid_from, to: valid_to }))
    for (const one of all.filter(moves).toSorted((a, b) => (a.signed_on > b.signed_on ? -1 : 1))) {
      const [to_seller_id, to_buyer_id] = [heirOf(succession, one.seller_id), heirOf(succession, one.buyer_id)]
      const span = freeWithin({ from: one.valid_from > day ? one.valid_from : day, to: one.valid_to }, taken)
      if (to_seller_id === to_buyer_id || span === null) continue
      taken.push(span)
      continued.push({
        ...{ seller_id: one.seller_id, id: one.id, to_seller_id, to_buyer_id },
        ...{ valid_from: span.from, valid_to: span.to },
      })
    }
  }
  return { continued, ended: agreements.filter(moves) }
}

/** The first part of a span that no other covers; null where there is none. */
function freeWithin(
  span: { from: string; to: string | null },
  taken: readonly { from: string; to: string | null }[],
): { from: string; to: string | null } | null {
  let { from, to } = span
  for (const other of taken.toSorted((a, b) => (a.from < b.from ? -1 : 1))) {
    if (other.to !== null && other.to < from) continue
    if (to !== null && other.from > to) break
    if (other.from > from) {
      to = addDays(other.from as PlainDate, -1)
      break
    }
    if (other.to === null) return null
    from = addDays(other.to as PlainDate, 1)
    if (to !== null && from > to) return null
  }
  return { from, to }
}
