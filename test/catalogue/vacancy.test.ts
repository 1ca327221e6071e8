import { expect, test } from 'vitest'
import { addDays, type PlainDate } from '../../src/calendar.ts'
import { changeOffer } from '../../src/catalogue/commands.ts'
import { OfferInput } from '../../src/catalogue/offer.ts'
import { freedUntil, searchOffers, vacancyOf } from '../../src/catalogue/store.ts'
import { calendarOf } from '../../src/catalogue/vacancy-store.ts'
import { transact } from '../../src/context.ts'
import { newId } from '../../src/ids.ts'
import { findDayWithoutPlace } from '../../src/placements/store.ts'
import { weekdayOf } from '../../src/ui/format.ts'
import { freshDatabase } from '../support/database.ts'
import { createWorld } from '../support/world.ts'
import { offered, placed } from './support.ts'

const world = await createWorld(await freshDatabase())
const { db } = world.database
/** What is kept until an hour depends on whose clock counts. */
const now = world.system()

/** The same numbers every time: a linear congruential generator. */
function dice(seed: number) {
  let state = seed
  return (sides: number) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((state / 2_147_483_648) * sides)
  }
}
const day = (number: number) => addDays('2026-01-01' as PlainDate, number)
const length = 120
const histories = 25

type Span = { valid_from: string; valid_to: string | null }
/** days of the week; null: every day */
type Days = number[] | null
type Stay = Span & {
  id: string
  places: number
  /** by version: from the beginning and, where there are two, from a day on */
  turns: { from: string; days: Days }[]
  buyer: 'REZ' | 'DGV'
  target_group: string | null
  absences: (Span & { valid_to: string; kind: string; withdrawn: boolean })[]
}
/** places kept for somebody, in force or not: given back, used, or past their hour by the clock of the world */
type Kept = Span & { places: number; status: string; held_until: string; days: Days }
/** places set aside for a municipality, or for a group */
type Part = Span & { places: number; buyer: 'REZ' | 'LUD' | null; target_group: string | null }
type History = {
  parts: Part[]
  capacities: (Span & { places: number })[]
  stays: Stay[]
  kept: Kept[]
  frees_bed: Record<string, number>
}
const holds = ({ valid_from, valid_to }: Span, on: string) => valid_from <= on && (valid_to === null || on <= valid_to)

/** What a list tells: what is set aside for others counts as taken. */
const asRead = ({ date, capacity, set_aside, taken, free }: ReturnType<typeof recount>) => ({
  date,
  capacity,
  taken: taken + set_aside,
  free,
})
const comes = (days: Days, on: string) => days === null || days.includes(weekdayOf(on))
const daysOf = (turns: Stay['turns'], on: string) => turns.findLast(({ from }) => from <= on)?.days ?? null

type Reader = { buyer?: 'REZ' | 'LUD' | 'DGV'; target_group?: string }

/** Counted from scratch, day by day and stay by stay, as one would with paper. */
function recount({ parts, capacities, stays, kept, frees_bed }: History, on: string, reader: Reader = {}) {
  const capacity = capacities.length === 0 ? null : (capacities.find((each) => holds(each, on))?.places ?? 0)
  const counted = { placed: 0, reserved: 0, freed: 0 }
  /** what a municipality, or a group, has taken */
  const used = new Map<string, number>()
  const use = (places: number, ...whose: (string | null)[]) => {
    for (const name of whose) if (name !== null) used.set(name, (used.get(name) ?? 0) + places)
  }
  for (const stay of stays) {
    if (!holds(stay, on) || !comes(daysOf(stay.turns, on), on)) continue
    counted.placed += stay.places
    const away = stay.absences.find((each) => !each.withdrawn && holds(each, on))
    const after = away === undefined ? undefined : frees_bed[away.kind]
    const free = away !== undefined && after !== undefined && on >= addDays(away.valid_from as PlainDate, after)
    if (free) counted.freed += stay.places
    else use(stay.places, stay.buyer, stay.target_group)
  }
  for (const one of kept) {
    const { status, held_until, days } = one
    if (!holds(one, on) || !comes(days, on) || status !== 'held' || held_until <= world.clock.now().toISOString())
      continue
    counted.reserved += one.places
    use(one.places, 'REZ')
  }
  const sums = new Map<string, number>()
  for (const part of parts.filter((each) => holds(each, on))) {
    const whose = part.buyer ?? part.target_group!
    if (whose !== reader.buyer && whose !== reader.target_group) sums.set(whose, (sums.get(whose) ?? 0) + part.places)
  }
  const set_aside = [...sums].reduce((sum, [whose, places]) => sum + Math.max(0, places - (used.get(whose) ?? 0)), 0)
  const taken = counted.placed + counted.reserved - counted.freed
  return {
    date: on,
    capacity,
    ...counted,
    set_aside,
    taken,
    free: capacity === null ? null : capacity - set_aside - taken,
  }
}

async function play(seed: number): Promise<{ history: History; offer: { seller_id: string; id: string } }> {
  const roll = dice(seed)
  const frees_bed: Record<string, number> =
    roll(4) === 0 ? {} : { hospital: roll(15), ...(roll(2) ? { holiday: roll(5) } : {}) }
  const offer = await offered(world, 'DGV', { frees_bed, title: `Vieta ${seed}` })
  const history: History = { parts: [], capacities: [], stays: [], kept: [], frees_bed }
  let from = roll(20)
  while (roll(5) > 0 && from < length) {
    const to = from + roll(60)
    history.capacities.push({ valid_from: day(from), valid_to: roll(4) === 0 ? null : day(to), places: roll(8) })
    if (history.capacities.at(-1)!.valid_to === null) break
    from = to + 1 + roll(10)
  }
  for (const capacity of history.capacities)
    await db
      .insertInto('capacity')
      .values({
        seller_id: offer.seller_id,
        id: newId(),
        offer_id: offer.id,
        ...capacity,
        recorded_at: '2026-01-01T00:00:00Z',
      })
      .execute()
  for (let count = roll(9); count > 0; count--) {
    const begin = roll(length) - 10
    const span = { valid_from: day(begin), valid_to: roll(3) === 0 ? null : day(begin + roll(70)), places: 1 + roll(2) }
    const in_turn = roll(2) === 0
    const buyer = roll(2) ? 'REZ' : 'DGV'
    const target_group = roll(3) === 0 ? group : null
    const id = await placed(world, offer, buyer, { ...span, in_turn, target_group })
    const turns = in_turn ? await turnsOf({ ...offer, placement_id: id }, day(begin + roll(50)), roll) : []
    const stay: Stay = { id, ...span, turns, buyer, target_group, absences: [] }
    let away = begin - 5 + roll(20)
    while (roll(3) > 0) {
      const back = away + roll(40)
      const kind = ['hospital', 'holiday', 'illness'][roll(3)]!
      stay.absences.push({ kind, valid_from: day(away), valid_to: day(back), withdrawn: roll(5) === 0 })
      away = back + 1 + roll(10)
    }
    for (const { withdrawn, ...absence } of stay.absences)
      await db
        .insertInto('absence')
        .values({
          ...{ seller_id: offer.seller_id, placement_id: id, id: newId(), buyer_id: world.organisation.REZ },
          ...{
            ...absence,
            recorded_at: '2026-01-01T00:00:00Z',
            withdrawn_at: withdrawn ? '2026-01-02T00:00:00Z' : null,
          },
        })
        .execute()
    history.stays.push(stay)
  }
  for (let count = roll(4); count > 0; count--) history.parts.push(await setAside(offer, roll))
  for (let count = roll(5); count > 0; count--) history.kept.push(await keep(offer, roll))
  return { history, offer }
}

const group = 'mental'

/** Places that are set aside from a day on, as the seller would; perhaps only paid for by a programme besides. */
async function setAside(offer: { seller_id: string; id: string }, roll: (sides: number) => number): Promise<Part> {
  const begin = roll(length)
  const span = { valid_from: day(begin), valid_to: roll(3) === 0 ? null : day(begin + roll(50)), places: 1 + roll(3) }
  const buyer = roll(3) === 0 ? null : roll(2) ? 'REZ' : 'LUD'
  const target_group = buyer === null ? group : null
  await db
    .insertInto('capacity_part')
    .values({
      ...{ seller_id: offer.seller_id, id: newId(), offer_id: offer.id, ...span, target_group },
      ...{ buyer_id: buyer && world.organisation[buyer], recorded_at: '2026-01-01T00:00:00Z' },
    })
    .execute()
  return { ...span, buyer, target_group }
}

/** Some days of the week, often none in particular. */
function someDays(roll: (sides: number) => number): Days {
  const days = [1, 2, 3, 4, 5, 6, 7].filter(() => roll(2) === 0)
  return days.length === 0 || days.length === 7 ? null : days
}

/** A stay that comes in turn with others: on some days of the week, and perhaps on other ones later. */
async function turnsOf(
  stay: { seller_id: string; placement_id: string },
  later: string,
  roll: (sides: number) => number,
): Promise<Stay['turns']> {
  const [first, second] = [someDays(roll), roll(2) === 0 ? someDays(roll) : undefined]
  const row = { seller_id: stay.seller_id, placement_id: stay.placement_id, buyer_id: world.organisation.REZ }
  const recorded_at = '2026-01-01T00:00:00Z'
  await db
    .insertInto('placement_weekdays')
    .values([
      {
        ...row,
        id: newId(),
        weekdays: first,
        valid_to: second === undefined ? null : addDays(later as PlainDate, -1),
        recorded_at,
      },
      ...(second === undefined ? [] : [{ ...row, id: newId(), weekdays: second, valid_from: later, recorded_at }]),
    ])
    .execute()
  return [{ from: '', days: first }, ...(second === undefined ? [] : [{ from: later, days: second }])]
}

/** Places that the seller keeps for a referral, as the module of placements would leave them. */
async function keep(offer: { seller_id: string; id: string }, roll: (sides: number) => number): Promise<Kept> {
  const begin = roll(length) - 10
  const span = { valid_from: day(begin), valid_to: roll(4) === 0 ? null : day(begin + roll(40)), places: 1 + roll(2) }
  const status = roll(3) === 0 ? (['used', 'released', 'expired'] as const)[roll(3)]! : 'held'
  const held_until = new Date(world.clock.now().getTime() + (roll(2) ? 3_600_000 : -3_600_000)).toISOString()
  const referral_id = newId()
  const days = someDays(roll)
  const party = { seller_id: offer.seller_id, offer_id: offer.id, buyer_id: world.organisation.REZ }
  const at = '2026-01-01T00:00:00Z'
  await db
    .insertInto('referral')
    .values({
      ...party,
      id: referral_id,
      weekdays: days,
      status: 'submitted',
      wanted_from: span.valid_from,
      created_at: at,
      submitted_at: at,
    })
    .execute()
  await db
    .insertInto('reservation')
    .values({
      ...{ ...party, ...span, id: newId(), referral_id, status, held_until, created_at: at },
      ended_at: status === 'held' ? null : at,
    })
    .execute()
  return { ...span, status, held_until, days }
}

test('vacancy is what a recount from scratch comes to, on every day of any history, also in lists and when accepting', async () => {
  const nothing = {
    words: [],
    kind_code: null,
    target_group: null,
    delivery_mode: null,
    language: null,
    accessibility: null,
  }
  for (let seed = 1; seed <= histories; seed++) {
    const { history, offer } = await play(seed)
    const days = Array.from({ length }, (_, index) => recount(history, day(index)))
    const { counted, calendar } = await transact(now, async (tx) => ({
      counted: await vacancyOf(tx, offer, day(0), day(length - 1)),
      calendar: await calendarOf(tx, offer, '2026-02'),
    }))
    expect(counted, `history ${seed}`).toEqual(days.map(asRead))
    expect(
      calendar.map(({ weekday: _, holiday: __, funded: ___, funded_taken: ____, ...each }) => each),
      `history ${seed}`,
    ).toEqual(days.slice(31, 59).map(({ taken: _, ...each }) => each))
    for (const buyer of ['REZ', 'LUD'] as const) {
      const seen = await transact(world.as(buyer, 'buyer'), (tx) => vacancyOf(tx, offer, day(0), day(length - 1)))
      expect(seen, `history ${seed} for ${buyer}`).toEqual(
        days.map(({ date }) => asRead(recount(history, date, { buyer }))),
      )
    }
    for (const [places, weekdays] of [
      [1, null],
      [3, null],
      [1, [2]],
      [2, [1, 3, 6]],
    ] as [number, Days][]) {
      const buyer = places === 2 ? ('REZ' as const) : ('DGV' as const)
      const target_group = places === 3 ? group : null
      const asker = { buyer, ...(target_group !== null && { target_group }) }
      const short = days
        .slice(20, 100)
        .map(({ date }) => recount(history, date, asker))
        .find(({ free, date }) => free !== null && free < places && comes(weekdays, date))
      const span = { valid_from: day(20), valid_to: day(99), places, weekdays }
      const need = {
        seller_id: offer.seller_id,
        offer_id: offer.id,
        buyer_id: world.organisation[buyer],
        target_group,
        ...span,
      }
      const found = await transact(now, (tx) => findDayWithoutPlace(tx, need))
      expect(found?.on_date ?? null, `history ${seed}, ${places} places on ${weekdays ?? 'every day'}`).toEqual(
        short?.date ?? null,
      )
    }
  }
  const on = day(45)
  const whose = { seller_id: world.organisation.DGV, owner_type: null, near: null, within: null }
  const search = { ...nothing, ...whose, priced: false, free: false, on, own: false }
  const rows = await transact(now, (tx) =>
    searchOffers(tx, world.organisation.REZ, search, { limit: 100, after: null }),
  )
  expect(rows).toHaveLength(histories)
  for (const row of rows) {
    const [counted] = await transact(now, (tx) => vacancyOf(tx, row, on, on))
    expect([row.capacity, row.taken, row.free]).toEqual([counted!.capacity, counted!.taken, counted!.free])
  }
}, 120_000)

test('a bed that an absence frees is free until its recorded end, and the offer’s page says until when', async () => {
  const offer = await offered(world, 'DGV', { frees_bed: { hospital: 14 } }, { price: '20', places: 1 })
  const stay = await placed(world, offer, 'REZ', { valid_from: '2026-01-01' })
  const away = {
    kind: 'hospital',
    valid_from: '2026-03-10',
    valid_to: '2026-04-20',
    recorded_at: '2026-03-10T00:00:00Z',
  }
  await db
    .insertInto('absence')
    .values({ seller_id: offer.seller_id, placement_id: stay, id: newId(), buyer_id: world.organisation.REZ, ...away })
    .execute()
  const free = await vacancyOf(db, offer, '2026-03-22', '2026-04-21')
  expect(free.filter((each) => each.free === 1).map(({ date }) => date)).toEqual(
    free.map(({ date }) => date).filter((date) => date >= '2026-03-24' && date <= '2026-04-20'),
  )
  expect(await freedUntil(db, offer, '2026-03-31')).toBe('2026-04-20')
  expect(await freedUntil(db, offer, '2026-03-23')).toBeNull()
  const page = await world.app.request(`/offers/${offer.id}`, {
    headers: { cookie: await world.cookie('REZ', 'buyer') },
  })
  expect(await page.text()).toContain('prombūtnes dēļ ir brīva tikai līdz')
  const { id, unit, kind_code, provider_id, title } = offer
  await changeOffer(world.as('DGV', 'lister'), id, OfferInput.parse({ unit, kind_code, provider_id, title }))
  expect(await freedUntil(db, offer, '2026-03-31')).toBeNull()
})
