/**
 * What is kept of a close so that each line can be explained for ever: the facts it was rated from, small, and not the
 * explanation itself, which is many times larger. Asked for, the same calculator rates the same facts again and explains.
 */
import type { Month, PlainDate } from '../calendar.ts'
import { type PlacementToRate, rateFrom } from './close.ts'
import type { Absence, Authorised, DeliveredDays, Delivery, FundingSource, Terms } from './facts.ts'
import type { Carry, RatedMonth } from './rate.ts'
import { type Tariff, tariffOf } from './tariff.ts'

/** The evidence of one buyer and close, as it is stored. The version tells what reads it. */
type Stored =
  | { version: 1; placements: StoredAtFirst[] }
  | { version: 2; funding: (readonly FundingSource[])[]; placements: StoredPlacement[] }

/** A placement: what nearly every one has, then what few have. Funding is named by its place in the list of those there are. */
type StoredPlacement = [
  id: string,
  offer: string,
  from: PlainDate,
  to: PlainDate | null,
  funding: number,
  deliveries: string,
  rest?: StoredRest,
]
type StoredRest = {
  places?: number
  price_class?: string
  surcharges?: readonly string[]
  authorised?: Authorised
  /** absent: the month of the close */
  rate_from?: Month
  carry?: Carry
  absences?: StoredAbsence[]
}
type StoredAbsence = [kind: string, from: PlainDate, to: PlainDate]

type StoredAtFirst = [
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
  absences: StoredAbsence[],
  deliveries: string,
]

/**
 * The evidence of one buyer's placements with a seller, of the close of a month. The terms of their offers are kept once for the
 * whole close. Written out by hand, because there are many placements and nearly all of a placement is ids and dates.
 */
export function packEvidence(placements: readonly PlacementToRate[], close: Month): string {
  const funding = new Map<readonly FundingSource[], number>()
  const texts = new Map<string, number>()
  let packed = ''
  for (const placement of placements) {
    const { id, offer, from, to, funding: sources = unfunded } = placement
    let place = funding.get(sources)
    if (place === undefined) {
      const text = JSON.stringify(sources)
      place = texts.get(text) ?? texts.size
      texts.set(text, place)
      funding.set(sources, place)
    }
    const until = to === null ? 'null' : `"${to}"`
    const rest = restOf(placement, close)
    packed += `${packed === '' ? '' : ','}["${id}","${offer}","${from}",${until},${place},"${packDeliveries(placement)}"${rest}]`
  }
  return `{"version":2,"funding":[${[...texts.keys()].join(',')}],"placements":[${packed}]}`
}

const unfunded: readonly FundingSource[] = []

/** What few placements have, as the end of their array; nothing where there is nothing. */
function restOf(placement: PlacementToRate, close: Month): string {
  const { places = 1, price_class = null, surcharges = [], authorised, rate_from, carry, absences } = placement
  const plain = places === 1 && price_class === null && surcharges.length === 0 && authorised === undefined
  if (plain && rate_from === close && carry === null && absences.length === 0) return ''
  const rest: StoredRest = {}
  if (places !== 1) rest.places = places
  if (price_class !== null) rest.price_class = price_class
  if (surcharges.length > 0) rest.surcharges = surcharges
  if (authorised !== undefined) rest.authorised = authorised
  if (rate_from !== close) rest.rate_from = rate_from
  if (carry !== null) rest.carry = carry
  if (absences.length > 0) rest.absences = absences.map(({ kind, from, to }) => [kind, from, to])
  return `,${JSON.stringify(rest)}`
}

/**
 * `2026-03 x1f 02n 09*2.5`: a month, then its days: two digits for one, `x` and hexadecimal digits for a set of them (the lowest
 * bit is the first); `n` for a no-show, the quantity where it is not 1.
 */
function packDeliveries({ deliveries, days = [] }: PlacementToRate): string {
  let packed = ''
  let month = ''
  const put = (of: string, word: string, kind: Delivery['kind'], quantity: string) => {
    if (of !== month) {
      month = of
      packed += packed === '' ? month : ` ${month}`
    }
    packed += ` ${word}`
    if (kind === 'no_show') packed += 'n'
    if (quantity !== '1') packed += `*${quantity}`
  }
  for (const { date, kind, quantity } of deliveries) put(date.slice(0, 7), date.slice(8), kind, quantity)
  for (const alike of days) put(alike.month, `x${alike.days.toString(16)}`, alike.kind, alike.quantity)
  return packed
}

function unpackDeliveries(packed: string): { deliveries: Delivery[]; days: DeliveredDays[] } {
  const deliveries: Delivery[] = []
  const days: DeliveredDays[] = []
  let month = ''
  for (const word of packed === '' ? [] : packed.split(' ')) {
    if (word.length === 7 && word[4] === '-') {
      month = word
      continue
    }
    const [day, quantity = '1'] = word.split('*') as [string, string?]
    const kind = day.endsWith('n') ? 'no_show' : 'delivered'
    const set = kind === 'no_show' ? day.slice(0, -1) : day
    if (set.startsWith('x'))
      days.push({ month: month as Month, kind, quantity, days: Number.parseInt(set.slice(1), 16) })
    else deliveries.push({ date: `${month}-${set}` as PlainDate, kind, quantity })
  }
  return { deliveries, days }
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
  const stored = JSON.parse(evidence) as Stored
  const placements =
    stored.version === 1
      ? stored.placements.map((each) => placementAtFirst(each, parties))
      : stored.placements.map((each) => placementOf(each, stored.funding, parties, close))
  const tariffs = new Map<string, Tariff>()
  return placements.flatMap((placement) => {
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

function placementOf(
  stored: StoredPlacement,
  funding: (readonly FundingSource[])[],
  parties: { seller: string; buyer: string },
  close: Month,
): PlacementToRate {
  const [id, offer, from, to, place, deliveries, rest = {}] = stored
  const { absences = [], rate_from = close, carry = null, ...facts } = rest
  return {
    id,
    offer,
    ...parties,
    from,
    to,
    ...facts,
    funding: funding[place]!,
    ...unpackDeliveries(deliveries),
    absences: absences.map(absenceOf),
    rate_from,
    carry,
  }
}

/** As closes kept it before deliveries were counted by the database. */
function placementAtFirst(stored: StoredAtFirst, parties: { seller: string; buyer: string }): PlacementToRate {
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
    ...unpackDeliveries(deliveries),
    absences: absences.map(absenceOf),
    rate_from,
    carry,
  }
}

function absenceOf([kind, from, to]: StoredAbsence): Absence {
  return { kind, from, to }
}
