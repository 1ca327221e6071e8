/**
 * The facts of a close, in one statement for however many sellers: rows of several kinds, seller after seller, so that the
 * facts of one seller at a time are in memory. Ordinary queries and COPY read the same statement.
 */
import { sql } from 'kysely'
import { firstDay, lastDay, type Month, type PlainDate } from '../calendar.ts'
import type { Tx } from '../db/connect.ts'
import { isId } from '../ids.ts'
import type { OfferNames } from '../invoicing/rows.ts'
import type { EarlierBilling, PlacementToRate, SellerFacts, SellerMonth } from './close.ts'
import type { Billed } from './documents.ts'
import type { Absence, Delivery, FundingSource, PriceVersion, Terms, Tier } from './facts.ts'
import type { Carry } from './rate.ts'

/** The kinds of rows, in the order in which they come for a seller. */
const what = {
  closed: 0,
  offer: 1,
  placement: 2,
  absence: 3,
  billed: 4,
  invoice: 5,
  billed_on: 6,
  agreed: 7,
  delivered: 8,
  no_show: 9,
} as const

/** A row of the statement: deliveries have a day and a quantity, the other kinds a JSON text. */
export type FactRow = {
  seller: number
  what: number
  placement: string | null
  /** the placement in whatever form is quickest, the same in every row; absent where that is `placement` */
  key?: string | null
  day: PlainDate | null
  quantity: string | null
  payload: string | null
}

/**
 * The statement, whole and without parameters (COPY takes none). Each part is looked up by seller and month, so it costs
 * what the month holds and what changed, however long the history.
 * @param sellers in the order in which their rows come
 * @param only where given, these placements alone
 */
export function factsQuery(sellers: readonly string[], month: Month, only: readonly string[] | null = null): string {
  for (const id of [...sellers, ...(only ?? [])]) if (!isId(id)) throw new RangeError(`not an id: ${id}`)
  const [first, last] = [`'${firstDay(month)}'::date`, `'${lastDay(month)}'::date`]
  const present = `p.valid_from <= ${last} and coalesce(p.valid_to, 'infinity'::date) >= ${first}`
  const chosen = (column: string) => (only === null ? '' : `and ${column} = any ('{${only.join(',')}}'::uuid[])`)
  const row = (kind: keyof typeof what, placement: string, payload: string) =>
    `select ${what[kind]}::int as what, ${placement}::uuid as placement, null::date as day, null::numeric as quantity, ${payload}::text as payload`
  const deliveries = `case d.kind when 'delivered' then ${what.delivered} else ${what.no_show} end::int, d.placement_id, d.delivered_on, d.quantity, null::text`
  return `
  select s.n::int as seller, f.what, f.placement, f.day, f.quantity, f.payload
  from unnest('{${sellers.join(',')}}'::uuid[]) with ordinality as s(id, n)
  cross join lateral (
    with due as materialized (
      select placement_id, min(from_month::text) as from_month from rating_due
      where seller_id = s.id and from_month < '${month}' ${chosen('placement_id')} group by placement_id
    ), there as (
      select p.*, coalesce(d.from_month, '${month}') as rate_from
      from placement p left join due d on d.placement_id = p.id
      where p.seller_id = s.id and ${present} ${chosen('p.id')}
      union all
      select p.*, d.from_month from due d join placement p on p.seller_id = s.id and p.id = d.placement_id
      where not (${present})
    ), wanted as materialized (
      select t.*, c.carry,
        case when c.carry is null then least(t.valid_from, (t.rate_from || '-01')::date) else (t.rate_from || '-01')::date end as facts_from
      from there t left join settled_month c on c.seller_id = s.id and c.placement_id = t.id
        and c.service_month = to_char((t.rate_from || '-01')::date - 1, 'YYYY-MM')
    ), late as materialized (
      select id, rate_from, facts_from from wanted where facts_from < ${first}
    )
    ${row('closed', 'null', '(select json_agg(m.month) from month_close m where m.seller_id = s.id)')}
    union all
    ${row(
      'offer',
      'null',
      `json_build_array(o.id, o.unit, o.departure_day_charged, o.absence, o.surcharges, o.no_show_percent::text,
        o.minimum_per_month::text, o.vat_category, o.vat_rate::text, o.title, k.code, k.name_lv, k.name_en, v.name,
        (select json_agg(json_build_array(r.id, r.valid_from, r.valid_to, r.price_class, r.unit_price::text, r.tiers, r.decision)
           order by r.valid_from)
         from price r where r.seller_id = s.id and r.offer_id = o.id and r.withdrawn_at is null and r.valid_from <= ${last}
           and (r.valid_to is null or r.valid_to >= (select min(w.facts_from) from wanted w))))`,
    )}
    from offer o join service_kind k on k.code = o.kind_code left join provider v on v.id = o.provider_id
    where o.seller_id = s.id and o.id in (select w.offer_id from wanted w)
    union all
    ${row(
      'placement',
      'w.id',
      `json_build_array(w.offer_id, w.buyer_id, w.places, w.valid_from, w.valid_to, w.price_class, w.surcharges,
        w.authorised_per_month::text, w.authorised_per_year::text, w.authorised_total::text, w.funding, w.rate_from, w.carry,
        w.resident_token)`,
    )}
    from wanted w
    union all
    ${row('absence', 'a.placement_id', 'json_build_array(a.kind, a.valid_from, a.valid_to)')}
    from late l join absence a on a.seller_id = s.id and a.placement_id = l.id
    where a.withdrawn_at is null and a.valid_to >= l.facts_from and a.valid_to < ${first}
    union all
    ${row('absence', 'a.placement_id', 'json_build_array(a.kind, a.valid_from, a.valid_to)')}
    from absence a
    where a.seller_id = s.id and a.withdrawn_at is null and a.valid_to >= ${first} and a.valid_from <= ${last} ${chosen('a.placement_id')}
    union all
    ${row(
      'billed',
      'b.placement_id',
      `json_build_array(b.service_month, b.buyer_id, b.buyer_amount::text, b.gross::text, b.shares, b.vat, b.invoiced_in, b.carry)`,
    )}
    from late l join settled_month b on b.seller_id = s.id and b.placement_id = l.id
      and b.service_month >= l.rate_from and b.service_month < '${month}'
    union all
    ${row('agreed', 'g.placement_id', 'json_build_array(g.service_month, g.buyer_id, g.amount::text, g.rated::text)')}
    from late l join agreed_credit g on g.seller_id = s.id and g.placement_id = l.id
      and g.service_month >= l.rate_from and g.service_month < '${month}'
    union all
    ${row('invoice', 'null', 'json_build_array(i.id, i.buyer_id, i.close_month, i.number, i.issued_on)')}
    from document i
    where i.seller_id = s.id and i.type = 'invoice' and (i.buyer_id, i.close_month) in (
      select b.buyer_id, b.invoiced_in from late l join settled_month b on b.seller_id = s.id and b.placement_id = l.id
        and b.service_month >= l.rate_from)
    union all
    ${row(
      'billed_on',
      'e.placement_id',
      'json_build_array(e.service_month, e.buyer_id, e.number, e.issued_on, e.type, e.amount)',
    )}
    from (
      select c.placement_id, c.service_month, i.buyer_id, i.number, i.issued_on, i.type, sum(c.buyer_amount)::text as amount
      from late l join charge c on c.seller_id = s.id and c.placement_id = l.id and c.service_month >= l.rate_from
      join document i on i.seller_id = s.id and i.id = c.document_id
      group by c.placement_id, c.service_month, i.id, i.buyer_id, i.number, i.issued_on, i.type
      order by i.issued_on, i.id
    ) e
    union all
    (select ${deliveries}
     from late l join delivery d on d.seller_id = s.id and d.placement_id = l.id
       and d.delivered_on >= l.facts_from and d.delivered_on < ${first}
     where d.withdrawn_at is null order by d.placement_id, d.delivered_on, d.id)
    union all
    (select ${deliveries}
     from delivery d
     where d.seller_id = s.id and d.withdrawn_at is null and d.delivered_on between ${first} and ${last} ${chosen('d.placement_id')}
     order by d.delivered_on, d.id)
  ) f`
}

/** Rows of the statement put together, one seller at a time. */
export function sellerMonths(sellers: readonly string[]): {
  /** @returns the seller that this row has completed, if any */
  add(row: FactRow): SellerMonth | null
  /** the last seller */
  end(): SellerMonth | null
} {
  let current: SellerRows | null = null
  let place = 0
  const known = new Facts()
  return {
    add: (row) => {
      const complete = current !== null && row.seller !== place ? current.put() : null
      if (current === null || row.seller !== place) {
        if (row.seller < place) throw new Error('the facts of a close must come seller by seller')
        place = row.seller
        current = new SellerRows(sellers[place - 1]!, known)
      }
      current.add(row)
      return complete
    },
    end: () => current?.put() ?? null,
  }
}

/** Facts that are the same for many placements are kept once: a month has few different deliveries. */
class Facts {
  readonly #deliveries = new Map<string, Map<string, Delivery>>()

  delivery(kind: Delivery['kind'], date: PlainDate, quantity: string): Delivery {
    const key = kind === 'delivered' ? date : `${kind} ${date}`
    let ofDay = this.#deliveries.get(key)
    if (ofDay === undefined) {
      ofDay = new Map()
      this.#deliveries.set(key, ofDay)
    }
    let delivery = ofDay.get(quantity)
    if (delivery === undefined) {
      delivery = { date, kind, quantity }
      if (ofDay.size < 1000) ofDay.set(quantity, delivery)
    }
    return delivery
  }
}

type Building = PlacementToRate & { deliveries: Delivery[]; absences: Absence[] }

class SellerRows {
  readonly #seller: string
  readonly #known: Facts
  readonly #placements = new Map<string, Building>()
  readonly #offers = new Map<string, Terms>()
  readonly #names = new Map<string, OfferNames>()
  readonly #billed: Billed[] = []
  readonly #agreed: NonNullable<SellerFacts['agreed']>[number][] = []
  readonly #month: SellerMonth

  constructor(seller: string, known: Facts) {
    this.#seller = seller
    this.#known = known
    const facts: SellerFacts = { seller, offers: this.#offers, placements: [], closed: new Set(), billed: this.#billed }
    this.#month = { facts, subjects: new Map(), names: this.#names, prices: new Map(), invoices: [], billed_on: [] }
  }

  add({ what: kind, placement, key = placement, day, quantity, payload }: FactRow): void {
    if (kind >= what.delivered) {
      const of = this.#placements.get(key!)
      of?.deliveries.push(this.#known.delivery(kind === what.delivered ? 'delivered' : 'no_show', day!, quantity!))
      return
    }
    const values: unknown = payload === null ? [] : JSON.parse(payload)
    if (kind === what.closed) this.#month.facts = { ...this.#month.facts, closed: new Set(values as Month[]) }
    else if (kind === what.offer) this.#addOffer(values as OfferValues)
    else if (kind === what.placement) this.#addPlacement(placement!, key!, values as PlacementValues)
    else if (kind === what.absence) this.#addAbsence(key!, values as AbsenceValues)
    else if (kind === what.billed) this.#addBilled(placement!, values as BilledValues)
    else if (kind === what.invoice) this.#addInvoice(values as InvoiceValues)
    else if (kind === what.agreed) this.#addAgreed(placement!, values as AgreedValues)
    else this.#addBilledOn(placement!, values as BilledOnValues)
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
    const [vat_rate, offer_title, kind_code, kind_name_lv, kind_name_en, provider_name, prices] = rest
    this.#offers.set(id, {
      unit,
      departure_day_charged,
      absence,
      surcharges,
      no_show_percent,
      minimum_per_month: minimum ?? undefined,
      vat: vat_category === 'S' ? { category: 'S', rate: vat_rate! } : { category: 'E' },
      prices: (prices ?? []).map(
        ([price, from, to, of, unit_price, tiers]): PriceVersion => ({
          id: price,
          from,
          to,
          class: of,
          unit_price,
          ...(tiers === null ? {} : { tiers }),
        }),
      ),
    })
    for (const [price, valid_from, valid_to, price_class, , , decision] of prices ?? [])
      this.#month.prices.set(price, { id: price, valid_from, valid_to, price_class, decision })
    this.#names.set(id, { offer_title, unit, kind_code, kind_name_lv, kind_name_en, provider_name })
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
      deliveries: [],
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
    for (const { absences } of placements)
      if (absences.length > 1) absences.sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0))
    const agreed = this.#agreed.length === 0 ? {} : { agreed: this.#agreed }
    return { ...this.#month, facts: { ...this.#month.facts, placements, ...agreed } }
  }
}

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
  prices: PriceValues[] | null,
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
  const query = factsQuery(sellers, month, only)
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

const [headerBytes, endOfRows] = [19, -1]

/** Rows out of COPY in binary format, whatever the pieces they arrive in. */
export async function* readCopied(
  chunks: AsyncIterable<Buffer>,
  sellers: readonly string[],
): AsyncGenerator<SellerMonth> {
  const months = sellerMonths(sellers)
  const reading = new BinaryRows()
  for await (const chunk of chunks) {
    reading.take(chunk)
    for (let row = reading.next(); row !== null; row = reading.next()) {
      const complete = months.add(row)
      if (complete !== null) yield complete
    }
  }
  const last = months.end()
  if (last !== null) yield last
}

/** PostgreSQL's binary COPY: each row is the number of its fields, and each field its length and bytes. */
class BinaryRows {
  #bytes: Buffer = Buffer.alloc(0)
  #at = 0
  #begun = false
  readonly #days = new Map<number, PlainDate>()
  readonly #row: FactRow = { seller: 0, what: 0, placement: null, day: null, quantity: null, payload: null, key: null }

  take(chunk: Buffer): void {
    this.#bytes = this.#at < this.#bytes.length ? Buffer.concat([this.#bytes.subarray(this.#at), chunk]) : chunk
    this.#at = 0
    if (this.#begun || this.#bytes.length < headerBytes) return
    this.#at = headerBytes
    this.#begun = true
  }

  /** The next row, in an object that is used again for the one after it; null where its bytes have not all arrived. */
  next(): FactRow | null {
    const bytes = this.#bytes
    let at = this.#at
    if (!this.#begun || at + 2 > bytes.length || bytes.readInt16BE(at) === endOfRows) return null
    at += 2
    const row = this.#row
    for (let field = 0; field < 6; field++) {
      if (at + 4 > bytes.length) return null
      const length = bytes.readInt32BE(at)
      at += 4
      if (length < 0) {
        if (field === 2) row.placement = null
        else if (field === 3) row.day = null
        else if (field === 4) row.quantity = null
        else row.payload = null
        continue
      }
      if (at + length > bytes.length) return null
      if (field === 0) row.seller = bytes.readInt32BE(at)
      else if (field === 1) row.what = bytes.readInt32BE(at)
      else if (field === 2) {
        row.key = bytes.toString('latin1', at, at + 16)
        row.placement = row.what >= what.delivered ? null : uuidOf(bytes, at)
      } else if (field === 3) row.day = this.#dayOf(bytes.readInt32BE(at))
      else if (field === 4) row.quantity = numericOf(bytes, at)
      else row.payload = bytes.toString('utf8', at, at + length)
      at += length
    }
    this.#at = at
    return row
  }

  #dayOf(days: number): PlainDate {
    const known = this.#days.get(days)
    if (known !== undefined) return known
    const date = new Date((days + 10_957) * 86_400_000).toISOString().slice(0, 10) as PlainDate
    this.#days.set(days, date)
    return date
  }
}

function uuidOf(bytes: Buffer, at: number): string {
  const hex = bytes.toString('hex', at, at + 16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

const smallNumbers = Array.from({ length: 100 }, (_, number) => String(number))

/** A numeric: groups of four digits, the first of weight 10000^weight; `scale` digits stand after the point. */
function numericOf(bytes: Buffer, at: number): string {
  const groups = bytes.readInt16BE(at)
  const weight = bytes.readInt16BE(at + 2)
  const scale = bytes.readInt16BE(at + 6)
  if (groups === 1 && weight === 0 && scale === 0) {
    const number = bytes.readInt16BE(at + 8)
    return smallNumbers[number] ?? String(number)
  }
  let [whole, decimals] = ['', '']
  for (let group = Math.min(0, weight); group <= Math.max(weight, groups - 1); group++) {
    const digits = group < 0 || group >= groups ? 0 : bytes.readInt16BE(at + 8 + 2 * group)
    const text = String(digits).padStart(4, '0')
    if (group <= weight) whole += text
    else decimals += text
  }
  if (weight < -1) decimals = '0000'.repeat(-1 - weight) + decimals
  whole = whole.replace(/^0+(?=.)/, '') || '0'
  return scale === 0 ? whole : `${whole}.${decimals.padEnd(scale, '0').slice(0, scale)}`
}
