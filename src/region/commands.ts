/** The question that the region's form asks. Nothing is saved. */
import { type Context, permit, transact } from '../context.ts'
import { refuse, refuseFields } from '../refusal.ts'
import { type CountsQuery, periodsOf, type ServiceCount } from './counts.ts'
import { countedMunicipalities, readServiceCounts } from './store.ts'

export interface ServiceCounts {
  municipalities: { id: string; name: string }[]
  items: ServiceCount[]
}

/**
 * What was granted, prolonged, declined and queued, of all municipalities that one sees or of one of them.
 * @throws Refusal `not_permitted`; `not_found` for a municipality that one does not see; `invalid_input` for a span the wrong way
 * round or too long, and for a day that is still to come
 */
export async function serviceCounts(ctx: Context, query: CountsQuery): Promise<ServiceCounts> {
  permit(ctx.actor, 'counts.read')
  const today = ctx.clock.today()
  const periods = periodsOf(query, today)
  const as_of = query.as_of ?? today
  if (as_of > today) refuseFields([{ path: 'as_of', message: 'validation.in_the_future' }])
  const sees = ctx.actor.kind === 'member' ? ctx.actor.sees : []
  return transact(ctx, async (tx) => {
    const municipalities = await countedMunicipalities(tx, sees)
    const { organisation_id } = query
    if (organisation_id !== undefined && !municipalities.some(({ id }) => id === organisation_id)) refuse('not_found')
    const organisation_ids = organisation_id === undefined ? municipalities.map(({ id }) => id) : [organisation_id]
    return {
      municipalities,
      items: await readServiceCounts(tx, { side: query.side, organisation_ids, periods, as_of }),
    }
  })
}
