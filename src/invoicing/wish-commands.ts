/** A buyer says how it wants its documents. What is issued already stays as it was. */
import { recordAudit } from '../audit/record.ts'
import { type Context, carryOut, organisationOf, permit, personOf } from '../context.ts'
import { brokeConstraint } from '../db/failure.ts'
import { newId } from '../ids.ts'
import { refuse, refuseFields } from '../refusal.ts'
import type { WishInput, WishShown } from './wish.ts'
import { deleteWish, findWish, saveWish } from './wish-store.ts'

/**
 * Sets what holds for the documents of one seller, or of all for which nothing else was said; documents issued from now on
 * follow it.
 * @param seller_id null: all sellers
 * @throws Refusal `not_permitted`, `invalid_input` for a seller that is not there or is oneself
 */
export async function setDocumentWishes(ctx: Context, seller_id: string | null, input: WishInput): Promise<WishShown> {
  permit(ctx.actor, 'wish.manage')
  const buyer_id = organisationOf(ctx.actor)
  if (seller_id === buyer_id) unknownSeller()
  return carryOut(ctx, async (tx) => {
    const before = await findWish(tx, buyer_id, seller_id)
    const changed = { changed_at: ctx.clock.now().toISOString(), changed_by: personOf(ctx.actor) }
    await saveWish(tx, { ...input, buyer_id, id: before?.id ?? newId(), seller_id, ...changed })
    const after = (await findWish(tx, buyer_id, seller_id)) ?? refuse('not_found')
    const of = {
      subject_type: 'document_wish',
      subject_id: after.id,
      buyer_id,
      ...(seller_id && { seller_id }),
    } as const
    await recordAudit(tx, ctx, { action: 'setDocumentWishes', ...of, ...(before && { before }), after })
    return after
  }).catch((error) => {
    if (brokeConstraint(error, 'document_wish_seller_id_fkey')) unknownSeller()
    throw error
  })
}

function unknownSeller(): never {
  refuseFields([{ path: 'seller_id', message: 'validation.not_known' }])
}

/** What was said for all sellers holds again for this one. @throws Refusal `not_permitted`, `not_found` */
export async function removeDocumentWishes(ctx: Context, seller_id: string): Promise<void> {
  permit(ctx.actor, 'wish.manage')
  const buyer_id = organisationOf(ctx.actor)
  await carryOut(ctx, async (tx) => {
    const before = (await findWish(tx, buyer_id, seller_id)) ?? refuse('not_found')
    await deleteWish(tx, buyer_id, seller_id)
    const of = { subject_type: 'document_wish', subject_id: before.id, buyer_id, seller_id } as const
    await recordAudit(tx, ctx, { action: 'removeDocumentWishes', ...of, before })
  })
}
