/** A seller's catalogue as it is, for a file: three statements, however large. */
import { sql } from 'kysely'
import type { Tx } from '../db/connect.ts'
import type { OfferRules } from './offer.ts'
import { type CapacityRow, type OfferRow, offerRulesOf, type PriceRow } from './store.ts'

export interface WholeOffer {
  offer: OfferRow & { kind_name_lv: string; kind_name_en: string; provider: string | null }
  rules: OfferRules
  prices: PriceRow[]
  capacities: CapacityRow[]
}

/** Every offer that is not withdrawn, by title, with its price versions and periods of capacity. */
export async function wholeCatalogue(tx: Tx, seller_id: string): Promise<WholeOffer[]> {
  const { rows } = await sql<WholeOffer['offer']>`
    select o.*, k.name_lv as kind_name_lv, k.name_en as kind_name_en,
      case when v.register_number is not null then v.register_number
        when (select count(*) from provider w where w.municipality_id = v.municipality_id and w.name = v.name) > 1 then v.id::text
        else v.name end as provider
    from offer o join service_kind k on k.code = o.kind_code left join provider v on v.id = o.provider_id
    where o.seller_id = ${seller_id}::uuid and o.status <> 'withdrawn'
    order by o.title collate lv, o.id`.execute(tx)
  const facts = sql`seller_id = ${seller_id}::uuid and offer_id = any (${rows.map(({ id }) => id)}::uuid[])`
  const prices = await sql<PriceRow>`
    select * from price where ${facts} and withdrawn_at is null order by valid_from, price_class nulls first`.execute(
    tx,
  )
  const capacities = await sql<CapacityRow>`select * from capacity where ${facts} order by valid_from`.execute(tx)
  const pricesOf = Map.groupBy(prices.rows, (price) => price.offer_id)
  const capacitiesOf = Map.groupBy(capacities.rows, (capacity) => capacity.offer_id)
  return rows.map((offer) => ({
    offer,
    rules: offerRulesOf(offer),
    prices: pricesOf.get(offer.id) ?? [],
    capacities: capacitiesOf.get(offer.id) ?? [],
  }))
}
