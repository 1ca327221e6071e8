/** The buyer's word about delivered days, before the seller closes the month. */
import { recordAudit } from '../audit/record.ts'
import type { Month } from '../calendar.ts'
import { type Context, carryOut, organisationOf, permit, personOf } from '../context.ts'
import { newId } from '../ids.ts'
import { refuse } from '../refusal.ts'
import { type ConfirmationInput, wordsFor } from './confirmation.ts'
import { listToConfirm, lockConfirmations, replaceWords, type ToConfirm, type WordRow } from './confirmation-store.ts'

/**
 * Confirms days, or objects to them, for any number of the own placements of a month: all or nothing. What is confirmed keeps
 * the quantity that was seen; a change after it opens exactly that day again.
 * @throws Refusal `not_permitted`, `not_found` for a placement that is not bought by the own organisation or not there in the month,
 *   `month_already_closed`, `confirmed_otherwise` where something else is recorded by now, `day_not_counted`
 */
export async function confirmDays(ctx: Context, input: ConfirmationInput): Promise<ToConfirm[]> {
  permit(ctx.actor, 'delivery.confirm')
  const own = organisationOf(ctx.actor)
  const month = input.month as Month
  const asked = new Map(input.placements.map((each) => [each.placement_id, each]))
  const query = { month, buyer_id: own, placement_ids: [...asked.keys()], today: ctx.clock.today() }
  const page = { limit: asked.size, after: null }
  return carryOut(ctx, async (tx) => {
    await lockConfirmations(tx, own)
    const found = await listToConfirm(tx, query, page)
    if (found.length < asked.size) refuse('not_found')
    if (found.some((placement) => placement.closed)) refuse('month_already_closed', { month })
    const rows = found.flatMap((placement): WordRow[] => {
      const said = asked.get(placement.placement_id)!
      if (said.seen !== placement.seen) refuse('confirmed_otherwise')
      const { seller_id, placement_id, buyer_id } = placement
      return wordsFor(placement.days, said).map(({ day, ...word }) => {
        const { date: given_on, delivered, no_show, absence } = day
        return { seller_id, placement_id, id: newId(), buyer_id, given_on, delivered, no_show, absence, ...word }
      })
    })
    await replaceWords(tx, rows, { said_at: ctx.clock.now().toISOString(), said_by: personOf(ctx.actor) })
    const byPlacement = Map.groupBy(rows, (row) => row.placement_id)
    const entries = [...byPlacement.values()].map((same) => {
      const { seller_id, buyer_id, placement_id } = same[0]!
      const confirmed = same.filter((row) => row.verdict === 'confirmed').length
      const objected = same.filter((row) => row.verdict === 'objected').map((row) => row.given_on)
      const of = { subject_type: 'placement', subject_id: placement_id, seller_id, buyer_id }
      return { action: 'confirmDays', ...of, after: { month, confirmed, objected } }
    })
    await recordAudit(tx, ctx, ...entries)
    return listToConfirm(tx, query, page)
  })
}
