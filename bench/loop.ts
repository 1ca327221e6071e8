/**
 * What an ordinary application does: for each placement its offer, prices, deliveries, absences and the memory of the month before
 * by a query each, decimals by a library, an insert for each line and one for the memory. It knows prices by date, days, no-shows and
 * absences, and no shares, tiers, minimums or authorisations; it makes no documents and keeps no evidence. Each statement is its own transaction.
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
    const absences = await db
      .selectFrom('absence')
      .selectAll()
      .where('seller_id', '=', placement.seller_id)
      .where('placement_id', '=', placement.id)
      .where('withdrawn_at', 'is', null)
      .execute()
    await db
      .selectFrom('settled_month')
      .selectAll()
      .where('seller_id', '=', placement.seller_id)
      .where('placement_id', '=', placement.id)
      .where('service_month', '=', '2026-02')
      .execute()
    if (offer.unit === 'calendar_day' || offer.unit === 'month') {
      for (let day = 1; day <= 31; day++) {
        const delivered_on = `${month}-${String(day).padStart(2, '0')}`
        if (delivered_on < placement.valid_from || (placement.valid_to !== null && delivered_on > placement.valid_to))
          continue
        const away = absences.some((each) => each.valid_from <= delivered_on && each.valid_to >= delivered_on)
        deliveries.push({
          delivered_on,
          kind: away ? 'absence' : 'delivered',
          quantity: '1',
        } as (typeof deliveries)[number])
      }
    }
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
    let sum = new Decimal(0)
    for (const [key, quantity] of piles) {
      const [price_id, kind] = key.split(' ') as [string, 'delivered' | 'absence' | 'no_show']
      const unit_price = prices.find((price) => price.id === price_id)!.unit_price
      const percent = kind === 'no_show' ? offer.no_show_percent : kind === 'absence' ? '50' : '100'
      const gross = quantity.times(unit_price).times(percent).div(100).toDecimalPlaces(2, Decimal.ROUND_HALF_UP)
      line_no += 1
      sum = sum.plus(gross)
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
          kind: kind === 'delivered' ? 'standard' : kind,
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
    await db
      .insertInto('settled_month')
      .values({
        seller_id: placement.seller_id,
        placement_id: placement.id,
        service_month: month,
        buyer_id: placement.buyer_id,
        buyer_amount: sum.toFixed(2),
        gross: sum.toFixed(2),
        shares: json([]),
        vat: json({ category: 'E', rate: '0' }),
        settled_at: '2026-03-31T12:00:00Z',
      })
      .execute()
  }
  return placements.length
}
