/** What an import of a catalogue would do to each offer: decided from the file and what is there already. No database. */
import { addDays, type PlainDate } from '../calendar.ts'
import { isRecordedUnit } from '../settlement/facts.ts'
import type { CapacityInput, PlacesHeld } from './capacity.ts'
import { errorsIn, type ImportedOffer, plainWord, type RowError } from './import-file.ts'
import { OfferInput, type OfferRules, rulesDiffer } from './offer.ts'
import { firstDifference, overlapIn, type PriceInput, samePrice } from './price.ts'
import type { CapacityRow, OfferRow, PriceRow } from './store.ts'

/** An offer that is there, with what is in use of it. */
export interface ExistingOffer {
  offer: OfferRow
  /** what the offer says now, as its input */
  input: OfferInput
  prices: PriceRow[]
  capacities: CapacityRow[]
  placements: number
  surcharges: string[]
}

/** What names may be used: everything an offer may refer to. */
export interface Known {
  kinds: { code: string; name_lv: string; name_en: string; registered: boolean }[]
  groups: { code: string; name_lv: string; name_en: string }[]
  /** the seller's own providers */
  providers: { id: string; name: string; register_number: string | null }[]
}

export const outcomes = ['create', 'change', 'same', 'wrong'] as const
export type Outcome = (typeof outcomes)[number]
type Period = { valid_from: string; valid_to: string | null }

/** What one offer of the file comes to. `after` is null where it is wrong. */
export interface Decision {
  row: number
  external_id: string
  title: string
  outcome: Outcome
  /** what changes: names of fields, `prices`, `capacities` */
  changes: string[]
  errors: RowError[]
  /** what is saved all the same, and should be known: stays that are above a capacity that is cut */
  told: RowError[]
  existing: ExistingOffer | null
  after: {
    input: OfferInput
    /** of a new offer; one that is there keeps its own */
    status: 'draft' | 'published'
    prices: { withdrawn: PriceRow[]; added: PriceInput[] }
    capacities: { removed: CapacityRow[]; added: CapacityInput[] }
    /** the first date from which something is charged otherwise; null where nothing is */
    rated_from: string | null
  } | null
}

/** Rules hold from an offer's first day on. */
const beginning = '1900-01-01'

/**
 * @param existing the seller's offer with this code, null where there is none
 * @param publish new offers of which the file says nothing are published
 */
export function decideOffer(
  read: ImportedOffer,
  existing: ExistingOffer | null,
  known: Known,
  publish: boolean,
): Decision {
  const errors = [...read.errors]
  const { row, external_id } = read
  const { provider, ...given } = read.offer
  const status = read.status ?? (publish ? 'published' : 'draft')
  if (provider !== undefined) given.provider_id = providerNamed(row, known, provider, errors)
  if (typeof given.kind_code === 'string') given.kind_code = codeNamed(known.kinds, given.kind_code)
  if (Array.isArray(given.target_groups))
    given.target_groups = given.target_groups.map((name) => codeNamed(known.groups, String(name)))
  const parsed = OfferInput.safeParse({ ...existing?.input, ...given })
  if (!parsed.success) errors.push(...errorsIn(parsed.error, row))
  const input = parsed.success ? parsed.data : null
  if (input !== null) {
    errors.push(...unknownNames(row, input, known), ...inUse(row, input, existing))
    if (shows(input, existing, status)) errors.push(...unregistered(row, input, known))
  }
  const prices = decidePrices(read, existing?.prices ?? [], errors)
  const capacities = decideCapacities(read, existing?.capacities ?? [], errors)
  if (input !== null && !isRecordedUnit(input.unit) && prices.added.some(({ tiers }) => tiers !== null))
    errors.push({ row, column: 'tiers', message: 'validation.tiers_for_recorded_units' })
  const title = input?.title ?? String(given.title ?? existing?.offer.title ?? '')
  const base = { row, external_id, title, errors, told: [], existing }
  if (errors.length > 0 || input === null) return { ...base, outcome: 'wrong', changes: [], after: null }
  const changes = [
    ...(existing === null ? [] : changedFields(existing.input, input)),
    ...(prices.withdrawn.length + prices.added.length > 0 ? ['prices'] : []),
    ...(capacities.removed.length + capacities.added.length > 0 ? ['capacities'] : []),
  ]
  const outcome = existing === null ? 'create' : changes.length > 0 ? 'change' : 'same'
  const rules = existing !== null && rulesDiffer(existing.input as OfferRules, input as OfferRules)
  const rated_from = rules ? beginning : firstDifference(prices.withdrawn, prices.added)
  return { ...base, outcome, changes, after: { input, status, prices, capacities, rated_from } }
}

/** A code, or the code of what is called so in Latvian or English; what is neither stays and is refused. */
function codeNamed(known: Known['groups'], said: string): string {
  const wanted = plainWord(said)
  const found =
    known.find(({ code }) => code === said.trim()) ??
    known.find(({ name_lv, name_en }) => plainWord(name_lv) === wanted || plainWord(name_en) === wanted)
  return found?.code ?? said
}

/** By its number in the register, its name, or our id; null where the file says that there is none. */
function providerNamed(row: number, known: Known, said: unknown, errors: RowError[]): string | null {
  if (said === null) return null
  const wanted = plainWord(String(said))
  const found =
    known.providers.find(({ id, register_number }) => [id, register_number].includes(String(said).trim())) ??
    known.providers.find(({ name }) => plainWord(name) === wanted)
  if (found === undefined)
    errors.push({ row, column: 'provider', message: 'import.provider_not_known', values: { name: String(said) } })
  return found?.id ?? null
}

/** What others see only a registered provider may give: a new offer that is published, a published one that is given otherwise. */
function shows(input: OfferInput, existing: ExistingOffer | null, status: string): boolean {
  if (existing === null) return status === 'published'
  const { kind_code, provider_id } = existing.input
  return existing.offer.status === 'published' && (kind_code !== input.kind_code || provider_id !== input.provider_id)
}

function unregistered(row: number, input: OfferInput, known: Known): RowError[] {
  const needed = known.kinds.find(({ code }) => code === input.kind_code)?.registered ?? false
  const provider = known.providers.find(({ id }) => id === input.provider_id)
  if (!needed || (provider?.register_number ?? null) !== null) return []
  const values = { provider: provider?.name ?? 'none' }
  return [{ row, column: 'provider', message: 'refusal.provider_not_registered', values }]
}

function unknownNames(row: number, input: OfferInput, known: Known): RowError[] {
  const wrong: RowError[] = []
  if (!known.kinds.some(({ code }) => code === input.kind_code))
    wrong.push({ row, column: 'kind_code', message: 'import.kind_not_known', values: { name: input.kind_code } })
  for (const name of input.target_groups)
    if (!known.groups.some(({ code }) => code === name))
      wrong.push({ row, column: 'target_groups', message: 'import.group_not_known', values: { name } })
  if (input.provider_id !== null && !known.providers.some(({ id }) => id === input.provider_id))
    wrong.push({ row, column: 'provider', message: 'validation.not_known' })
  return wrong
}

function inUse(row: number, input: OfferInput, existing: ExistingOffer | null): RowError[] {
  if (existing === null) return []
  const wrong: RowError[] = []
  if (existing.placements > 0 && existing.input.unit !== input.unit)
    wrong.push({ row, column: 'unit', message: 'import.unit_in_use' })
  if (existing.placements > 0 && existing.input.in_turn && !input.in_turn)
    wrong.push({ row, column: 'in_turn', message: 'import.in_turn_in_use' })
  for (const name of existing.surcharges)
    if (!Object.hasOwn(input.surcharges, name))
      wrong.push({ row, column: 'surcharges', message: 'import.surcharge_in_use', values: { name } })
  return wrong
}

const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, part) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )

function changedFields(before: OfferInput, after: OfferInput): string[] {
  return (Object.keys(after) as (keyof OfferInput)[]).filter(
    (name) => canonical(before[name]) !== canonical(after[name]),
  )
}

/**
 * A price from a new date is a version of its own, and ends the open one of its class the day before. A version that is there is
 * never made another price: that is corrected on the offer's page, where one sees what it leads to.
 */
function decidePrices(
  read: ImportedOffer,
  existing: readonly PriceRow[],
  errors: RowError[],
): { withdrawn: PriceRow[]; added: PriceInput[] } {
  const listed = endedByNext(read.prices.map(({ price }) => price))
  const wrong = (index: number, message: string) =>
    errors.push({ row: read.prices[index]!.row, column: 'price_from', message, values: periodOf(listed[index]!) })
  const kept: PriceInput[] = existing.map((price) => ({ ...price }))
  const fresh: PriceInput[] = []
  listed.forEach((price, index) => {
    const at = kept.findIndex((each) => each.price_class === price.price_class && each.valid_from === price.valid_from)
    if (at < 0) {
      fresh.push(price)
      return
    }
    const before = kept[at]!
    if (firstDifference([{ ...before, valid_to: null }], [{ ...price, valid_to: null }]) !== null)
      wrong(index, 'import.price_differs')
    else if (before.valid_to === null && price.valid_to !== null) kept[at] = { ...before, valid_to: price.valid_to }
    else if (price.valid_to !== null && before.valid_to !== price.valid_to) wrong(index, 'import.price_differs')
  })
  const all = endedByNext([...kept, ...fresh])
  const overlapping = overlapIn(all)
  if (overlapping !== null) {
    const index = listed.findIndex((price) => fresh.includes(price))
    if (index >= 0) wrong(index, 'import.price_overlaps')
    else
      errors.push({
        row: read.row,
        column: 'price_from',
        message: 'import.price_overlaps',
        values: periodOf(all[overlapping.second]!),
      })
  }
  return {
    withdrawn: existing.filter((price) => !all.some((each) => samePrice(price, each))),
    added: all.filter((price) => !existing.some((each) => samePrice(each, price))).map(priceInput),
  }
}

function priceInput(price: PriceInput): PriceInput {
  const { valid_from, valid_to, price_class, unit_price, tiers, decision, made_up } = price
  return { valid_from, valid_to, price_class, unit_price, tiers, decision, made_up }
}

/** An open version ends the day before the next one of its class begins. */
function endedByNext<T extends PriceInput>(prices: readonly T[]): T[] {
  return prices.map((price) => {
    if (price.valid_to !== null) return price
    const later = prices
      .filter((each) => each.price_class === price.price_class && each.valid_from > price.valid_from)
      .map((each) => each.valid_from)
      .sort()[0]
    return later === undefined ? price : { ...price, valid_to: dayBefore(later) }
  })
}

const dayBefore = (date: string) => addDays(date as PlainDate, -1)
const periodOf = ({ valid_from, valid_to }: Period) => ({ from: valid_from, to: valid_to ?? 'none' })

/** A number of places from a date on; what holds already is left as it is, an open period ends the day before a new one. */
function decideCapacities(
  read: ImportedOffer,
  existing: readonly CapacityRow[],
  errors: RowError[],
): { removed: CapacityRow[]; added: CapacityInput[] } {
  let all: CapacityInput[] = existing.map(capacityInput)
  const listed = [...read.capacities].sort((a, b) => (a.capacity.valid_from < b.capacity.valid_from ? -1 : 1))
  for (const { row, capacity } of listed) {
    const { valid_from, valid_to, places } = capacity
    const holding = all.find((each) => each.valid_from <= valid_from && (each.valid_to ?? '9') >= valid_from)
    const holds = holding?.places === places && (valid_to === null || holding.valid_to === valid_to)
    if (holding !== undefined && holds && (valid_to === null || holding.valid_from === valid_from)) continue
    all = all.flatMap((each) => {
      if (each.valid_to !== null || each.valid_from > valid_from) return [each]
      return each.valid_from === valid_from ? [] : [{ ...each, valid_to: dayBefore(valid_from) }]
    })
    if (all.some((each) => overlap(each, capacity)))
      errors.push({ row, column: 'places_from', message: 'import.places_overlap', values: periodOf(capacity) })
    all.push(capacity)
  }
  const same = (a: CapacityInput, b: CapacityInput) => canonical(capacityInput(a)) === canonical(capacityInput(b))
  return {
    removed: existing.filter((row) => !all.some((each) => same(each, row))),
    added: all.filter((each) => !existing.some((row) => same(row, each))),
  }
}

/**
 * An offer whose capacity is cut: wrong where it falls below what is set aside; where it falls below the stays, that is told.
 * @param parts the first day on which more is set aside than there would be
 * @param above how many would be above the capacity, and the first day with its figures
 */
export function withCut(
  decision: Decision,
  read: ImportedOffer,
  parts: { date: string; capacity: number; parts: number } | undefined,
  above: { date: string; capacity: number; taken: number; count: number } | undefined,
): Decision {
  const row = read.capacities[0]?.row ?? read.row
  if (parts !== undefined) {
    const { date, capacity } = parts
    const error = { row, column: 'places', message: 'refusal.capacity_below_parts' }
    const errors = [...decision.errors, { ...error, values: { date, capacity, parts: parts.parts } }]
    return { ...decision, errors, outcome: 'wrong', changes: [], after: null }
  }
  if (above === undefined) return decision
  return { ...decision, told: [{ row, column: 'places', message: 'import.stays_above', values: above }] }
}

/** The periods of an offer as they are, and as the file would leave them. */
export function capacitiesOfDecision({ existing, after }: Decision): { before: PlacesHeld[]; after: PlacesHeld[] } {
  if (existing === null || after === null) return { before: [], after: [] }
  const { removed, added } = after.capacities
  const offer_id = existing.offer.id
  return {
    before: existing.capacities,
    after: [
      ...existing.capacities.filter((row) => !removed.includes(row)),
      ...added.map(({ valid_from, valid_to, places }) => ({ offer_id, valid_from, valid_to, places })),
    ],
  }
}

function capacityInput({ valid_from, valid_to, places, made_up }: CapacityInput): CapacityInput {
  return { valid_from, valid_to, places, made_up }
}

function overlap(a: Period, b: Period): boolean {
  return (a.valid_to === null || a.valid_to >= b.valid_from) && (b.valid_to === null || b.valid_to >= a.valid_from)
}
