/** What a comparison reads of the offers: their terms, names and places, all in one statement. */
import { sql } from 'kysely'
import type { Tx } from '../db/connect.ts'
import type { AbsenceStep, PriceVersion, Surcharge, Terms, Tier, Unit } from '../settlement/facts.ts'

export interface ComparableOffer {
  id: string
  seller_id: string
  title: string
  unit: Unit
  seller_name: string
  kind_name_lv: string
  kind_name_en: string
  address: string | null
  locality: string | null
  institution_alternative: boolean
  capacity: number | null
  taken: number
  terms: Terms
}

/** The published offers among these, with their places on a day. What is not there is not published, or not at all. */
export async function comparableOffers(tx: Tx, ids: readonly string[], on: string): Promise<ComparableOffer[]> {
  type Row = Omit<ComparableOffer, 'terms'> & {
    departure_day_charged: boolean
    absence: Record<string, AbsenceStep[]>
    surcharges: Record<string, Surcharge>
    no_show_percent: string
    minimum_per_month: string | null
    prices: {
      id: string
      from: PriceVersion['from']
      to: PriceVersion['to']
      class: string | null
      unit_price: string
      tiers: Tier[] | null
    }[]
  }
  const { rows } = await sql<Row>`
    select o.id, o.seller_id, o.title, o.unit, o.address, o.locality, o.departure_day_charged, o.absence, o.surcharges,
      o.no_show_percent, o.minimum_per_month, s.name as seller_name, k.name_lv as kind_name_lv, k.name_en as kind_name_en,
      k.institution_alternative, places.capacity, places.taken,
      (select coalesce(jsonb_agg(jsonb_build_object('id', p.id, 'from', p.valid_from, 'to', p.valid_to, 'class', p.price_class,
          'unit_price', p.unit_price::text, 'tiers', p.tiers) order by p.valid_from), '[]')
        from price p where p.seller_id = o.seller_id and p.offer_id = o.id and p.withdrawn_at is null) as prices
    from offer o
    join organisation s on s.id = o.seller_id
    join service_kind k on k.code = o.kind_code
    cross join lateral places_taken(o.seller_id, o.id, ${on}::date, ${on}::date) places
    where o.id = any (${[...ids]}::uuid[]) and o.status = 'published'`.execute(tx)
  return rows.map(
    ({ departure_day_charged, absence, surcharges, no_show_percent, minimum_per_month, prices, ...offer }) => ({
      ...offer,
      terms: {
        unit: offer.unit,
        departure_day_charged,
        absence,
        surcharges,
        no_show_percent,
        minimum_per_month: minimum_per_month ?? undefined,
        prices: prices.map(({ tiers, ...price }) => ({ ...price, tiers: tiers ?? undefined })),
      },
    }),
  )
}
