/**
 * What is kept of a close so that each line can be explained for ever: the facts it was rated from, small, and not the
 * explanation itself, which is many times larger. Asked for, the same calculator rates the same facts again and explains.
 */
import type { Month, PlainDate } from '../calendar.ts'
import { type PlacementToRate, rateFrom } from './close.ts'
import type { Absence, Authorised, Delivery, FundingSource, Terms } from './facts.ts'
import type { Carry, RatedMonth } from './rate.ts'
import { type Tariff, tariffOf } from './tariff.ts'

/** The evidence of one buyer and close, as it is stored. The version tells what reads it. */
type Stored = { version: 1; placements: StoredPlacement[] }
type StoredPlacement = [
  id: string,
  offer: string,
  from: PlainDate,
  to: PlainDate | null,
  places: number,
  price_class: string | null,
  surcharges: readonly string[],
  authorised: Authorised | null,
  funding: readonly FundingSource[],
  rate_from: Month,
  carry: Carry | null,
  absences: [kind: string, from: PlainDate, to: PlainDate][],
  deliveries: string,
]

/** The evidence of one buyer's placements with a seller. The terms of their offers are kept once for the whole close. */
export function packEvidence(placements: readonly PlacementToRate[]): string {
  const stored: Stored = { version: 1, placements: placements.map(storedPlacement) }
  return JSON.stringify(stored)
}

function storedPlacement(placement: PlacementToRate): StoredPlacement {
  const { id, offer, from, to, places = 1, price_class = null, surcharges = [], authorised = null } = placement
  const { funding = [], rate_from, carry, absences, deliveries } = placement
  const away = absences.map((absence): StoredPlacement[11][number] => [absence.kind, absence.from, absence.to])
  return [
    id,
    offer,
    from,
    to,
    places,
    price_class,
    surcharges,
    authorised,
    funding,
    rate_from,
    carry,
    away,
    packDeliveries(deliveries),
  ]
}

/** `2026-03 02 03 05n 09*2.5`: a month, then its days; `n` for a no-show, the quantity where it is not 1. */
function packDeliveries(deliveries: readonly Delivery[]): string {
  let packed = ''
  let month = ''
  for (const { date, kind, quantity } of deliveries) {
    if (!date.startsWith(month) || month === '') {
      month = date.slice(0, 7)
      packed += packed === '' ? month : ` ${month}`
    }
    packed += ` ${date.slice(8)}`
    if (kind === 'no_show') packed += 'n'
    if (quantity !== '1') packed += `*${quantity}`
  }
  return packed
}

function unpackDeliveries(packed: string): Delivery[] {
  const deliveries: Delivery[] = []
  let month = ''
  for (const word of packed === '' ? [] : packed.split(' ')) {
    if (word.length === 7 && word[4] === '-') {
      month = word
      continue
    }
    const [day, quantity = '1'] = word.split('*') as [string, string?]
    const kind = day.endsWith('n') ? 'no_show' : 'delivered'
    deliveries.push({ date: `${month}-${day.slice(0, 2)}` as PlainDate, kind, quantity })
  }
  return deliveries
}

/**
 * The months that a close rated for one buyer, rated again with their explanations.
 * @param evidence what `packEvidence` made
 * @param offers the terms of the offers asked for, as they were at the close; placements of others are passed over
 * @returns each placement's months from the first that was rated to the closed one
 */
export function explainAgain(
  evidence: string,
  offers: ReadonlyMap<string, Terms>,
  parties: { seller: string; buyer: string },
  close: Month,
): { placement: string; service_month: Month; rated: RatedMonth }[] {
  const { placements } = JSON.parse(evidence) as Stored
  const tariffs = new Map<string, Tariff>()
  return placements.flatMap((stored) => {
    const placement = placementOf(stored, parties)
    const terms = offers.get(placement.offer)
    if (terms === undefined) return []
    const tariff = tariffs.get(placement.offer) ?? tariffOf(terms)
    tariffs.set(placement.offer, tariff)
    return rateFrom(tariff, placement, close, { explain: true }).map((rated) => ({
      placement: placement.id,
      service_month: rated.month,
      rated,
    }))
  })
}

function placementOf(stored: StoredPlacement, parties: { seller: string; buyer: string }): PlacementToRate {
  const [id, offer, from, to, places, price_class, surcharges, authorised, funding, rate_from, carry, ...rest] = stored
  const [absences, deliveries] = rest
  return {
    id,
    offer,
    ...parties,
    from,
    to,
    places,
    price_class,
    surcharges,
    authorised: authorised ?? undefined,
    funding,
    deliveries: unpackDeliveries(deliveries),
    absences: absences.map(([kind, first, last]): Absence => ({ kind, from: first, to: last })),
    rate_from,
    carry,
  }
}
