/**
 * The year of the demonstration: what happens on which day. Every event goes through the commands, on the day it happens
 * and by the person whose work it is, so that nothing stands in the demonstration that could not have come about.
 */
import { addDays, dateOfDay, dayNumber, firstDay, lastDay, type Month, monthOf, type PlainDate } from '../calendar.ts'
import { CapacityInput } from '../catalogue/capacity.ts'
import { addPrice, confirmOffer, createOffer, publishOffer, replacePrices, setCapacity } from '../catalogue/commands.ts'
import { OfferInput } from '../catalogue/offer.ts'
import { PriceInput } from '../catalogue/price.ts'
import type { Db } from '../db/connect.ts'
import { recordAbsence, recordDeliveries, withdrawDelivery } from '../deliveries/commands.ts'
import {
  acceptReferral,
  declineReferral,
  draftReferral,
  endPlacement,
  prolongPlacement,
  submitReferral,
  withdrawReferral,
} from '../placements/commands.ts'
import { Acceptance, Decline, ReferralInput } from '../placements/referral.ts'
import { closeMonth } from '../settlement/commands.ts'
import { type StoryCalendar, wholeMonths } from './calendar.ts'
import type { Cast } from './cast.ts'
import {
  type DemoOffer,
  type DemoPrice,
  forgottenOffer,
  type Municipality,
  madeUpAccessibility,
  municipalities,
  offers,
} from './latgale.ts'
import { marketEvents } from './market.ts'
import { moneyEvents } from './money.ts'
import { type Given, givenIn } from './rhythm.ts'
import { type Correction, corrections, type Request, requests, type Stay, staysOf } from './stays.ts'
import { decided, type Event, offerId, placementOf, residentOf, seller, type Year } from './year.ts'

/** Plays everything up to today. @param db read as the program @param progress hears the month that is being told */
export async function playYear(
  db: Db,
  cast: Cast,
  calendar: StoryCalendar,
  progress: (month: Month) => void,
): Promise<void> {
  const year: Year = {
    cast,
    calendar,
    offer: new Map(),
    resident: new Map(),
    placement: new Map(),
    referral: new Map(),
    given: new Map(),
    decisions: 100,
  }
  const events = [
    ...publishing(year),
    confirming(year),
    ...staysOf(calendar).flatMap((stay) => eventsOf(year, stay)),
    ...requests.map((request) => asking(year, request)),
    ...recording(year),
    ...closing(year),
    ...corrections.map((correction) => correcting(year, correction)),
    ...marketEvents(year),
    ...moneyEvents(cast, calendar, db),
  ]
  let month: Month | null = null
  // Sorting is stable: on one day things happen in the order in which they are listed.
  for (const { on, happens } of events.toSorted((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0))) {
    if (on > calendar.today) continue
    if (monthOf(on) !== month) {
      month = monthOf(on)
      progress(month)
    }
    await happens(on)
  }
}

// The catalogue

function publishing(year: Year): Event[] {
  const first = year.calendar.date([0, 1])
  return offers.flatMap((offer) => [
    { on: addDays(first, -14), happens: (on: PlainDate) => publish(year, offer, on) },
    ...offer.prices.flatMap((price) =>
      price.decided === undefined
        ? []
        : [
            {
              on: year.calendar.date(price.decided),
              happens: (on: PlainDate) =>
                addPrice(year.cast.as(offer.seller, 'lister', on), offerId(year, offer.key), priceOf(year, price)),
            },
          ],
    ),
  ])
}

async function publish(year: Year, { key, seller, provider, offer, prices, places }: DemoOffer, on: PlainDate) {
  const lister = year.cast.as(seller, 'lister', on)
  const provider_id = provider === undefined ? null : year.cast.provider.get(provider)!
  const { id } = await createOffer(
    lister,
    OfferInput.parse({ ...offer, provider_id, accessibility: madeUpAccessibility[key] ?? [] }),
  )
  year.offer.set(key, { id, seller })
  const known = prices.filter((price) => price.decided === undefined)
  if (known.length > 0)
    await replacePrices(
      lister,
      id,
      known.map((price) => priceOf(year, price)),
    )
  if (places !== undefined) {
    const valid_from = year.calendar.date([0, 1])
    await setCapacity(lister, id, CapacityInput.parse({ valid_from, valid_to: null, places, made_up: true }))
  }
  await publishOffer(lister, id)
}

/** Listers say every now and then that what they offer still holds; one of them has forgotten to. */
function confirming(year: Year): Event {
  return {
    on: addDays(year.calendar.today as PlainDate, -40),
    happens: async (on) => {
      for (const [key, { id, seller }] of year.offer) {
        if (key !== forgottenOffer) await confirmOffer(year.cast.as(seller, 'lister', on), id)
      }
    },
  }
}

function priceOf({ calendar }: Year, { decided: _, valid_from, valid_to, ...price }: DemoPrice): PriceInput {
  return PriceInput.parse({
    ...price,
    valid_from: typeof valid_from === 'string' ? valid_from : calendar.date(valid_from),
    valid_to: valid_to === undefined ? null : calendar.date(valid_to),
  })
}

// Requests and stays

function eventsOf(year: Year, stay: Stay): Event[] {
  const { date } = year.calendar
  const from = date(stay.from)
  // What begins some days from today was agreed some days ago.
  const planned = 'from_today' in stay.from
  const events: Event[] = [
    { on: planned ? date({ from_today: -4 }) : addDays(from, -9), happens: (on) => submit(year, stay, on) },
    { on: planned ? date({ from_today: -2 }) : addDays(from, -5), happens: (on) => accept(year, stay, on) },
  ]
  for (const away of stay.away ?? []) {
    const absence = { kind: away.kind, valid_from: date(away.from), valid_to: date(away.to) }
    events.push({
      on: addDays(absence.valid_to, 1),
      happens: (on) =>
        recordAbsence(seller(year, stay, on), { placement_id: placementOf(year, stay.key).id, ...absence }),
    })
  }
  const { ended, prolonged } = stay
  if (ended !== undefined) events.push({ on: date(ended.told), happens: (on) => end(year, stay, date(ended.on), on) })
  if (prolonged !== undefined) {
    events.push({ on: date(prolonged.told), happens: (on) => prolong(year, stay, date(prolonged.to), on) })
  }
  return events
}

const asked = new WeakMap<Stay, string>()

async function submit(year: Year, stay: Stay, on: PlainDate): Promise<void> {
  const buyer = year.cast.as(stay.buyer, 'buyer', on)
  const { offer, resident, from, to, places, surcharges, authorised, funding, longer_reason, weekdays } = stay
  const referral = await draftReferral(
    buyer,
    ReferralInput.parse({
      offer_id: offerId(year, offer),
      resident_id: resident === null ? null : await residentOf(year, stay.buyer, resident, on),
      wanted_from: year.calendar.date(from),
      wanted_to: to === undefined ? null : year.calendar.date(to),
      decision: decided(year),
      ...(places === undefined ? {} : { places }),
      ...(surcharges === undefined ? {} : { surcharges }),
      ...(authorised === undefined ? {} : { authorised }),
      ...(funding === undefined ? {} : { funding }),
      ...(longer_reason === undefined ? {} : { longer_reason }),
      ...(weekdays === undefined ? {} : { weekdays }),
    }),
  )
  await submitReferral(buyer, referral.id)
  asked.set(stay, referral.id)
}

async function accept(year: Year, stay: Stay, on: PlainDate): Promise<void> {
  const placement = await acceptReferral(seller(year, stay, on), asked.get(stay)!, Acceptance.parse({}))
  const { id, valid_from, valid_to } = placement
  year.placement.set(stay.key, { id, from: valid_from as PlainDate, to: valid_to as PlainDate | null })
}

async function end(year: Year, stay: Stay, valid_to: PlainDate, on: PlainDate): Promise<void> {
  const placement = placementOf(year, stay.key)
  await endPlacement(seller(year, stay, on), placement.id, { valid_to, reason: stay.ended!.reason, note: '' })
  placement.to = valid_to
}

async function prolong(year: Year, stay: Stay, valid_to: PlainDate, on: PlainDate): Promise<void> {
  const placement = placementOf(year, stay.key)
  const decision = decided(year)
  await prolongPlacement(year.cast.as(stay.buyer, 'buyer', on), placement.id, { valid_to, decision, note: '' })
  placement.to = valid_to
}

function asking(year: Year, request: Request): Event {
  return {
    on: year.calendar.date(request.written),
    happens: async (on) => {
      const { buyer: code, offer, outcome, note } = request
      const buyer = year.cast.as(code, 'buyer', on)
      const { id } = await draftReferral(
        buyer,
        ReferralInput.parse({
          offer_id: offerId(year, offer),
          resident_id: await residentOf(year, code, request.resident, on),
          wanted_from: year.calendar.date(request.from),
          wanted_to: request.to === undefined ? null : year.calendar.date(request.to),
          ...(note === undefined ? {} : { note }),
        }),
      )
      if (outcome.is === 'draft') return
      await submitReferral(buyer, id)
      year.referral.set(`${offer} ${code} ${request.resident}`, id)
      const later = addDays(on, 2)
      if (outcome.is === 'withdrawn')
        await withdrawReferral(year.cast.as(code, 'buyer', later), id, { reason: 'not_needed' })
      if (outcome.is === 'declined') {
        await declineReferral(
          seller(year, request, later),
          id,
          Decline.parse({ reason: outcome.reason, note: outcome.note }),
        )
      }
    },
  }
}

// Days given

/** Each seller records a month on the first of the next one; the running month today, up to yesterday. */
function recording(year: Year): Event[] {
  const { calendar } = year
  const stays = staysOf(calendar).filter((stay) => stay.rhythm !== undefined)
  const months = Array.from({ length: wholeMonths + 1 }, (_, number) => number)
  return months.flatMap((number) =>
    municipalities.map((code) => ({
      on: number === wholeMonths ? calendar.today : calendar.date([number + 1, 1]),
      happens: (on: PlainDate) =>
        record(
          year,
          code,
          stays.filter((stay) => year.offer.get(stay.offer)?.seller === code && !stay.forgotten?.includes(number)),
          calendar.month(number),
          on,
        ),
    })),
  )
}

async function record(year: Year, code: Municipality, stays: Stay[], month: Month, on: PlainDate): Promise<void> {
  const yesterday = addDays(on, -1)
  const given = stays.flatMap((stay) => {
    const placement = year.placement.get(stay.key)
    if (placement === undefined) return []
    const to = placement.to === null || placement.to > yesterday ? yesterday : placement.to
    return givenIn(month, stay.key, stay.rhythm!, { from: placement.from, to }).map((each) => ({
      ...each,
      stay: stay.key,
      placement_id: placement.id,
    }))
  })
  if (given.length === 0) return
  const { items } = await recordDeliveries(
    year.cast.as(code, 'lister', on),
    given.map(({ placement_id, date, kind, quantity }) => ({ placement_id, delivered_on: date, kind, quantity })),
  )
  for (const [index, { stay, date, kind, quantity }] of given.entries()) {
    const before = year.given.get(stay) ?? []
    before.push({ date, kind, quantity, id: items[index]!.id })
    year.given.set(stay, before)
  }
}

// Months closed and corrected

/** Every month is closed on the fifth of the next one, but for the last whole one, which is open and ready. */
function closing({ cast, calendar }: Year): Event[] {
  const months = Array.from({ length: wholeMonths - 1 }, (_, number) => number)
  return months.flatMap((number) =>
    municipalities.map((code) => ({
      on: calendar.date([number + 1, 5]),
      happens: (on: PlainDate) => closeMonth(cast.as(code, 'finance', on), calendar.month(number)),
    })),
  )
}

/** What is found out after the close: the next close settles it with a credit note or an adjustment (R16). */
function correcting(year: Year, { told, stay, month, ...what }: Correction): Event {
  return {
    on: year.calendar.date(told),
    happens: async (on) => {
      const placement = placementOf(year, stay)
      const its = year.calendar.month(month)
      const given = (year.given.get(stay) ?? []).filter(({ date }) => date.startsWith(its))
      const lister = seller(year, { offer: stay.split(' ')[0]! }, on)
      if (what.is === 'withdrawn') {
        await withdrawDelivery(lister, given.findLast((each) => each.kind === 'delivered')!.id)
        return
      }
      const delivered_on = freeWorkday(its, given)
      await recordDeliveries(lister, [
        { placement_id: placement.id, delivered_on, quantity: what.quantity, note: what.note },
      ])
    },
  }
}

/** The last weekday of a month on which nothing was given. */
function freeWorkday(month: Month, given: readonly Given[]): PlainDate {
  for (let day = dayNumber(lastDay(month)); day >= dayNumber(firstDay(month)); day -= 1) {
    const date = dateOfDay(day)
    const workday = (day + 3) % 7 < 5
    if (workday && !given.some((each) => each.date === date)) return date
  }
  return lastDay(month)
}
