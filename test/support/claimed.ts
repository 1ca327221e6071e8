/** A claim of Rēzekne to a funder, for a stay of `playMonth`: what only Rēzekne and its overseers may see. */
import { newId } from '../../src/ids.ts'
import type { PlayedMonth } from './month.ts'
import type { World } from './world.ts'

/** @returns the claim's id */
export async function playClaim(world: World, { placement, resident }: PlayedMonth): Promise<string> {
  const { db } = world.database
  const { DGV, REZ } = world.organisation
  const id = newId()
  const drafted_at = world.clock.now().toISOString()
  const claim = { organisation_id: REZ, id, source: 'esf', number: 1, until_month: '2026-03', drafted_at }
  await db.insertInto('funder_claim').values(claim).execute()
  await db
    .insertInto('funder_claim_line')
    .values({
      ...{ organisation_id: REZ, claim_id: id, line_no: 1, seller_id: DGV, buyer_id: REZ, placement_id: placement },
      ...{ service_month: '2026-03', token: resident.token, service: 'Diennakts aprūpe', unit: 'calendar_day' },
      ...{ quantity: '27', gross: '842.40', amount: '716.04', share: '716.04', difference: false },
    })
    .execute()
  return id
}

/** What a resident of Rēzekne paid, as Rēzekne noted it. @returns the note's id */
export async function playReceipt(world: World): Promise<string> {
  const { DGV, REZ } = world.organisation
  const id = newId()
  const recorded_at = world.clock.now().toISOString()
  const row = { organisation_id: REZ, id, source: 'client', counterparty_id: DGV, received_on: '2026-04-01' }
  await world.database.db
    .insertInto('share_receipt')
    .values({ ...row, amount: '1.00', payment_note: 'secret receipt', recorded_at })
    .execute()
  return id
}
