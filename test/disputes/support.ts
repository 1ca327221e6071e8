/** An invoice of Daugavpils to Rēzekne with as many lines of 100.00 as a test wants: ten days in March at 10.00 for each case. */
import { recordDeliveries } from '../../src/deliveries/commands.ts'
import type { DisputeInput } from '../../src/disputes/dispute.ts'
import { newId } from '../../src/ids.ts'
import { closeMonth } from '../../src/settlement/commands.ts'
import { offerIn, placementIn } from '../support/stay.ts'
import type { World } from '../support/world.ts'

export type Line = { document_id: string; line_no: number; placement_id: string }

export const days = (first: number, last: number, month = '2026-03') =>
  Array.from({ length: last - first + 1 }, (_, index) => `${month}-${String(first + index).padStart(2, '0')}`)

/** March is closed on 5 April. @returns its lines, one for each case, each for a test of its own */
export async function invoiceIn(
  world: World,
  cases: number,
  vat: { vat_category?: 'E' | 'S'; vat_rate?: string } = {},
): Promise<Line[]> {
  const { db } = world.database
  world.clock.set('2026-03-31')
  if (vat.vat_category === 'S') {
    const own = db.updateTable('organisation').where('id', '=', world.organisation.DGV)
    await own.set({ vat_number: 'LV90000077325' }).execute()
  }
  const offer_id = await offerIn(world, vat)
  const recorded_at = world.clock.now().toISOString()
  await db
    .insertInto('price')
    .values({
      seller_id: world.organisation.DGV,
      id: newId(),
      offer_id,
      valid_from: '2026-01-01',
      unit_price: '10.00',
      recorded_at,
    })
    .execute()
  for (let each = 0; each < cases; each++) {
    const placement_id = await placementIn(world, offer_id)
    const deliveries = days(1, 10).map((delivered_on) => ({ placement_id, delivered_on, quantity: '1' }))
    await recordDeliveries(
      world.as('DGV', 'lister'),
      deliveries.map((delivery) => ({ ...delivery, kind: 'delivered' as const, note: '' })),
    )
  }
  world.clock.set('2026-04-05')
  await closeMonth(world.as('DGV', 'finance'), '2026-03')
  const charges = await db
    .selectFrom('charge')
    .select(['document_id', 'line_no', 'placement_id'])
    .orderBy('line_no')
    .execute()
  return charges.map((charge) => ({ ...charge, document_id: charge.document_id! }))
}

/** An objection to ten euro of a line, unless said otherwise. */
export function objection(line: Line, said: Partial<DisputeInput> = {}): DisputeInput {
  const { document_id, line_no } = line
  const usual = {
    reason: 'not_delivered',
    amount: '10.00',
    quantity: null,
    note: '12. martā klients bija mājās.',
  } as const
  return { document_id, line_no, ...usual, ...said }
}
