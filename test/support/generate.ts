/**
 * Scenarios nobody thought of: valid facts of every kind, in odd combinations, with late facts between the closes.
 */
import fc from 'fast-check'
import { addDays, addMonths, daysInMonth, firstDay, lastDay, type Month } from '../../src/calendar.ts'
import type {
  AbsenceRecord,
  DeliveryRecord,
  Facts,
  Offer,
  Placement,
  Scenario,
  Step,
} from '../../src/scenario/format.ts'
import { overlaps, units } from '../../src/settlement/facts.ts'

type Pick = fc.GeneratorValue
type World = { first: Month; months: number; parties: string[] }

const percents = ['0', '10', '12.5', '33.33', '50', '75', '85', '99.99', '100', '120']
const prices = [
  '0',
  '0.01',
  '0.66',
  '12.10',
  '31.00',
  '7.005',
  '22.58',
  '34.50',
  '85',
  '0.123456789012',
  '1404.44',
  '73.55125',
]
const quantities = ['1', '1', '1', '1', '1.00', '2', '0.5', '3.75', '17.166', '0.000000000001', '1000000000']
const absenceKinds = ['hospital', 'holiday', 'other']
const surchargeNames = ['single_room', 'escort', 'care_level_4']
const classes = ['own', 'other', 'project']
const amounts = ['0', '0.01', '5.00', '60.00', '357.00', '1000']

/** Scenarios whose facts are all taken. Every step of time is a close; facts are recorded and netted between them. */
export const anyScenario: fc.Arbitrary<Scenario> = fc.gen().map((pick) => scenarioFrom(pick))

function scenarioFrom(pick: Pick): Scenario {
  const world: World = {
    first: oneOf(pick, ['2023-11', '2024-02', '2025-02', '2026-03'] as const),
    months: number(pick, 1, 4),
    parties: ['A', 'B', 'C'].slice(0, number(pick, 2, 3)),
  }
  const offers = upTo(pick, 1, 3, (index) => anyOffer(pick, world, `o${index}`))
  const placements = upTo(pick, 2, 5, (index) => anyPlacement(pick, world, offers, `p${index}`))
  const facts: Facts = { offers, placements, deliveries: [], absences: [] }
  const initial = anyRecords(pick, world, facts)
  keep(facts, initial)
  const scenario = { ...copy(facts), parties: world.parties, steps: [] as Step[] }
  for (let index = 0; index < world.months; index++) {
    const month = addMonths(world.first, index)
    if (index > 0 && chance(pick, 2)) scenario.steps.push({ record: anyRecord(pick, world, facts) })
    scenario.steps.push({ close: month })
    if (chance(pick, 6)) scenario.steps.push({ close: month })
    if (chance(pick, 3)) scenario.steps.push({ net: lastDay(month) })
  }
  return scenario
}

/** A record of late facts: deliveries and absences, changed offers and placements. */
function anyRecord(pick: Pick, world: World, facts: Facts): Facts {
  const record: Facts = { offers: [], placements: [], deliveries: [], absences: [] }
  if (chance(pick, 3)) {
    const offer = oneOf(pick, facts.offers)
    const changed = chance(pick, 2)
      ? { ...offer, prices: anyPrices(pick, world, offer.unit) }
      : { ...anyOffer(pick, world, offer.id), surcharges: offer.surcharges }
    record.offers.push(changed)
  }
  if (chance(pick, 2)) {
    const placement = oneOf(pick, facts.placements)
    const offers = facts.offers.map((offer) => record.offers.find((each) => each.id === offer.id) ?? offer)
    const other = anyPlacement(pick, world, offers, placement.id)
    const offer = { offer: placement.offer, surcharges: placement.surcharges }
    record.placements.push(
      oneOf(pick, [
        other,
        { ...placement, funding: other.funding },
        { ...placement, authorised: other.authorised },
        { ...placement, from: other.from, to: other.to },
        { ...other, ...offer, buyer: placement.buyer },
      ]),
    )
  }
  keep(facts, record)
  const late = anyRecords(pick, world, facts)
  keep(facts, { ...record, ...late, offers: [], placements: [] })
  return { ...record, deliveries: late.deliveries, absences: late.absences }
}

function keep(facts: Facts, record: Pick_<Facts>): void {
  for (const offer of record.offers ?? []) facts.offers = replaced(facts.offers, offer)
  for (const placement of record.placements ?? []) facts.placements = replaced(facts.placements, placement)
  facts.deliveries = [...facts.deliveries, ...(record.deliveries ?? [])]
  facts.absences = [...facts.absences, ...(record.absences ?? [])]
}

type Pick_<T> = { [Key in keyof T]?: T[Key] }

function anyOffer(pick: Pick, world: World, id: string): Offer {
  const unit = oneOf(pick, [...units, 'calendar_day', 'calendar_day', 'month', 'attended_day'] as const)
  return {
    id,
    seller: oneOf(pick, world.parties),
    unit,
    prices: anyPrices(pick, world, unit),
    departure_day_charged: chance(pick, 2),
    absence: Object.fromEntries(absenceKinds.slice(0, number(pick, 0, 3)).map((kind) => [kind, anySteps(pick)])),
    surcharges: {
      single_room: { percent: oneOf(pick, percents) },
      escort: { per_unit: oneOf(pick, prices) },
      care_level_4: { percent: '33.3333' },
    },
    ...maybe(pick, 'no_show_percent', () => oneOf(pick, percents)),
    ...maybe(pick, 'minimum_per_month', () => oneOf(pick, ['0', '4', '10.5', '100'])),
    ...maybe(pick, 'vat', () =>
      oneOf(pick, [{ category: 'E' }, { category: 'S', rate: '21' }, { category: 'S', rate: '5.5' }] as const),
    ),
  }
}

/** Versions with and without a class, with gaps and before and after each other, cut at random dates. */
function anyPrices(pick: Pick, world: World, unit: Offer['unit']): Offer['prices'] {
  const ofClass = (name: string | undefined) => {
    const versions: Offer['prices'][number][] = []
    let from = addDays(firstDay(world.first), oneOf(pick, [-400, -40, -3, 0, 0, 9]))
    for (let index = number(pick, name === undefined ? 1 : 0, 3); index > 0; index--) {
      const to = index === 1 && chance(pick, 2) ? null : addDays(from, oneOf(pick, [0, 13, 40, 70, 450]))
      versions.push({
        from,
        to,
        unit_price: oneOf(pick, prices),
        ...(name === undefined ? {} : { class: name }),
        ...(chance(pick, 3) ? { tiers: anyTiers(pick) } : {}),
      })
      if (to === null) break
      from = addDays(to, oneOf(pick, [1, 1, 1, 4]))
    }
    return versions
  }
  const versions = [...ofClass(undefined), ...ofClass(chance(pick, 3) ? oneOf(pick, classes) : 'nobody')]
  return unit === 'once' || chance(pick, 2) ? versions.toReversed() : versions
}

function anyTiers(pick: Pick) {
  const ends = [oneOf(pick, ['0.5', '2', '3']), oneOf(pick, ['4', '9.25', '1000000'])].slice(0, number(pick, 0, 2))
  return [...ends, null].map((up_to) => ({ up_to, unit_price: oneOf(pick, prices) }))
}

function anySteps(pick: Pick) {
  const from_days = [...new Set(upTo(pick, 1, 3, () => oneOf(pick, [1, 2, 3, 8, 15, 40])))]
  return from_days.map((from_day) => ({ from_day, percent: oneOf(pick, percents) }))
}

function anyPlacement(pick: Pick, world: World, offers: readonly Offer[], id: string): Placement {
  const from = addDays(firstDay(world.first), number(pick, -70, 30 * world.months))
  const wholeMonths = chance(pick, 2)
  const offer = oneOf(pick, offers)
  const others = world.parties.filter((party) => party !== offer.seller)
  return {
    id,
    offer: offer.id,
    buyer: chance(pick, 6) ? offer.seller : oneOf(pick, others),
    from: wholeMonths ? firstDay(world.first) : from,
    to: chance(pick, 2) ? null : wholeMonths ? lastDay(world.first) : addDays(from, number(pick, 0, 80)),
    ...maybe(pick, 'places', () => oneOf(pick, [1, 2, 5])),
    ...maybe(pick, 'price_class', () => oneOf(pick, classes)),
    surcharges: surchargeNames.filter(() => chance(pick, 4)),
    ...maybe(pick, 'authorised', () => ({
      ...maybe(pick, 'per_month', () => oneOf(pick, ['0', '3', '7.5', '20'])),
      ...maybe(pick, 'per_year', () => oneOf(pick, ['12', '30', '45.25'])),
      ...maybe(pick, 'total', () => oneOf(pick, ['5', '31', '60.5'])),
    })),
    funding: ['client', 'state', 'ESF'].slice(0, number(pick, 0, 3)).map((source) => ({
      source,
      ...oneOf(pick, [
        { percent: oneOf(pick, percents) },
        { per_unit: oneOf(pick, prices) },
        { per_month: oneOf(pick, amounts) },
      ]),
      ...maybe(pick, 'cap_per_month', () => oneOf(pick, amounts)),
      ...maybe(pick, 'cap_total', () => oneOf(pick, amounts)),
      ...maybe(pick, 'collected_by', () => oneOf(pick, ['seller', 'buyer'] as const)),
    })),
  }
}

/** Deliveries inside their placements, and absences that overlap no other of their placement. */
function anyRecords(pick: Pick, world: World, facts: Facts): Facts {
  const deliveries: DeliveryRecord[] = []
  const absences: AbsenceRecord[] = []
  for (const placement of facts.placements) {
    const offer = facts.offers.find((each) => each.id === placement.offer)!
    if (offer.unit !== 'calendar_day' && offer.unit !== 'month') {
      for (const delivery of upTo(pick, 0, 8, () => anyDelivery(pick, world, placement))) {
        if (delivery !== null) deliveries.push(delivery)
      }
    }
    for (const absence of upTo(pick, 0, 2, () => anyAbsence(pick, world, placement))) {
      const others = [...facts.absences, ...absences].filter((other) => other.placement === placement.id)
      if (!others.some((other) => overlaps(other, absence))) absences.push(absence)
    }
  }
  return { offers: [], placements: [], deliveries, absences }
}

function anyDelivery(pick: Pick, world: World, placement: Placement): DeliveryRecord | null {
  const month = addMonths(world.first, number(pick, 0, world.months - 1))
  const date = addDays(firstDay(month), number(pick, 0, daysInMonth(month) - 1))
  const inside = date < placement.from || (placement.to !== null && date > placement.to) ? placement.from : date
  const kind = chance(pick, 5) ? 'no_show' : 'delivered'
  return { placement: placement.id, date: inside, kind, quantity: oneOf(pick, quantities) }
}

function anyAbsence(pick: Pick, world: World, placement: Placement): AbsenceRecord {
  const start = placement.from > firstDay(world.first) ? placement.from : firstDay(world.first)
  const from = addDays(start, number(pick, -20, 40))
  const to = addDays(from, oneOf(pick, [0, 1, 6, 20, 70]))
  return { placement: placement.id, kind: oneOf(pick, absenceKinds), from, to }
}

function replaced<T extends { id: string }>(list: T[], item: T): T[] {
  return list.map((each) => (each.id === item.id ? item : each))
}

function copy(facts: Facts): Facts {
  return {
    offers: [...facts.offers],
    placements: [...facts.placements],
    deliveries: [...facts.deliveries],
    absences: [...facts.absences],
  }
}

function number(pick: Pick, min: number, max: number): number {
  return pick(fc.integer, { min, max })
}

function chance(pick: Pick, oneIn: number): boolean {
  return number(pick, 1, oneIn) === oneIn
}

function oneOf<T>(pick: Pick, choices: readonly T[]): T {
  return choices[number(pick, 0, choices.length - 1)]!
}

function upTo<T>(pick: Pick, least: number, most: number, make: (index: number) => T): T[] {
  return Array.from({ length: number(pick, least, most) }, (_, index) => make(index + 1))
}

function maybe<Key extends string, T>(pick: Pick, key: Key, make: () => T): { [K in Key]?: T } {
  return (chance(pick, 2) ? { [key]: make() } : {}) as { [K in Key]?: T }
}
