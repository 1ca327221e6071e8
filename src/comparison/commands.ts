/** Comparing is asking: nothing is saved. */
import { type Context, organisationOf, permit, transact } from '../context.ts'
import { type FieldError, refuseFields } from '../refusal.ts'
import { type ComparedStay, type ComparisonInput, compareStay } from './comparison.ts'
import { type ComparableOffer, comparableOffers } from './store.ts'

export type ComparedOffer = ComparedStay & Omit<ComparableOffer, 'terms'>

/**
 * What a stay would cost the actor's organisation at each offer, in the order asked.
 * @param unknown what to do with an offer that is not published or not known: an old address passes it over
 * @throws Refusal `invalid_input` naming that offer, or a surcharge that none of them has
 */
export async function compareOffers(
  ctx: Context,
  input: ComparisonInput,
  unknown: 'refuse' | 'pass over' = 'refuse',
): Promise<ComparedOffer[]> {
  permit(ctx.actor, 'catalogue.read')
  const buyer = organisationOf(ctx.actor)
  const offers = await transact(ctx, (tx) => comparableOffers(tx, input.offer_ids, input.valid_from))
  const byId = new Map(offers.map((offer) => [offer.id, offer]))
  const asked = input.offer_ids.map((id) => byId.get(id.toLowerCase()))
  const errors: FieldError[] = [
    ...asked.flatMap((offer, index) =>
      offer === undefined && unknown === 'refuse' ? [notKnown(`offer_ids.${index}`)] : [],
    ),
    ...input.surcharges.flatMap((name, index) =>
      offers.some(({ terms }) => terms.surcharges?.[name] !== undefined) ? [] : [notKnown(`surcharges.${index}`)],
    ),
  ]
  if (errors.length > 0) refuseFields(errors)
  return asked.flatMap((offer) => {
    if (offer === undefined) return []
    const { terms, ...shown } = offer
    return [{ ...shown, ...compareStay(terms, input, { seller: offer.seller_id, buyer }) }]
  })
}

const notKnown = (path: string): FieldError => ({ path, message: 'validation.not_known' })
