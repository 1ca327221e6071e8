/**
 * What somebody should look at before a month is closed. A finding that blocks must be mended; one that warns is shown.
 *
 * The close itself is always exact: what has no price or goes beyond the authorisation is withheld (R3, R8), what comes late is
 * settled by the next close (R16). So most findings only warn. Blocked is what no later close could put right as a matter of
 * course: a service of a provider that was not registered on any day of the month, an invoice to an organisation that had ended
 * before it, an amount that no invoice can bear, and VAT charged by somebody who has no number for it. And what the parties
 * agreed on: where silence withholds, days that the buyer has not confirmed, until the documents must be out.
 */
import { dateIn, dayNumber, dayOfMonth, lastDay, type Month, type PlainDate } from '../calendar.ts'
import { holidaysIn } from '../holidays.ts'
import { type Cents, centsOf, moneyOf } from '../money.ts'
import { isAwaited, type WeekdaysSpan, weekdaysOn } from '../placements/weekdays.ts'
import { weekdayOf } from '../ui/format.ts'
import type { PlacementToRate } from './close.ts'
import type { Document, PlacementMonth, SellerClose } from './documents.ts'
import { deliveriesIn, isRecordedUnit, liesIn, type Terms } from './facts.ts'

export const findingCodes = [
  'provider_expired',
  'buyer_ended',
  'predecessor_open',
  'amount_too_large',
  'days_unconfirmed',
  'vat_number_missing',
  'papers_required',
  'party_unknown',
  'no_price',
  'over_authorised',
  'nothing_recorded',
  'recording_stopped',
  'stays_overlap',
  'over_capacity',
  'provider_lapses',
  'decision_missing',
  'papers_expired',
  'unusual_amount',
  'negative_total',
  'large_total',
  'late_changes',
  'other_weekday',
  'days_objected',
  'days_lapsed',
] as const
export type FindingCode = (typeof findingCodes)[number]
const blocking: readonly FindingCode[] = [
  'provider_expired',
  'buyer_ended',
  'predecessor_open',
  'amount_too_large',
  'days_unconfirmed',
  'vat_number_missing',
  'papers_required',
]

export type Finding = {
  code: FindingCode
  blocks: boolean
  /** what it is about; with the code this says where it is mended (`mendedAt`) */
  placement_id: string | null
  offer_id: string | null
  organisation_id: string | null
  /** values for the sentence */
  values: Record<string, string>
}

type About = Partial<Pick<Finding, 'placement_id' | 'offer_id' | 'organisation_id'>>

/** A finding of a kind, about something. */
export function finding(code: FindingCode, about: About, values: Record<string, string> = {}): Finding {
  const nothing = { placement_id: null, offer_id: null, organisation_id: null }
  return { code, blocks: blocking.includes(code), ...nothing, ...about, values }
}

/** What the findings are drawn from, beside what is looked up by `findings-store.ts`. */
export type FindingFacts = {
  seller: string
  month: Month
  today: PlainDate
  /** the rated months of the close; only those of `month` itself are looked at */
  months: readonly PlacementMonth[]
  placements: readonly PlacementToRate[]
  offers: ReadonlyMap<string, Terms>
  closing: SellerClose
  parties: ReadonlyMap<string, NamedParty>
  /** gross of each placement's last three settled months together; none where it is new */
  usual: ReadonlyMap<string, string>
  /** on which days of the week stays come that come in turn with others */
  turns: ReadonlyMap<string, readonly WeekdaysSpan[]>
}

/** The findings that follow from the facts of the close and what they come to. */
export function findingsOf(facts: FindingFacts): Finding[] {
  const { seller, month, months, placements, offers, closing, usual, parties } = facts
  const ofMonth = months.filter((rated) => rated.service_month === month)
  const offerOf = new Map(placements.map((placement) => [placement.id, placement.offer]))
  const free = new Set(holidaysIn(month))
  return [
    ...impossible(closing, seller),
    ...vatWithoutNumber(closing, parties),
    ...withoutEInvoice(closing, parties),
    ...ofMonth.flatMap((rated) => withheldFindings(rated, offerOf.get(rated.placement) ?? null)),
    ...placements.flatMap((placement) => notRecorded(placement, offers.get(placement.offer)?.unit, facts, free)),
    ...ofMonth.flatMap((rated) => unusualAmount(rated, usual)),
    ...totals(closing.documents),
  ]
}

function withheldFindings(rated: PlacementMonth, offer_id: string | null): Finding[] {
  return (rated.now?.rated.withheld ?? []).map(({ reason, quantity }) =>
    finding(reason, { placement_id: rated.placement, offer_id }, { quantity }),
  )
}

/** Units of which a stay has some nearly every week, so that a gap at the end of the month was probably forgotten. */
const regularUnits: readonly string[] = ['attended_day', 'hour', 'meal']
const gapDays = 10

/**
 * A stay counted by deliveries: none recorded in the month although somebody was to come, or none in its last ten days, where these
 * hold a week's days. Days of a recorded absence are not missed, nor those that have not come yet, nor days of the week of others.
 */
function notRecorded(
  stay: PlacementToRate,
  unit: Terms['unit'] | undefined,
  { month, today, turns }: FindingFacts,
  free: ReadonlySet<PlainDate>,
): Finding[] {
  if (unit === undefined || !isRecordedUnit(unit)) return []
  const last = today < lastDay(month) ? today : lastDay(month)
  const own = turns.get(stay.id) ?? []
  const expected: PlainDate[] = []
  for (let day = 1; dateIn(month, 1) <= last && day <= dayOfMonth(last); day++) {
    const date = dateIn(month, day)
    const awaited = isAwaited(own, date, weekdayOf(date)) && !free.has(date)
    if (awaited && liesIn(stay, date) && !stay.absences.some((absence) => liesIn(absence, date))) expected.push(date)
  }
  if (expected.length === 0) return []
  const recorded = deliveriesIn(stay, month).map(({ date }) => date)
  const about = { placement_id: stay.id }
  if (recorded.length === 0) return [finding('nothing_recorded', about)]
  const latest = recorded.reduce((a, b) => (a > b ? a : b))
  const inGap = expected.filter((date) => dayNumber(date) > dayNumber(last) - gapDays)
  const week = weekdaysOn(own, last)?.length ?? 5
  const stopped = inGap.length >= Math.max(2, Math.min(5, week)) && dayNumber(latest) <= dayNumber(last) - gapDays
  return stopped && regularUnits.includes(unit) ? [finding('recording_stopped', about, { last: latest })] : []
}

/** More than twice, or less than half, of what the last three months came to on average. */
function unusualAmount(rated: PlacementMonth, usual: ReadonlyMap<string, string>): Finding[] {
  const before = centsOf(usual.get(rated.placement) ?? '0.00')
  if (before === 0n) return []
  const now = (rated.now?.rated.lines ?? []).reduce((sum, line) => sum + centsOf(line.gross), 0n)
  if (now * 3n <= before * 2n && now * 6n >= before) return []
  const average = moneyOf((before * 2n + 3n) / 6n)
  return [finding('unusual_amount', { placement_id: rated.placement }, { now: moneyOf(now), before: average })]
}

/** What the columns of a close hold: twelve digits before the point. */
const longestAmount = '999999999999.99'.length
/** Above this a total is looked at: no municipality of Latvia buys so much of another in one month. */
const large: Cents = 100_000_000n

/** What makes a close impossible: an amount that no invoice and no column can bear, a slip in a price or a quantity. */
export function impossible({ billed, documents, funding, own_use }: SellerClose, seller: string): Finding[] {
  const tooLong = (amount: string) => amount.replace('-', '').length > longestAmount
  const found = billed.flatMap(({ placement, gross }) =>
    tooLong(gross) ? [finding('amount_too_large', { placement_id: placement }, { amount: gross })] : [],
  )
  if (found.length > 0) return found
  const sums = [
    ...documents.map(({ buyer, total }) => ({ buyer, amount: total })),
    ...funding,
    { buyer: seller, amount: own_use },
  ]
  return sums.flatMap(({ buyer, amount }) =>
    tooLong(amount) ? [finding('amount_too_large', { organisation_id: buyer }, { amount })] : [],
  )
}

/** What a document must be able to say of its parties. */
export type NamedParty = { name: string; registration_number: string | null; vat_number: string | null }

/** VAT that would be charged by a seller without a VAT number: it must not be (R15). */
export function vatWithoutNumber({ documents }: SellerClose, parties: ReadonlyMap<string, NamedParty>): Finding[] {
  const charges = documents.find(({ vat_rates }) => vat_rates.some(({ rate }) => /[1-9]/.test(rate)))
  if (charges === undefined) return []
  const seller = parties.get(charges.seller)
  if (seller === undefined || seller.vat_number !== null) return []
  return [finding('vat_number_missing', { organisation_id: charges.seller }, { seller: seller.name })]
}

/** Parties that no e-invoice can name: those documents would be on paper only. */
function withoutEInvoice({ documents }: SellerClose, parties: ReadonlyMap<string, NamedParty>): Finding[] {
  const ids = new Set(documents.flatMap(({ seller, buyer }) => [seller, buyer]))
  return [...ids].flatMap((id) => {
    const party = parties.get(id)
    if (party === undefined || party.registration_number !== null || party.vat_number !== null) return []
    return [finding('party_unknown', { organisation_id: id }, { party: party.name })]
  })
}

/** What the close of this buyer comes to in all, where it is a surprise. */
function totals(documents: readonly Document[]): Finding[] {
  return [...Map.groupBy(documents, (document) => document.buyer)].flatMap(([organisation_id, same]): Finding[] => {
    const sum = same.reduce((all, { type, total }) => all + centsOf(total) * (type === 'invoice' ? 1n : -1n), 0n)
    if (sum < 0n) return [finding('negative_total', { organisation_id }, { amount: moneyOf(-sum) })]
    if (sum < large) return []
    return [finding('large_total', { organisation_id }, { amount: moneyOf(sum) })]
  })
}

/** The page where a finding is put right, for somebody with these permissions. */
export function mendedAt(found: Finding, month: Month, can: (permission: string) => boolean): string {
  const { placement_id, offer_id, organisation_id } = found
  switch (found.code) {
    case 'no_price':
      return can('offer.manage') ? `/offers/${offer_id}/prices/new` : `/offers/${offer_id}`
    case 'over_capacity':
      return can('offer.manage') ? `/offers/${offer_id}/capacity` : `/offers/${offer_id}`
    case 'provider_expired':
    case 'provider_lapses': {
      const at = `/organisations/${organisation_id}`
      return can('provider.manage') ? `${at}/providers/${found.values.provider_id}/edit` : at
    }
    case 'vat_number_missing':
    case 'party_unknown':
      return `/organisations/${organisation_id}${can('organisation.manage') ? '/edit' : ''}`
    case 'days_objected':
    case 'other_weekday':
    case 'nothing_recorded':
    case 'recording_stopped':
      return `/deliveries?placement=${placement_id}&month=${month}`
    case 'days_unconfirmed':
    case 'days_lapsed':
      return `/deliveries?month=${month}`
    case 'late_changes':
      return '/placements?side=seller'
    default:
      return placement_id === null ? `/organisations/${organisation_id}` : `/placements/${placement_id}`
  }
}
