/**
 * The facts of a close, in one statement for however many sellers: rows of several kinds, seller after seller, so that the
 * facts of one seller at a time are in memory. Ordinary queries and COPY read the same statement.
 */
import { sql } from 'kysely'
import { firstDay, lastDay, type Month, monthOf, type PlainDate } from '../calendar.ts'
import { BinaryRows } from '../db/binary-rows.ts'
import type { Tx } from '../db/connect.ts'
import { isId } from '../ids.ts'
import type { OfferNames } from '../invoicing/rows.ts'
import type { EarlierBilling, PlacementToRate, SellerFacts, SellerMonth } from './close.ts'
import type { Billed } from './documents.ts'
import type { Absence, DeliveredDays, Delivery, FundingSource, PriceVersion, Terms, Tier } from './facts.ts'
import { sortFew } from './few.ts'
import type { Carry } from './rate.ts'

/** The kinds of rows, in the order in which they come for a seller. */
const what = {
  closed: 0,
  offer: 1,
  price: 2,
  placement: 3,
  absence: 4,
  billed: 5,
  invoice: 6,
  billed_on: 7,
  agreed: 8,
  delivered: 9,
  no_show: 10,
} as const

/** A row of the statement: deliveries have a month, its days and a quantity, the other kinds an array of values. */
export type FactRow = {
  seller: number
  what: number
  placement: string | null
  /** the placement in whatever form is quickest, the same in every row; absent where that is `placement` */
  key?: string | null
  /** the first day of a month */
  first: PlainDate | null
  /** the days of the month on which so much was recorded, a bit for each; the lowest is the first */
  days: number | null
  quantity: string | null
  payload: unknown[] | null
}

/** How the values of a row travel: as JSON anywhere, as a record of their own types where COPY carries them in binary. */
export type Payload = 'json' | 'record'

/**
 * The statement, whole and without parameters (COPY takes none). Each part is looked up by seller and month, so it costs
 * what the month holds and what changed, however long the history. Deliveries are counted by the database: a placement's
 * deliveries of one kind and quantity are one row, whose days are bits; only those of which a day has several come one by one.
 * @param sellers in the order in which their rows come
 * @param only where given, these placements alone
 */
export function factsQuery(
  sellers: readonly string[],
  month: Month,
  only: readonly string[] | null = null,
  as: Payload = 'record',
): string {
  for (const id of [...sellers, ...(only ?? [])]) if (!isId(id)) throw new RangeError(`not an id: ${id}`)
  const [first, last] = [`'${firstDay(month)}'::date`, `'${lastDay(month)}'::date`]
  const present = `p.valid_from <= ${last} and coalesce(p.valid_to, 'infinity'::date) >= ${first}`
  const chosen = (column: string) => (only === null ? '' : `and ${column} = any ('{${only.join(',')}}'::uuid[])`)
  const build = as === 'record' ? 'row' : 'json_build_array'
  const payload = as === 'record' ? 'record' : 'json'
  // A number that is not whole is a text in JSON.
  const decimal = (column: string) => (as === 'record' ? column : `${column}::text`)
  const row = (kind: keyof typeof what, placement: string, values: string) =>
    `select ${what[kind]}::int as what, ${placement}::uuid as placement, null::date as first, null::int as days, null::numeric as quantity, ${build}(${values}) as payload`
  // Looked up for each late placement: a join is planned for many of them, and then reads the whole history of the seller.
  const ofLate = (table: string, since: string) =>
    `late l cross join lateral (select * from ${table} where seller_id = s.id and placement_id = l.id and ${since} offset 0)`
  const deliveries = (recorded: string) => `
    select case g.kind when 'delivered' then ${what.delivered} else ${what.no_show} end::int, g.placement_id, g.first, g.days, g.quantity, null::${payload}
    from ${recorded} g where g.recorded = bit_count(g.days::bit(32))
    union all
    select case g.kind when 'delivered' then ${what.delivered} else ${what.no_show} end::int, g.placement_id, g.first, 1 << (d.delivered_on - g.first), g.quantity, null::${payload}
    from ${recorded} g join delivery d on d.seller_id = s.id and d.placement_id = g.placement_id
      and d.delivered_on >= g.first and d.delivered_on < g.first + interval '1 month' and d.kind = g.kind and d.quantity = g.quantity
    where g.recorded <> bit_count(g.days::bit(32)) and d.withdrawn_at is null`
  return `
  select s.n::int as seller, f.what, f.placement, f.first, f.days, f.quantity, f.payload
  from unnest('{${sellers.join(',')}}'::uuid[]) with ordinality as s(id, n)
  cross join lateral (
    with due as materialized (
      select placement_id, min(from_month::text) as from_month from rating_due
      where seller_id = s.id and from_month < '${month}' ${chosen('placement_id')} group by placement_id
    ), there as (
      select ${ofPlacement}, coalesce(d.from_month, '${month}') as rate_from
      from placement p left join due d on d.placement_id = p.id
      where p.seller_id = s.id and ${present} ${chosen('p.id')}
      union all
      select ${ofPlacement}, d.from_month from due d join placement p on p.seller_id = s.id and p.id = d.placement_id
      where not (${present})
    ), wanted as materialized (
      select t.*, c.carry,
        case when c.carry is null and t.reaches then least(t.valid_from, (t.rate_from || '-01')::date) else (t.rate_from || '-01')::date end as facts_from
      from (select *, continues and to_char(valid_from, 'YYYY-MM') = rate_from as begins_again from there) t left join lateral (
        select m.carry from settled_month m where t.reaches
          and m.seller_id = case when t.begins_again then t.follows_seller_id else s.id end
          and m.placement_id = case when t.begins_again then t.follows_id else t.id end
          and m.service_month = to_char((t.rate_from || '-01')::date - 1, 'YYYY-MM')
        offset 0
      ) c on true
    ), late as materialized (
      select id, rate_from, facts_from from wanted where facts_from < ${first}
    ), of_month as materialized (
      select d.placement_id, ${first} as first, d.kind, d.quantity, bit_or(1 << (d.delivered_on - ${first})) as days, count(*) as recorded
      from delivery d
      where d.seller_id = s.id and d.withdrawn_at is null and d.delivered_on between ${first} and ${last} ${chosen('d.placement_id')}
      group by d.placement_id, d.kind, d.quantity
    ), before as materialized (
      select d.placement_id, date_trunc('month', d.delivered_on)::date as first, d.kind, d.quantity,
        bit_or(1 << (extract(day from d.delivered_on)::int - 1)) as days, count(*) as recorded
      from ${ofLate('delivery', `delivered_on >= l.facts_from and delivered_on < ${first} and withdrawn_at is null`)} d
      group by d.placement_id, date_trunc('month', d.delivered_on), d.kind, d.quantity
    )
    ${row('closed', 'null', '(select json_agg(m.month) from month_close m where m.seller_id = s.id)')}
    union all
    ${row(
      'offer',
      'null',
      `o.id, o.unit, o.departure_day_charged, o.absence, o.surcharges, ${decimal('o.no_show_percent')},
        ${decimal('o.minimum_per_month')}, o.vat_category, ${decimal('o.vat_rate')}, o.title, k.code, k.name_lv, k.name_en, v.name`,
    )}
    from offer o join service_kind k on k.code = o.kind_code left join provider v on v.id = o.provider_id
    where o.seller_id = s.id and o.id in (select w.offer_id from wanted w)
    union all
    ${row(
      'price',
      'null',
      `r.offer_id, r.id, r.valid_from, r.valid_to, r.price_class, ${decimal('r.unit_price')}, r.tiers, r.decision`,
    )}
    from price r
    where r.seller_id = s.id and r.withdrawn_at is null and r.valid_from <= ${last}
      and (r.valid_to is null or r.valid_to >= (select min(w.facts_from) from wanted w))
      and r.offer_id in (select w.offer_id from wanted w)
    union all
    ${row(
      'placement',
      'w.id',
      `w.offer_id, w.buyer_id, w.places, w.valid_from, w.valid_to, w.price_class, w.surcharges,
        ${decimal('w.authorised_per_month')}, ${decimal('w.authorised_per_year')}, ${decimal('w.authorised_total')}, w.funding,
        w.rate_from, w.carry, w.resident_token`,
    )}
    from wanted w
    union all
    ${row('absence', 'a.placement_id', 'a.kind, a.valid_from, a.valid_to')}
    from ${ofLate('absence', 'valid_to >= l.facts_from')} a
    where a.withdrawn_at is null and a.valid_to < ${first}
    union all
    ${row('absence', 'a.placement_id', 'a.kind, a.valid_from, a.valid_to')}
    from absence a
    where a.seller_id = s.id and a.withdrawn_at is null and a.valid_to >= ${first} and a.valid_from <= ${last} ${chosen('a.placement_id')}
    union all
    ${row(
      'billed',
      'b.placement_id',
      `b.service_month::text, b.buyer_id, b.buyer_amount::text, b.gross::text, b.shares, b.vat, b.invoiced_in::text, b.carry`,
    )}
    from ${ofLate('settled_month', `service_month >= l.rate_from and service_month < '${month}'`)} b
    union all
    ${row('agreed', 'g.placement_id', 'g.service_month::text, g.buyer_id, g.amount::text, g.rated::text')}
    from ${ofLate('agreed_credit', `service_month >= l.rate_from and service_month < '${month}'`)} g
    union all
    ${row('invoice', 'null', 'i.id, i.buyer_id, i.close_month::text, i.number, i.issued_on')}
    from document i
    where i.seller_id = s.id and i.type = 'invoice' and (i.buyer_id, i.close_month) in (
      select b.buyer_id, b.invoiced_in from ${ofLate('settled_month', 'service_month >= l.rate_from')} b)
    union all
    ${row('billed_on', 'e.placement_id', 'e.service_month, e.buyer_id, e.number, e.issued_on, e.type, e.amount')}
    from (
      select c.placement_id, c.service_month::text, i.buyer_id, i.number, i.issued_on, i.type, sum(c.buyer_amount)::text as amount
      from late l join charge c on c.seller_id = s.id and c.placement_id = l.id and c.service_month >= l.rate_from
        and c.close_month >= (select min(rate_from) from late)
      join document i on i.seller_id = s.id and i.id = c.document_id
      group by c.placement_id, c.service_month, i.id, i.buyer_id, i.number, i.issued_on, i.type
      order by i.issued_on, i.id
    ) e
    union all ${deliveries('before')}
    union all ${deliveries('of_month')}
  ) f`
}

/**
 * A placement as it is read. It `reaches` across months where a limit of it counts what other months took: what
 * `reachesAcross` says of its facts (R8, R12). Under a successor it `continues` another, whose last month's carry is its first.
 */
const ofPlacement = `p.id, p.offer_id, p.buyer_id, p.places, p.valid_from, p.valid_to, p.price_class, p.surcharges,
        p.authorised_per_month, p.authorised_per_year, p.authorised_total, p.funding, p.resident_token,
        (p.authorised_per_year is not null or p.authorised_total is not null or jsonb_path_exists(p.funding, '$.cap_total')) as reaches,
        p.continues, p.follows_seller_id, p.follows_id`

/** Rows of the statement put together, one seller at a time. */
export function sellerMonths(sellers: readonly string[]): {
  /** @returns the seller that this row has completed, if any */
  add(row: FactRow): SellerMonth | null
  /** the last seller */
  end(): SellerMonth | null
} {
  let current: SellerRows | null = null
  let place = 0
  return {
    add: (row) => {
      const complete = current !== null && row.seller !== place ? current.put() : null
      if (current === null || row.seller !== place) {
        if (row.seller < place) throw new Error('the facts of a close must come seller by seller')
        place = row.seller
        current = new SellerRows(sellers[place - 1]!)
      }
      current.add(row)
      return complete
    },
    end: () => current?.put() ?? null,
  }
}

type Building = PlacementToRate & { days: DeliveredDays[]; absences: Absence[] }

class SellerRows {
  readonly #seller: string
  readonly #placements = new Map<string, Building>()
  readonly #offers = new Map<string, Terms & { prices: PriceVersion[] }>()
  readonly #names = new Map<string, OfferNames>()
  readonly #billed: Billed[] = []
  readonly #agreed: NonNullable<SellerFacts['agreed']>[number][] = []
  readonly #month: SellerMonth

  constructor(seller: string) {
    this.#seller = seller
    const facts: SellerFacts = { seller, offers: this.#offers, placements: [], closed: new Set(), billed: this.#billed }
    this.#month = { facts, subjects: new Map(), names: this.#names, prices: new Map(), invoices: [], billed_on: [] }
  }

  add({ what: kind, placement, key = placement, first, days, quantity, payload }: FactRow): void {
    if (kind >= what.delivered) {
      const of = this.#placements.get(key!)
      const recorded = kind === what.delivered ? 'delivered' : 'no_show'
      of?.days.push({ month: monthOf(first!), kind: recorded, quantity: plainDigits(quantity!), days: days! })
      return
    }
    const values: unknown = payload ?? []
    if (kind === what.placement) this.#addPlacement(placement!, key!, values as PlacementValues)
    else if (kind === what.price) this.#addPrice(values as PriceValues)
    else if (kind === what.offer) this.#addOffer(values as OfferValues)
    else if (kind === what.absence) this.#addAbsence(key!, values as AbsenceValues)
    else if (kind === what.billed) this.#addBilled(placement!, values as BilledValues)
    else if (kind === what.invoice) this.#addInvoice(values as InvoiceValues)
    else if (kind === what.agreed) this.#addAgreed(placement!, values as AgreedValues)
    else if (kind === what.billed_on) this.#addBilledOn(placement!, values as BilledOnValues)
    else this.#month.facts = { ...this.#month.facts, closed: new Set((values as ClosedValues)[0] ?? []) }
  }

  #addAbsence(key: string, [kind, from, to]: AbsenceValues): void {
    this.#placements.get(key)?.absences.push({ kind, from, to })
  }

  #addBilled(placement: string, values: BilledValues): void {
    const [service_month, buyer, buyer_amount, gross, shares, vat, invoiced_in, carry] = values
    this.#billed.push({ placement, service_month, buyer, buyer_amount, gross, shares, vat, invoiced_in, carry })
  }

  #addAgreed(placement: string, [service_month, buyer, amount, rated]: AgreedValues): void {
    this.#agreed.push({ placement, service_month, buyer, amount, rated })
  }

  #addInvoice([id, buyer_id, close_month, number, issued_on]: InvoiceValues): void {
    this.#month.invoices.push({ id, buyer_id, close_month, number, issued_on })
  }

  #addBilledOn(placement_id: string, values: BilledOnValues): void {
    const [service_month, buyer_id, number, issued_on, type, amount] = values
    this.#month.billed_on.push({ placement_id, service_month, buyer_id, number, issued_on, type, amount })
  }

  #addOffer(values: OfferValues): void {
    const [id, unit, departure_day_charged, absence, surcharges, no_show_percent, minimum, vat_category, ...rest] =
      values
    const [vat_rate, offer_title, kind_code, kind_name_lv, kind_name_en, provider_name] = rest
    this.#offers.set(id, {
      unit,
      departure_day_charged,
      absence,
      surcharges,
      no_show_percent,
      minimum_per_month: minimum ?? undefined,
      vat: vat_category === 'S' ? { category: 'S', rate: vat_rate! } : { category: 'E' },
      prices: [],
    })
    this.#names.set(id, { offer_title, unit, kind_code, kind_name_lv, kind_name_en, provider_name })
  }

  #addPrice([offer, id, valid_from, valid_to, price_class, unit_price, tiers, decision]: PriceValues): void {
    const price: PriceVersion = { id, from: valid_from, to: valid_to, class: price_class, unit_price }
    if (tiers !== null) price.tiers = tiers
    this.#offers.get(offer)!.prices.push(price)
    this.#month.prices.set(id, { id, valid_from, valid_to, price_class, decision })
  }

  #addPlacement(id: string, key: string, values: PlacementValues): void {
    const [offer, buyer, places, from, to, price_class, surcharges, per_month, per_year, total, ...rest] = values
    const [funding, rate_from, carry, case_token] = rest
    const limited = per_month !== null || per_year !== null || total !== null
    this.#placements.set(key, {
      id,
      offer,
      seller: this.#seller,
      buyer,
      from,
      to,
      places,
      price_class,
      surcharges,
      authorised: limited
        ? { per_month: per_month ?? undefined, per_year: per_year ?? undefined, total: total ?? undefined }
        : undefined,
      funding,
      deliveries: none,
      days: [],
      absences: [],
      rate_from,
      carry,
    })
    const { offer_title, unit, kind_code, kind_name_lv, kind_name_en, provider_name } = this.#names.get(offer)!
    this.#month.subjects.set(id, {
      case_token,
      offer_id: offer,
      offer_title,
      unit,
      kind_code,
      kind_name_lv,
      kind_name_en,
      provider_name,
    })
  }

  put(): SellerMonth {
    const placements = [...this.#placements.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
    for (const { absences, days } of placements) {
      sortFew(absences, byFirstDay)
      sortFew(days, inOrder)
    }
    for (const { prices } of this.#offers.values()) sortFew(prices, byFirstDay)
    const agreed = this.#agreed.length === 0 ? {} : { agreed: this.#agreed }
    return { ...this.#month, facts: { ...this.#month.facts, placements, ...agreed } }
  }
}

const none: readonly Delivery[] = []

function byFirstDay(a: { from: PlainDate }, b: { from: PlainDate }): number {
  return a.from < b.from ? -1 : a.from > b.from ? 1 : 0
}

/** The order in which rows come from the database says nothing, so it must not be seen. */
function inOrder(a: DeliveredDays, b: DeliveredDays): number {
  if (a.month !== b.month) return a.month < b.month ? -1 : 1
  if (a.kind !== b.kind) return a.kind < b.kind ? -1 : 1
  return a.quantity === b.quantity ? a.days - b.days : a.quantity < b.quantity ? -1 : 1
}

/** `1.50` and `1.5` are one quantity to the database, which then gives either. */
function plainDigits(quantity: string): string {
  return quantity.includes('.') ? quantity.replace(/\.?0+$/, '') : quantity
}

type ClosedValues = [months: Month[] | null]

type OfferValues = [
  id: string,
  unit: Terms['unit'],
  departure_day_charged: boolean,
  absence: Terms['absence'],
  surcharges: Terms['surcharges'],
  no_show_percent: string,
  minimum_per_month: string | null,
  vat_category: string,
  vat_rate: string | null,
  title: string,
  kind_code: string,
  kind_name_lv: string,
  kind_name_en: string,
  provider_name: string | null,
]

type PlacementValues = [
  offer: string,
  buyer: string,
  places: number,
  from: PlainDate,
  to: PlainDate | null,
  price_class: string | null,
  surcharges: string[],
  per_month: string | null,
  per_year: string | null,
  total: string | null,
  funding: FundingSource[],
  rate_from: Month,
  carry: Carry | null,
  resident_token: string | null,
]

type AbsenceValues = [kind: string, from: PlainDate, to: PlainDate]

type BilledValues = [
  service_month: Month,
  buyer: string,
  buyer_amount: Billed['buyer_amount'],
  gross: Billed['gross'],
  shares: Billed['shares'],
  vat: Billed['vat'],
  invoiced_in: Month | null,
  carry: Carry | null,
]

type AgreedValues = [service_month: Month, buyer: string, amount: Billed['buyer_amount'], rated: Billed['buyer_amount']]

type InvoiceValues = [id: string, buyer_id: string, close_month: Month, number: string, issued_on: PlainDate]

type BilledOnValues = [
  service_month: string,
  buyer_id: string,
  number: string,
  issued_on: PlainDate,
  type: EarlierBilling['type'],
  amount: EarlierBilling['amount'],
]

type PriceValues = [
  offer: string,
  id: string,
  from: PlainDate,
  to: PlainDate | null,
  price_class: string | null,
  unit_price: string,
  tiers: Tier[] | null,
  decision: string | null,
]

/** How many rows come at once where there is no COPY: one page is in memory beside the seller it belongs to. */
const rowsAtOnce = 10_000

/** The facts of sellers by ordinary queries, in pages: for PGlite and Workers, and for one seller's own close. */
export async function* readSellers(
  tx: Tx,
  sellers: readonly string[],
  month: Month,
  only: readonly string[] | null = null,
): AsyncGenerator<SellerMonth> {
  const months = sellerMonths(sellers)
  const query = factsQuery(sellers, month, only, 'json')
  await sql.raw(`declare facts_of_close no scroll cursor for ${query}`).execute(tx)
  for (;;) {
    const { rows } = await sql.raw<FactRow>(`fetch ${rowsAtOnce} from facts_of_close`).execute(tx)
    for (const row of rows) {
      const complete = months.add(row)
      if (complete !== null) yield complete
    }
    if (rows.length < rowsAtOnce) break
  }
  await sql`close facts_of_close`.execute(tx)
  const last = months.end()
  if (last !== null) yield last
}

/** Rows out of COPY in binary format, whatever the pieces they arrive in. */
export async function* readCopied(
  chunks: AsyncIterable<Buffer>,
  sellers: readonly string[],
): AsyncGenerator<SellerMonth> {
  const months = sellerMonths(sellers)
  const rows = new BinaryRows(factColumns.length)
  for await (const chunk of chunks) {
    rows.take(chunk)
    while (rows.next()) {
      const complete = months.add(factOf(rows))
      if (complete !== null) yield complete
    }
  }
  const last = months.end()
  if (last !== null) yield last
}

const factColumns = ['seller', 'what', 'placement', 'first', 'days', 'quantity', 'payload'] as const
const fact: FactRow & { key: string | null } = {
  seller: 0,
  what: 0,
  placement: null,
  key: null,
  first: null,
  days: null,
  quantity: null,
  payload: null,
}

/** The row that has just been read, in an object that is used again for the one after it. */
function factOf(row: BinaryRows): FactRow {
  fact.seller = row.int(0)
  fact.what = row.int(1)
  fact.key = row.isNull(2) ? null : row.latin1(2)
  if (fact.what >= what.delivered) {
    fact.first = row.date(3)
    fact.days = row.int(4)
    fact.quantity = row.numeric(5)
    fact.placement = fact.payload = null
  } else {
    fact.placement = row.isNull(2) ? null : row.uuid(2)
    fact.payload = row.record(6)
    fact.first = fact.days = fact.quantity = null
  }
  return fact
}
