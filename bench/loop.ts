/**
 * What an ordinary application does: for each placement its offer, prices and deliveries by a query each, decimals by a
 * library, and an insert for each line. It knows prices by date, no-shows and one share; that is enough to compare.
 */
import { Decimal } from 'decimal.js'
import type { Db } from '../src/db/connect.ts'
import { json } from '../src/db/json.ts'
import { newId } from '../src/ids.ts'
import { month } from './month.ts'

/** @returns how many placements were settled */
export async function settleInLoop(db: Db, sample: number): Promise<number> {
  const placements = await db.selectFrom('placement').selectAll().orderBy('id').limit(sample).execute()
  for (const placement of placements) {
    const offer = await db
      .selectFrom('offer')
      .selectAll()
      .where('seller_id', '=', placement.seller_id)
      .where('id', '=', placement.offer_id)
      .executeTakeFirstOrThrow()
    const prices = await db
      .selectFrom('price')
      .selectAll()
      .where('seller_id', '=', placement.seller_id)
      .where('offer_id', '=', placement.offer_id)
      .execute()
    const deliveries = await db
      .selectFrom('delivery')
      .selectAll()
      .where('seller_id', '=', placement.seller_id)
      .where('placement_id', '=', placement.id)
      .where('delivered_on', '>=', `${month}-01`)
      .where('delivered_on', '<=', `${month}-31`)
      .where('withdrawn_at', 'is', null)
      .execute()
    const piles = new Map<string, Decimal>()
    for (const delivery of deliveries) {
      const price = prices.find(
        (each) =>
          each.valid_from <= delivery.delivered_on &&
          (each.valid_to === null || each.valid_to >= delivery.delivered_on),
      )
      if (price === undefined) continue
      const key = `${price.id} ${delivery.kind}`
      piles.set(key, (piles.get(key) ?? new Decimal(0)).plus(delivery.quantity))
    }
    let line_no = 0
    for (const [key, quantity] of piles) {
      const [price_id, kind] = key.split(' ') as [string, string]
      const unit_price = prices.find((price) => price.id === price_id)!.unit_price
      const percent = kind === 'no_show' ? offer.no_show_percent : '100'
      const gross = quantity.times(unit_price).times(percent).div(100).toDecimalPlaces(2, Decimal.ROUND_HALF_UP)
      line_no += 1
      await db
        .insertInto('charge')
        .values({
          seller_id: placement.seller_id,
          close_month: month,
          id: newId(),
          line_no,
          buyer_id: placement.buyer_id,
          placement_id: placement.id,
          offer_id: placement.offer_id,
          service_month: month,
          kind: kind === 'no_show' ? 'no_show' : 'standard',
          price_id,
          quantity: quantity.toFixed(),
          base_quantity: '1',
          unit_price,
          percent,
          gross: gross.toFixed(2),
          shares: json([]),
          buyer_amount: gross.toFixed(2),
          vat_category: 'E',
        })
        .execute()
    }
  }
  return placements.length
}
